// Whether anybody does the work: paused processing, workers that are gone, alerts that nobody has looked at.
import type pg from 'pg';
import { NOT_PAUSED, processingState } from '../../payouts/processing.js';
import { MAY_BE_SENT } from '../../payouts/sendable.js';
import { plural } from '../../statements/terminal.js';
import { type Finding, failed, ok, warning } from './finding.js';

export async function checkWork(client: pg.Client, sweepIntervalMs: number): Promise<Finding[]> {
  const found = [
    ...(await checkPause(client)),
    ...(await checkWorkers(client, sweepIntervalMs)),
    ...(await checkInbox(client)),
    ...(await checkAlerts(client)),
  ];
  return found.length > 0 ? found : [ok('work', 'Nothing is paused, overdue or waiting for somebody.')];
}

async function checkPause(client: pg.Client): Promise<Finding[]> {
  const { paused, reason, changedBy } = await processingState(client);
  if (!paused) return [];
  const why = reason?.replace(/\.$/, '') ?? 'no reason was given';
  const message = `Processing is paused by ${changedBy ?? 'nobody'}: ${why}.`;
  return [warning('processing', message, 'Let it go on with the mutation resumeProcessing.')];
}

/** Work that no worker took up in so many sweeps, or at least a minute. */
const SWEEPS = 5;
const LEAST_MS = 60_000;

async function checkWorkers(client: pg.Client, sweepIntervalMs: number): Promise<Finding[]> {
  const overdue = Math.max(SWEEPS * sweepIntervalMs, LEAST_MS);
  const { rows } = await client.query<{ payouts: string; jobs: string }>(
    `SELECT (SELECT count(*) FROM payouts p JOIN creators c ON c.id = p.creator_id
         WHERE ${NOT_PAUSED} AND ${MAY_BE_SENT} AND (
         p.status = 'PENDING' AND p.updated_at < now() - $1 * interval '1 millisecond'
         OR p.status = 'FAILED' AND p.next_attempt_at < now() - $1 * interval '1 millisecond')) AS payouts,
       (SELECT count(*) FROM agenda_jobs WHERE NOT disabled AND locked_at IS NULL
         AND next_run_at < now() - $1 * interval '1 millisecond') AS jobs`,
    [overdue],
  );
  const { payouts, jobs } = { payouts: Number(rows[0]?.payouts), jobs: Number(rows[0]?.jobs) };
  if (payouts === 0 && jobs === 0) return checkSweep(client, sweepIntervalMs);
  const waiting = [
    payouts > 0 ? plural(payouts, 'payout') : null,
    jobs > 0 ? plural(jobs, 'job') : null,
  ].filter(Boolean);
  const message = `${waiting.join(' and ')} overdue for more than ${Math.round(overdue / 1_000)} s: no worker takes them up.`;
  return [failed('workers', message, 'Start one: ROLE=worker npm start')];
}

/** Sweeps in a row that may fail to come, and some time for a worker that is being replaced, as at /health/ready. */
const MISSED = 4;
const REPLACED_MS = 60_000;

/** With Agenda's jobs elsewhere, and nothing to pay, this is all that tells of workers. */
async function checkSweep(client: pg.Client, sweepIntervalMs: number): Promise<Finding[]> {
  const { rows } = await client.query<{ ms: number }>(
    'SELECT (extract(epoch FROM now() - swept_at) * 1000)::float8 AS ms FROM metric_position',
  );
  const ms = rows[0]?.ms ?? 0;
  if (ms <= MISSED * sweepIntervalMs + REPLACED_MS) return [];
  const message = `No worker has swept for ${Math.round(ms / 1_000)} s.`;
  return [failed('workers', message, 'Start one: ROLE=worker npm start')];
}

async function checkInbox(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ waiting: string; failed: string; quarantined: string }>(
    `SELECT count(*) FILTER (WHERE outcome = 'pending' AND received_at < now() - interval '10 minutes') AS waiting,
       count(*) FILTER (WHERE outcome = 'failed') AS failed,
       count(*) FILTER (WHERE outcome = 'quarantined' AND received_at > now() - interval '7 days') AS quarantined
     FROM webhook_events WHERE outcome IN ('pending', 'failed', 'quarantined')`,
  );
  return Object.entries(rows[0] ?? {})
    .filter(([, count]) => Number(count) > 0)
    .map(([what, count]) => warning('inbox', `${plural(Number(count), 'event')} of Stripe ${what}.`));
}

async function checkAlerts(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ rule: string; count: string }>(
    'SELECT rule, count(*) FROM alerts WHERE resolved_at IS NULL GROUP BY rule ORDER BY rule',
  );
  return rows.map(({ rule, count }) => warning('alerts', `${plural(Number(count), 'open alert')}: ${rule}.`));
}

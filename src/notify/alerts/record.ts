// Writes down what became of a notice. Whoever comes when its lease is somebody else's by now changes nothing.
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import type { Outcome, Step } from './channel.js';
import type { ClaimedNotice } from './claim.js';

/** Milliseconds that a channel is left alone for when it did not answer: the first time, and at most. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** What a channel may ask for itself. */
const LONGEST_ASKED_MS = 3_600_000;

/** What has nothing to add once this was told. */
const OVERTAKES: Readonly<Record<Step, readonly Step[]>> = {
  raised: [],
  changed: [],
  acknowledged: ['changed'],
  resolved: ['changed', 'acknowledged'],
};

/** @returns false: another worker has it by now */
export async function recordOutcome(
  pool: pg.Pool,
  notice: ClaimedNotice,
  outcome: Outcome,
  updateEveryMs: number,
): Promise<boolean> {
  return inTransaction(pool, async (db) => {
    if (!(await endLease(db, notice))) return false;
    if (outcome.kind === 'sent') await recordSent(db, notice, updateEveryMs);
    else if (outcome.kind === 'later') await postpone(db, notice, outcome);
    else await recordRefused(db, notice, outcome.why);
    return true;
  });
}

async function endLease(db: Queryable, { alert, channel, lease }: ClaimedNotice): Promise<boolean> {
  const ended = await db.query(
    `UPDATE alert_deliveries SET lease_until = NULL
     WHERE alert_id = $1 AND channel = $2 AND step = 'raised' AND lease = $3`,
    [alert.id, channel, lease],
  );
  return ended.rowCount === 1;
}

async function recordSent(db: Queryable, notice: ClaimedNotice, updateEveryMs: number): Promise<void> {
  const { alert, channel, step } = notice;
  await db.query(
    `UPDATE alert_deliveries SET
       state = CASE WHEN step = $3 THEN 'sent' WHEN step = ANY ($4) AND state = 'waiting' THEN 'skipped' ELSE state END,
       sent_at = CASE WHEN step = $3 THEN now() ELSE sent_at END,
       tries = tries + (step = $3)::int,
       error = CASE WHEN step = $3 THEN NULL ELSE error END,
       told_xid = CASE WHEN step = 'raised' THEN $5 ELSE told_xid END,
       told_at = CASE WHEN step = 'raised' THEN now() ELSE told_at END
     WHERE alert_id = $1 AND channel = $2`,
    [alert.id, channel, step, OVERTAKES[step], String(alert.logXid)],
  );
  await db.query(CHANGED_MEANWHILE, [alert.id, channel, String(alert.logXid), updateEveryMs]);
  await db.query(
    'UPDATE alert_channels SET failures = 0, paused_until = NULL WHERE id = $1 AND failures > 0',
    [channel],
  );
}

/** The reader passes over what changes while it is being told: it is put down here. */
const CHANGED_MEANWHILE = `
INSERT INTO alert_deliveries (alert_id, channel, step, due_at)
SELECT id, $2, 'changed', now() + $4::float8 * interval '1 millisecond'
FROM alerts WHERE id = $1 AND log_xid <> $3 AND acknowledged_at IS NULL AND resolved_at IS NULL
ON CONFLICT (alert_id, channel, step) DO UPDATE SET state = 'waiting', due_at = EXCLUDED.due_at, tries = 0`;

/** The channel is left alone for a while, longer each time; and others go first, lest one notice hold up all. */
async function postpone(
  db: Queryable,
  { alert, channel, step }: ClaimedNotice,
  { why, afterMs }: Extract<Outcome, { kind: 'later' }>,
): Promise<void> {
  await db.query(
    `UPDATE alert_deliveries SET tries = tries + (step = $3)::int, error = CASE WHEN step = $3 THEN $4 ELSE error END,
       due_at = GREATEST(due_at, now() + LEAST(${FIRST_PAUSE_MS} * 2 ^ LEAST(tries, 20), ${LONGEST_PAUSE_MS})
         * interval '1 millisecond')
     WHERE alert_id = $1 AND channel = $2 AND state = 'waiting'`,
    [alert.id, channel, step, why],
  );
  const asked = afterMs === undefined ? null : Math.min(afterMs, LONGEST_ASKED_MS);
  await db.query(
    `UPDATE alert_channels SET failures = failures + 1, paused_until = now() + interval '1 millisecond' *
       COALESCE($2::float8, LEAST(${FIRST_PAUSE_MS} * 2 ^ LEAST(failures, 20), ${LONGEST_PAUSE_MS}))
     WHERE id = $1`,
    [channel, asked],
  );
}

async function recordRefused(
  db: Queryable,
  { alert, channel, step }: ClaimedNotice,
  why: string,
): Promise<void> {
  await db.query(
    `UPDATE alert_deliveries SET state = 'refused', tries = tries + 1, error = $4
     WHERE alert_id = $1 AND channel = $2 AND step = $3`,
    [alert.id, channel, step, why],
  );
}

// A run belongs to one worker until its lease ends; the worker renews it while it works. When the run began is the
// token: a worker that was stopped for longer than its lease finds another time there and lets go.
import type { Queryable } from '../db/connect.js';
import type { Logger } from '../observability/logger.js';
import type { Counts } from './pass.js';

const LEASE_MS = 60_000;
export const LEASED = `now() + ${LEASE_MS} * interval '1 millisecond'`;

export interface TakenRun {
  id: string;
  periodStart: Date;
  periodEnd: Date;
  requestedBy: string;
  startedAt: Date;
}

export const TAKEN_COLUMNS = `id, period_start AS "periodStart", period_end AS "periodEnd",
  requested_by AS "requestedBy", started_at AS "startedAt"`;

/** The oldest run that waits, or whose worker died; null: there is none. Each goes to one worker. */
export async function takeRun(db: Queryable): Promise<TakenRun | null> {
  const { rows } = await db.query<TakenRun>(
    `UPDATE reconciliation_runs SET status = 'RUNNING', lease_until = ${LEASED},
       started_at = GREATEST(clock_timestamp()::timestamp, started_at + interval '1 millisecond'),
       payouts_checked = 0, transfers_checked = 0, repaired_count = 0, open_count = 0
     WHERE id = (
       SELECT id FROM reconciliation_runs
       WHERE status = 'QUEUED' OR (status = 'RUNNING' AND lease_until <= now())
       ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${TAKEN_COLUMNS}`,
  );
  return rows[0] ?? null;
}

/** Renews the lease, and shows how far the run is, until it is stopped; `onLost` when another worker has the run. */
export function keepLease(
  { db, log }: { db: Queryable; log: Logger },
  run: TakenRun,
  counts: Counts,
  onLost: () => void,
): () => void {
  const renew = async () => {
    if (!(await write(db, run, counts, `lease_until = ${LEASED}`))) onLost();
  };
  const timer = setInterval(() => {
    renew().catch((err: unknown) => log.warn({ err, runId: run.id }, 'lease not renewed'));
  }, LEASE_MS / 4);
  return () => clearInterval(timer);
}

/** Whoever looks next takes it up again, from its start. */
export const releaseRun = (db: Queryable, run: TakenRun, counts: Counts): Promise<boolean> =>
  write(db, run, counts, 'lease_until = now()');

export const endRun = (
  db: Queryable,
  run: TakenRun,
  counts: Counts,
  status: 'COMPLETED' | 'FAILED',
  error: string | null,
): Promise<boolean> =>
  write(db, run, counts, `status = '${status}', lease_until = NULL, finished_at = now(), error = $7`, error);

/** @returns false where another worker has the run by now */
async function write(
  db: Queryable,
  run: TakenRun,
  counts: Counts,
  change: string,
  ...values: unknown[]
): Promise<boolean> {
  const { transfersChecked, payoutsChecked, repaired, open } = counts;
  const written = await db.query(
    `UPDATE reconciliation_runs SET transfers_checked = $3, payouts_checked = $4, repaired_count = $5,
       open_count = $6, ${change}
     WHERE id = $1 AND status = 'RUNNING' AND started_at = $2::timestamp`,
    [run.id, run.startedAt.toISOString(), transfersChecked, payoutsChecked, repaired, open, ...values],
  );
  return written.rowCount === 1;
}

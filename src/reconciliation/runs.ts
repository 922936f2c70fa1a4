// Runs of reconciliation: asked for by a person or by the schedule, executed by whichever worker takes them up.
import type pg from 'pg';
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { type Actor, askedBy, SYSTEM } from '../payouts/actor.js';
import { InvalidInputError } from '../payouts/errors.js';
import type { Signals, StripePeriod } from '../payouts/ports.js';
import { LEASED, TAKEN_COLUMNS, type TakenRun } from './lease.js';

export interface RequestDeps {
  pool: pg.Pool;
  signals: Pick<Signals, 'reconciliationDue'>;
}

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 400;
/** The caller's clock may be that much ahead of the database's. */
const CLOCK_MS = 60_000;

/** Queues a run over the period. @returns its id @throws InvalidInputError on `from` or `to` */
export async function requestRun(deps: RequestDeps, period: StripePeriod, actor: Actor): Promise<string> {
  const id = await inTransaction(deps.pool, async (db) => {
    checkPeriod(period, await now(db));
    return (await insertRun(db, period, actor, 'QUEUED')).id;
  });
  deps.signals.reconciliationDue();
  return id;
}

/**
 * A run that the caller executes itself. Without a period it is that of the daily run: since the last one.
 * @throws InvalidInputError on `from` or `to`
 */
export async function startRun(pool: pg.Pool, period: StripePeriod | null, actor: Actor): Promise<TakenRun> {
  return inTransaction(pool, async (db) => {
    if (period) checkPeriod(period, await now(db));
    return insertRun(db, period ?? (await dailyPeriod(db)), actor, 'RUNNING');
  });
}

/** Queues the run of the day, unless one still waits or runs. @returns its id, null where nothing was queued */
export async function requestDailyRun(deps: RequestDeps): Promise<string | null> {
  const id = await inTransaction(deps.pool, async (db) => {
    await db.query(`SELECT pg_advisory_xact_lock(hashtext('reconciliation:daily'))`);
    const unfinished = await db.query(
      `SELECT 1 FROM reconciliation_runs WHERE requested_by = $1 AND status IN ('QUEUED', 'RUNNING') LIMIT 1`,
      [SYSTEM.name],
    );
    if (unfinished.rowCount !== 0) return null;
    return (await insertRun(db, await dailyPeriod(db), SYSTEM, 'QUEUED')).id;
  });
  if (id) deps.signals.reconciliationDue();
  return id;
}

function checkPeriod({ start, end }: StripePeriod, today: Date): void {
  for (const [name, time] of [
    ['from', start],
    ['to', end],
  ] as const) {
    if (Number.isNaN(time.getTime())) throw new InvalidInputError([name], 'is not a time.');
  }
  if (start >= end) throw new InvalidInputError(['from'], 'must be before the end of the period.');
  if (end.getTime() > today.getTime() + CLOCK_MS)
    throw new InvalidInputError(['to'], 'must not be in the future.');
  if (end.getTime() - start.getTime() > LONGEST_DAYS * DAY_MS) {
    throw new InvalidInputError(['from'], `a period is at most ${LONGEST_DAYS} days. Run several.`);
  }
}

async function now(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('SELECT now() AS now');
  return rows[0]?.now ?? new Date();
}

/** Stripe retries its webhooks for three days, so the days before the last run are looked at once more. */
const OVERLAP = "interval '3 days'";

/** The first run looks back to the oldest payout, and so far at most. */
const FIRST = "interval '30 days'";

async function dailyPeriod(db: Queryable): Promise<StripePeriod> {
  const { rows } = await db.query<StripePeriod>(
    `SELECT COALESCE(
         (SELECT GREATEST(max(period_end) - ${OVERLAP}, now() - interval '${LONGEST_DAYS} days')
          FROM reconciliation_runs WHERE requested_by = $1 AND status = 'COMPLETED'
          HAVING count(*) > 0),
         (SELECT GREATEST(LEAST(min(created_at), now() - interval '1 day'), now() - ${FIRST}) FROM payouts)
       )::timestamp AS start, now()::timestamp AS end`,
    [SYSTEM.name],
  );
  if (!rows[0]) throw new Error('the database answered without a row');
  return rows[0];
}

async function insertRun(
  db: Queryable,
  { start, end }: StripePeriod,
  actor: Actor,
  status: 'QUEUED' | 'RUNNING',
): Promise<TakenRun> {
  const running = status === 'RUNNING';
  const { rows } = await db.query<TakenRun>(
    `INSERT INTO reconciliation_runs (period_start, period_end, status, requested_by, started_at, lease_until)
     VALUES ($1::timestamp, $2::timestamp, '${status}', $3, ${running ? `clock_timestamp(), ${LEASED}` : 'NULL, NULL'})
     RETURNING ${TAKEN_COLUMNS}`,
    [start.toISOString(), end.toISOString(), actor.name],
  );
  const run = rows[0];
  if (!run) throw new Error('the run was not written');
  await recordAudit(db, {
    chain: 'reconciliation',
    ...askedBy(actor),
    action: 'reconciliation_requested',
    after: { runId: run.id, periodStart: start, periodEnd: end },
  });
  return run;
}

// Executes runs. One that is interrupted begins again from its start: whatever it had done stays done, and it adds
// nothing twice.
import type pg from 'pg';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import { type NewAlert, raiseAlert, resolveAlert } from '../payouts/alerts.js';
import { GatewayRefusedError } from '../payouts/ports.js';
import { pauseForConfiguration } from '../payouts/processing.js';
import { endRun, keepLease, releaseRun, type TakenRun, takeRun } from './lease.js';
import { type Counts, noCounts, type ReconcileDeps } from './pass.js';
import { reconcile } from './reconcile.js';

/** Takes up all runs that wait, one after the other, until none does or `signal` says stop. @returns how many */
export async function executeQueuedRuns(deps: ReconcileDeps, signal: AbortSignal): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const run = await takeRun(deps.pool);
    if (!run) break;
    total++;
    await executeRun(deps, run, signal);
  }
  return total;
}

/**
 * Executes a run that this worker holds. What goes wrong is written down with the run; it does not throw but where the
 * database is gone.
 * @param onProgress is told of the counts as they grow; it must not throw
 */
export async function executeRun(
  deps: ReconcileDeps,
  run: TakenRun,
  signal: AbortSignal,
  onProgress: (counts: Counts) => void = () => undefined,
): Promise<void> {
  checkpoint('reconcile.after_start');
  const { pool, log } = deps;
  const counts = noCounts();
  const lost = new AbortController();
  const stopRenewing = keepLease({ db: pool, log }, run, counts, () => lost.abort());
  try {
    await reconcile({
      deps,
      runId: run.id,
      period: { start: run.periodStart, end: run.periodEnd },
      actor: { name: run.requestedBy, requestId: run.id },
      counts,
      seen: new Set(),
      signal: AbortSignal.any([signal, lost.signal]),
      tell: () => onProgress({ ...counts }),
    }).finally(stopRenewing);
    checkpoint('reconcile.before_finish');
    await complete(pool, run, counts);
    log.info({ runId: run.id, ...counts }, 'reconciled');
  } catch (error) {
    await giveUp(deps, run, counts, error, signal);
  } finally {
    // It may have raised and resolved alerts.
    deps.signals.changed();
  }
}

async function giveUp(
  { pool, log }: ReconcileDeps,
  run: TakenRun,
  counts: Counts,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) {
    await releaseRun(pool, run, counts);
    return;
  }
  log.error({ err: error, runId: run.id }, 'reconciliation failed');
  if (error instanceof GatewayRefusedError) await pauseForConfiguration(pool, error);
  // Nothing is written where another worker has the run.
  const why = error instanceof Error ? error.message : String(error);
  await inTransaction(pool, async (db) => {
    if (await endRun(db, run, counts, 'FAILED', why)) await raiseAlert(db, alertOf(run));
  });
}

/** Whichever run it is: the way to Stripe is open again, and what was not compared is looked at by the next daily one. */
async function complete(pool: pg.Pool, run: TakenRun, counts: Counts): Promise<void> {
  await inTransaction(pool, async (db) => {
    if (await endRun(db, run, counts, 'COMPLETED', null)) {
      await resolveAlert(db, 'reconciliation_mismatch', RUN_FAILED);
    }
  });
}

/** Key of the alert that a run failed: one, however many do. */
export const RUN_FAILED = 'run_failed';

const day = (time: Date) => time.toISOString().slice(0, 10);

/** Why it failed stands with the run: it may be said in another service's words. */
function alertOf({ id, periodStart, periodEnd }: TakenRun): NewAlert {
  return {
    rule: 'reconciliation_mismatch',
    key: RUN_FAILED,
    message:
      `The comparison with Stripe from ${day(periodStart)} to ${day(periodEnd)} failed, so nobody knows whether the ` +
      'books agree. Look at the run’s error and run it again.',
    details: { runId: id, from: periodStart, to: periodEnd },
  };
}

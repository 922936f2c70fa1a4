// Executes runs. One that is interrupted begins again from its start: whatever it had done stays done, and it adds
// nothing twice.
import { checkpoint } from '../observability/checkpoints.js';
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
    await endRun(pool, run, counts, 'COMPLETED', null);
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
  await endRun(pool, run, counts, 'FAILED', error instanceof Error ? error.message : String(error));
}

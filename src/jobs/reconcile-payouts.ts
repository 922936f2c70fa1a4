// Once a day: compares the days since the last time with Stripe.
import { executeQueuedRuns } from '../reconciliation/execute.js';
import type { ReconcileDeps } from '../reconciliation/pass.js';
import { requestDailyRun } from '../reconciliation/runs.js';
import { type Task, withLog } from './task.js';

export function reconcilePayouts(deps: ReconcileDeps): Task {
  return {
    name: 'reconcile-payouts',
    async run(signal, log) {
      await requestDailyRun(deps);
      return executeQueuedRuns(withLog(deps, log), signal);
    },
  };
}

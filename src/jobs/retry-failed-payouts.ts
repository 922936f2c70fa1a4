// Sends again every failed payout whose next attempt has fallen due.
import { processDue, type SubmitDeps } from '../payouts/sending/submit.js';
import { type Task, withLog } from './task.js';

export function retryFailedPayouts(deps: SubmitDeps): Task {
  return {
    name: 'retry-failed-payouts',
    run: (signal, log) => processDue(withLog(deps, log), 'retry_claimed', signal),
  };
}

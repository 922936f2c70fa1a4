// Sends every payout that waits. Enqueued when one is created; repeated at intervals for those whose job was lost.
import { processDue, type SubmitDeps } from '../payouts/sending/submit.js';
import { type Task, withLog } from './task.js';

export function processStripeTransfer(deps: SubmitDeps): Task {
  return {
    name: 'process-stripe-transfer',
    run: (signal, log) => processDue(withLog(deps, log), 'claimed', signal),
  };
}

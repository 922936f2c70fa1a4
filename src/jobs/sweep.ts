// Finds work that was lost on its way: events that were stored and not applied, attempts whose worker never came back.
// Asks about accounts that are new to us, and folds what was counted meanwhile, so that summaries stay cheap to read.
import { checkpoint } from '../observability/checkpoints.js';
import { applyWaiting, type InboxDeps } from '../payouts/inbox.js';
import { askOfNewAccounts } from '../payouts/new-accounts.js';
import { resolveOpenAttempts } from '../payouts/resolve.js';
import { foldRollups } from '../payouts/rollup-fold.js';
import type { SubmitDeps } from '../payouts/submit.js';
import type { Task } from './task.js';

export function sweep(submit: SubmitDeps, inbox: InboxDeps): Task {
  return {
    name: 'sweep',
    async run(signal) {
      await foldRollups(submit.pool);
      await applyWaiting(inbox);
      checkpoint('sweep.after_inbox');
      await resolveOpenAttempts(submit, signal);
      await askOfNewAccounts(inbox, signal);
    },
  };
}

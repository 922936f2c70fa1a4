// Finds work that was lost on its way: events that were stored and not applied, attempts whose worker never came back.
// Asks about accounts that are new to us, and folds what was counted meanwhile, so that summaries stay cheap to read.
import { checkpoint } from '../observability/checkpoints.js';
import { askOfNewAccounts } from '../payouts/creators/new-accounts.js';
import { applyWaiting, type InboxDeps } from '../payouts/events/inbox.js';
import { foldRollups } from '../payouts/figures/fold.js';
import { foldMetrics } from '../payouts/metrics/fold.js';
import { resolveOpenAttempts } from '../payouts/sending/resolve.js';
import type { SubmitDeps } from '../payouts/sending/submit.js';
import { type Task, withLog } from './task.js';

export function sweep(submit: SubmitDeps, inbox: InboxDeps): Task {
  return {
    name: 'sweep',
    async run(signal, log) {
      const deps = { submit: withLog(submit, log), inbox: withLog(inbox, log) };
      await foldRollups(submit.pool);
      await foldMetrics(submit.pool).catch((err: unknown) => {
        // Money does not wait for numbers.
        deps.submit.log.warn({ err }, 'metrics not folded; what is not folded is counted all the same');
      });
      const applied = await applyWaiting(deps.inbox);
      checkpoint('sweep.after_inbox');
      const resolved = await resolveOpenAttempts(deps.submit, signal);
      return applied + resolved + (await askOfNewAccounts(deps.inbox, signal));
    },
  };
}

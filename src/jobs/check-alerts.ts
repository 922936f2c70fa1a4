// Looks for what no single change tells: how many payouts fail, and whether there is money for what is due.
import { checkFailureRate } from '../payouts/failure-rate.js';
import { type BalanceDeps, checkPlatformBalance } from '../payouts/platform-balance.js';
import { type Task, withLog } from './task.js';

export function checkAlerts(deps: BalanceDeps): Task {
  return {
    name: 'check-alerts',
    async run(_signal, log) {
      await checkFailureRate(deps);
      await checkPlatformBalance(withLog(deps, log));
    },
  };
}

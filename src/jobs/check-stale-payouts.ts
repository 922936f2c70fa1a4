// Tells somebody of payouts that have been under way for too long.
import { checkStalePayouts, type StaleDeps } from '../payouts/stale.js';
import type { Task } from './task.js';

export function checkStale(deps: StaleDeps): Task {
  return { name: 'check-stale-payouts', run: () => checkStalePayouts(deps) };
}

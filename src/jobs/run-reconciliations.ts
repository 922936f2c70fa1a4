// Runs the reconciliations that were asked for, and those whose worker died.
import { executeQueuedRuns } from '../reconciliation/execute.js';
import type { ReconcileDeps } from '../reconciliation/pass.js';
import { type Task, withLog } from './task.js';

export function runReconciliations(deps: ReconcileDeps): Task {
  return { name: 'run-reconciliations', run: (signal, log) => executeQueuedRuns(withLog(deps, log), signal) };
}

// A task: what a job does when its time has come. Postgres is the truth and a job only a reminder, so a task looks for
// work by itself: it may run twice, late, at the same time elsewhere, or never.

export interface Task {
  /** Also the name of the job in Agenda. */
  name: TaskName;
  /** `signal` asks it to stop after the step that it is in. */
  run(signal: AbortSignal): Promise<unknown>;
}

export type TaskName =
  | 'process-stripe-transfer'
  | 'retry-failed-payouts'
  | 'check-stale-payouts'
  | 'reconcile-payouts'
  | 'run-reconciliations'
  | 'sweep';

// A task: what a job does when its time has come. Postgres is the truth and a job only a reminder, so a task looks for
// work by itself: it may run twice, late, at the same time elsewhere, or never.
import type { Logger } from '../observability/logger.js';

export interface Task {
  /** Also the name of the job in Agenda. */
  name: TaskName;
  /**
   * `signal` asks it to stop after the step that it is in; `log` knows which job it is.
   * @returns how much there was to do, if it is a number: a run that found nothing is no news
   */
  run(signal: AbortSignal, log?: Logger): Promise<unknown>;
}

export type TaskName =
  | 'process-stripe-transfer'
  | 'retry-failed-payouts'
  | 'check-stale-payouts'
  | 'check-alerts'
  | 'send-alerts-log'
  | 'send-alerts-slack'
  | 'send-alerts-pagerduty'
  | 'reconcile-payouts'
  | 'run-reconciliations'
  | 'send-emails'
  | 'sweep';

/** The same dependencies with the job's own log, whose lines say which job they belong to. */
export const withLog = <Deps extends { log: Logger }>(deps: Deps, log: Logger | undefined): Deps =>
  log ? { ...deps, log } : deps;

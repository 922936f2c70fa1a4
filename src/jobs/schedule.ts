// When each job runs by itself: one table of times.
import type { TaskName } from './task.js';

/** Milliseconds between two runs of a job, or a cron expression in UTC. */
export type Schedule = Readonly<Record<TaskName, number | string>>;

export interface ScheduleSettings {
  sweepIntervalMs: number;
  reconcileCron: string;
}

export function scheduleOf({ sweepIntervalMs, reconcileCron }: ScheduleSettings): Schedule {
  // People read alerts: a second is soon enough, however short the sweep's interval is made.
  const watchMs = Math.max(sweepIntervalMs, 1_000);
  return {
    'process-stripe-transfer': sweepIntervalMs,
    'retry-failed-payouts': sweepIntervalMs,
    'check-stale-payouts': sweepIntervalMs,
    'check-alerts': watchMs,
    'send-alerts-log': watchMs,
    'send-alerts-slack': watchMs,
    'send-alerts-pagerduty': watchMs,
    'reconcile-payouts': reconcileCron,
    'run-reconciliations': sweepIntervalMs,
    'send-emails': sweepIntervalMs,
    sweep: sweepIntervalMs,
  };
}

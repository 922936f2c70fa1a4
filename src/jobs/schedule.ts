// When each job runs by itself: one table of times.
import type { TaskName } from './task.js';

/** Milliseconds between two runs of a job. */
export type Schedule = Readonly<Record<TaskName, number>>;

export function scheduleOf({ sweepIntervalMs }: { sweepIntervalMs: number }): Schedule {
  return {
    'process-stripe-transfer': sweepIntervalMs,
    'retry-failed-payouts': sweepIntervalMs,
    sweep: sweepIntervalMs,
  };
}

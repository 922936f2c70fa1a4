// Whether the scheduler can read a time at which a job is to run.
import { type Agenda, Job } from 'agenda';

/** Why there is no next time, in the scheduler's own words; null: there is one. Times are in UTC. */
export function whyNoNextRun(cron: string): string | null {
  // A job that is never saved asks its scheduler nothing.
  const job = new Job({} as Agenda, { name: 'any', type: 'normal' });
  const { nextRunAt, failReason } = job.repeatEvery(cron, { timezone: 'UTC', skipImmediate: true }).attrs;
  return nextRunAt ? null : (failReason?.replace(/^.*?\): Error: /, '') ?? 'it has none');
}

// The moments between two steps at which a process may die, by name. Each is announced on a diagnostics channel that
// nobody listens to in production; the crash tests kill and stop processes there, at every name of this list.
import { channel } from 'node:diagnostics_channel';

/** A name is `<use case>.<moment>`; one that is added here is killed at by the tests from then on. */
export const CHECKPOINTS = [
  'create.before_commit',
  'create.after_commit',
  'create_many.before_commit',
  'create_many.after_commit',
  'run.before_commit',
  'run.after_commit',
  'claim.before_commit',
  'claim.after_commit',
  'send.before_request',
  'send.after_request',
  'settle.after_commit',
  'refuse.after_commit',
  'postpone.after_commit',
  'pause.before_commit',
  'pause.after_commit',
  'look.after_answer',
  'resolve.after_lease',
  'resolve.after_mark',
  'renew.after_commit',
  'retry.before_commit',
  'retry.after_commit',
  'control.before_commit',
  'control.after_commit',
  'webhook.before_store',
  'webhook.after_store',
  'webhook.after_answer',
  'inbox.after_question',
  'inbox.before_commit',
  'inbox.after_commit',
  'sweep.after_inbox',
  'stale.after_alerts',
  'reconcile.after_start',
  'reconcile.after_page',
  'reconcile.before_repair',
  'reconcile.after_repair',
  'reconcile.before_finish',
  'alerts.after_plan',
  'alerts.after_send',
  'mail.before_commit',
  'mail.after_claim',
  'mail.after_send',
] as const;

export type Checkpoint = (typeof CHECKPOINTS)[number];

const passed = channel('payouts:checkpoint');

/** Says that the process has come this far. Costs nothing while nobody listens. */
export function checkpoint(name: Checkpoint): void {
  if (passed.hasSubscribers) passed.publish(name);
}

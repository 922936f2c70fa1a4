// Tells creators what became of their payouts. Enqueued when the log has grown; repeated at intervals for what was put off.
import type { Task } from './task.js';

export function sendEmailsTask(send: (signal: AbortSignal) => Promise<unknown>): Task {
  return { name: 'send-emails', run: send };
}

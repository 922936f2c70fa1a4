// Tells creators what became of their payouts. Enqueued when the log has grown; repeated at intervals for what was put off.
import { type MailDeps, sendEmails } from '../notify/mail-send.js';
import { type Task, withLog } from './task.js';

export function sendEmailsTask(deps: MailDeps): Task {
  return { name: 'send-emails', run: (signal, log) => sendEmails(withLog(deps, log), signal) };
}

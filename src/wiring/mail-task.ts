// The job that sends e-mails, put together.
import { sendEmailsTask } from '../jobs/send-emails.js';
import type { Task } from '../jobs/task.js';
import type { Parts } from './parts.js';

export function mailTask({ config, db, mail: transport, signals, log }: Parts): Task {
  const { from, locale } = config.mail;
  const deps = { pool: db.pool, transport, from, locale, signals, log };
  return sendEmailsTask(deps);
}

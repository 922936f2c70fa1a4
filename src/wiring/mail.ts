// What carries e-mails, and what wakes the job that sends them.
import type pg from 'pg';
import type { ReadyConfig } from '../config.js';
import type { Jobs } from '../jobs/agenda.js';
import { createCapture } from '../notify/captured.js';
import { MAILS_AT_ONCE, SEND_MS } from '../notify/mail-send.js';
import type { MailTransport } from '../notify/mail-transport.js';
import { createSmtp } from '../notify/smtp.js';
import type { Logger } from '../observability/logger.js';

export function mailTransportOf(config: ReadyConfig, pool: pg.Pool, log: Logger): MailTransport {
  const { smtpUrl: url } = config.mail;
  if (config.production && !url) log.warn('SMTP_URL is not set: e-mails are captured, and reach nobody');
  return url ? createSmtp({ url, connections: MAILS_AT_ONCE, timeoutMs: SEND_MS }) : createCapture(pool);
}

/** Milliseconds between two wake-ups: payouts change many times a second, and nobody reads mail that fast. */
const WAKE_MS = 500;

/** At once, and then once for all that came meanwhile. */
export function mailWakerOf(jobs: Jobs): () => void {
  let resting = false;
  let again = false;
  const wake = () => {
    again = resting;
    if (resting) return;
    resting = true;
    jobs.enqueue('send-emails');
    setTimeout(() => {
      resting = false;
      if (again) wake();
    }, WAKE_MS).unref();
  };
  return wake;
}

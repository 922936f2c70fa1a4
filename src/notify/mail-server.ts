// Whether the mail server can be used, for all workers together. While it cannot, one e-mail at a time tries it, so that
// thousands that wait cost it nothing, and nothing of it counts against them.
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { raiseAlert, resolveAlert } from '../payouts/alerts.js';
import { SERVER_BACKOFF, waitAfter } from './backoff.js';

export interface MailServerState {
  /** Failures in a row, as far as anybody knows. */
  failures: number;
  /** Its next try has not come. */
  waits: boolean;
  /** It waits, and not for long: whoever asks may as well stay. */
  soon: boolean;
}

/** Of its alert. */
const KEY = 'mail_server';

/** In a row, until somebody is told: a single connection that broke is no news. */
const TOLD_AFTER = 2;

/** @param soonMs milliseconds that are not long */
export async function mailServerState(db: Queryable, soonMs: number): Promise<MailServerState> {
  const { rows } = await db.query<MailServerState>({
    name: 'mail-server-state',
    text: `SELECT failures, coalesce(retry_at > now(), false) AS waits,
      coalesce(retry_at > now() AND retry_at <= now() + $1 * interval '1 millisecond', false) AS soon FROM email_outbox`,
    values: [soonMs],
  });
  return rows[0] ?? { failures: 0, waits: false, soon: false };
}

/**
 * It cannot be used. Of several who find out at the same moment one counts.
 * @param seen how many failures there were when the e-mail was taken up
 * @returns milliseconds until it is tried again
 */
export async function mailServerFailed(pool: pg.Pool, seen: number, error: string): Promise<number> {
  const failures = seen + 1;
  const waitMs = waitAfter(failures, SERVER_BACKOFF);
  await inTransaction(pool, async (db) => {
    const counted = await db.query(
      `UPDATE email_outbox SET failures = $2, retry_at = now() + $3 * interval '1 millisecond' WHERE failures = $1`,
      [seen, failures, waitMs],
    );
    if (counted.rowCount === 1 && failures >= TOLD_AFTER) await raiseAlert(db, alertOf(error));
  });
  return waitMs;
}

const alertOf = (error: string) => ({
  rule: 'email_failed' as const,
  key: KEY,
  message:
    `The mail server cannot be used (${error}): e-mails wait, and none is lost. See that it runs, and that SMTP_URL and ` +
    'MAIL_FROM are right.',
  details: { error },
});

/** It has answered. @returns whether there was anything to forget */
export async function mailServerAnswered(pool: pg.Pool): Promise<boolean> {
  return inTransaction(pool, async (db) => {
    const back = await db.query('UPDATE email_outbox SET failures = 0, retry_at = NULL WHERE failures > 0');
    if (back.rowCount === 1) await resolveAlert(db, 'email_failed', KEY);
    return back.rowCount === 1;
  });
}

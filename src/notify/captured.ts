// Where no mail server is set, in development, e-mails are kept to be looked at: the latest of them.
import type pg from 'pg';
import type { MailTransport } from './mail-transport.js';

/** More are not worth the space: a demo run makes thousands. */
const KEPT = 1_000;

export function createCapture(pool: pg.Pool): MailTransport {
  return {
    accepted: 'CAPTURED',
    async deliver({ id, to, subject, html, text }) {
      try {
        await pool.query(CAPTURE, [id, to.address, subject, html, text]);
        return { kind: 'accepted' };
      } catch {
        // No words of the database's: they would quote what it did not take.
        return { kind: 'unavailable', error: 'not captured' };
      }
    },
    close: async () => undefined,
  };
}

/** One that comes twice is there once. */
const CAPTURE = `
WITH pruned AS (DELETE FROM captured_emails WHERE email_id <= $1::bigint - ${KEPT})
INSERT INTO captured_emails (email_id, recipient, subject, html, text) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (email_id) DO NOTHING`;

export interface CapturedMail {
  id: string;
  recipient: string;
  subject: string;
  capturedAt: Date;
}

/** Newest first. */
export async function listCaptured(pool: pg.Pool, limit: number): Promise<CapturedMail[]> {
  const { rows } = await pool.query<CapturedMail>(
    `SELECT email_id::text AS id, recipient, subject, captured_at AS "capturedAt"
     FROM captured_emails ORDER BY email_id DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Null: there is none of this number. */
export async function readCaptured(
  pool: pg.Pool,
  id: string,
): Promise<(CapturedMail & { html: string; text: string }) | null> {
  const { rows } = await pool.query<CapturedMail & { html: string; text: string }>(
    `SELECT email_id::text AS id, recipient, subject, captured_at AS "capturedAt", html, text
     FROM captured_emails WHERE email_id::text = $1`,
    [id],
  );
  return rows[0] ?? null;
}

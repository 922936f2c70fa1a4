// The e-mails that wait, and what became of them. A worker takes some for the time of a lease; the number of the attempt is
// its token: a worker that comes back after its lease finds another number there and writes nothing.
import type { Queryable } from '../db/connect.js';
import type { EmailTemplate } from '../generated/prisma/enums.js';

export interface ClaimedEmail {
  id: string;
  /** This attempt's number; the first is 1. */
  attempt: number;
  /** Attempts that counted against it. */
  refusals: number;
  template: EmailTemplate;
  payoutId: string;
  creatorId: string;
  creatorName: string;
  /** Where the creator has mail sent now. */
  address: string;
  /** How the creator reads amounts and dates; null: nobody has said. */
  locale: string | null;
  /** Of the payout's event. */
  version: number;
  occurredAt: Date;
  /** The payout after the event. */
  snapshot: Readonly<Record<string, unknown>>;
  /** The days of its statement, `YYYY-MM-DD`; null: it has none. */
  periodStart: string | null;
  periodEnd: string | null;
}

/**
 * Takes up to `limit` that are due, and leases them for `leaseMs`. Of each payout the earliest alone, so that nobody reads
 * that they are paid before they read that they will be.
 */
export async function claimEmails(db: Queryable, limit: number, leaseMs: number): Promise<ClaimedEmail[]> {
  const { rows } = await db.query<ClaimedEmail>({
    name: 'claim-emails',
    text: CLAIM,
    values: [limit, leaseMs],
  });
  return rows;
}

const CLAIM = `
WITH due AS MATERIALIZED (
  SELECT e.id FROM emails e
  WHERE e.state = 'PENDING' AND e.next_attempt_at <= now() AND NOT EXISTS (
    SELECT 1 FROM emails b WHERE b.payout_id = e.payout_id AND b.id < e.id AND b.state = 'PENDING')
  ORDER BY e.next_attempt_at, e.id LIMIT $1 FOR UPDATE OF e SKIP LOCKED
), claimed AS (
  UPDATE emails e SET attempts = e.attempts + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
  FROM due WHERE e.id = due.id RETURNING e.*
)
SELECT e.id::text, e.attempts AS attempt, e.refusals, e.template, e.payout_id AS "payoutId",
  e.creator_id AS "creatorId", c.display_name AS "creatorName", c.email AS address, c.locale, v.version, v.snapshot,
  v.occurred_at AS "occurredAt", s.period_start AS "periodStart", s.period_end AS "periodEnd"
FROM claimed e
JOIN creators c ON c.id = e.creator_id
JOIN payout_events v ON v.id = e.event_id
LEFT JOIN royalty_statements s ON s.id = v.snapshot ->> 'royaltyStatementId'
ORDER BY e.id`;

type Claim = Pick<ClaimedEmail, 'id' | 'attempt'>;

/** They were not sent after all: they wait as they did before. */
export async function releaseEmails(db: Queryable, claims: readonly Claim[]): Promise<void> {
  await db.query(
    `UPDATE emails e SET attempts = e.attempts - 1, next_attempt_at = now()
     FROM unnest($1::bigint[], $2::int[]) AS c(id, attempt)
     WHERE e.id = c.id AND e.attempts = c.attempt AND e.state = 'PENDING'`,
    [claims.map(({ id }) => id), claims.map(({ attempt }) => attempt)],
  );
}

/** It has gone. What was said of the creator's address is no matter any more. @returns whether an alert ended by it */
export async function recordSent(
  db: Queryable,
  { id, attempt }: Claim,
  state: 'SENT' | 'CAPTURED',
  messageId: string,
): Promise<boolean> {
  const { rows } = await db.query<{ calmed: boolean }>({
    name: 'record-email-sent',
    text: `WITH sent AS (
        UPDATE emails SET state = $3, sent_at = now(), message_id = $4, error = NULL, next_attempt_at = NULL
        WHERE id = $1 AND attempts = $2 AND state = 'PENDING' RETURNING creator_id
      ), calmed AS (
        UPDATE alerts a SET resolved_at = now(), updated_at = now(), open_key = NULL
        FROM sent WHERE a.open_key = 'email_failed:creator:' || sent.creator_id RETURNING 1
      ) SELECT EXISTS (SELECT 1 FROM calmed) AS calmed`,
    values: [id, attempt, state, messageId],
  });
  return rows[0]?.calmed ?? false;
}

/** It is tried again after so many milliseconds. */
export async function recordDeferred(
  db: Queryable,
  { id, attempt }: Claim,
  deferred: { error: string; retryInMs: number; counts: boolean },
): Promise<void> {
  const { error, retryInMs, counts } = deferred;
  await db.query(
    `UPDATE emails SET error = $3, refusals = refusals + $5::int,
       next_attempt_at = now() + $4 * interval '1 millisecond'
     WHERE id = $1 AND attempts = $2 AND state = 'PENDING'`,
    [id, attempt, error, retryInMs, counts ? 1 : 0],
  );
}

/** It is given up. @returns false where another worker has it by now */
export async function recordFailed(db: Queryable, { id, attempt }: Claim, error: string): Promise<boolean> {
  const failed = await db.query(
    `UPDATE emails SET state = 'FAILED', error = $3, refusals = refusals + 1, next_attempt_at = NULL
     WHERE id = $1 AND attempts = $2 AND state = 'PENDING'`,
    [id, attempt, error],
  );
  return failed.rowCount === 1;
}

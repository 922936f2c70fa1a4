// Reads the event log on from where it was left and writes down which e-mails its events are told in. The place and the
// e-mails are one transaction, so each event is told once, however many workers read and whenever one of them dies.
import type pg from 'pg';
import { HORIZON } from '../db/horizon.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';

/** Events that are read at once. */
const PAGE = 1_000;

/** What was read. */
export interface ReadEvents {
  /** There may be more at once. */
  more: boolean;
  /** Events are there whose turn has not come: a transaction that began earlier is still open. */
  waiting: boolean;
}

export function queueEmails(pool: pg.Pool, limit: number = PAGE): Promise<ReadEvents> {
  return inTransaction(pool, async (db) => {
    // One reader at a time. What it sees is read after it has its turn, in statements of their own.
    const place = await db.query<{ xid: string; id: string }>(
      'SELECT log_xid AS xid, event_id AS id FROM email_outbox FOR UPDATE',
    );
    const { xid, id } = place.rows[0] ?? {};
    const { rows } = await db.query<{ read: number; waiting: boolean }>({
      name: 'queue-emails',
      text: QUEUE,
      values: [xid, id, limit],
    });
    const { read = 0, waiting = false } = rows[0] ?? {};
    if (read > 0) checkpoint('mail.before_commit');
    return { more: read === limit, waiting };
  });
}

/** Of an event: the payout was larger than what is sent without an approval. */
const needsApproval = (event: string) =>
  `coalesce((${event}.snapshot ->> 'amountCents')::bigint > (${event}.snapshot ->> 'approvalAboveCents')::bigint, false)`;

/** The payout waited for an approval from the first, and this is the first that it got. */
const FIRST_APPROVAL = `(e.from_status = 'PENDING' AND e.to_status = 'PENDING' AND e.snapshot ? 'approvedBy'
    AND NOT EXISTS (SELECT 1 FROM payout_events before WHERE before.payout_id = e.payout_id
      AND before.version < e.version AND before.snapshot ? 'approvedBy')
    AND (SELECT ${needsApproval('first')} FROM payout_events first
      WHERE first.payout_id = e.payout_id AND first.from_status IS NULL))`;

/**
 * Which event is told in which e-mail. What waits for an approval is on its way once it has it. An admin's retry of a payout that had failed for good goes back on what the creator
 * was told last; where a retry was due anyway, they know of it. What an admin holds or releases is no news to the creator;
 * what is rejected is.
 */
const TEMPLATE = `CASE
  WHEN ${FIRST_APPROVAL} THEN 'PAYOUT_INITIATED'
  WHEN e.from_status = e.to_status AND NOT (e.to_status = 'FAILED' AND e.snapshot ->> 'control' = 'REJECTED') THEN NULL
  WHEN e.from_status IS NULL THEN CASE WHEN NOT ${needsApproval('e')} THEN 'PAYOUT_INITIATED' END
  WHEN e.to_status = 'COMPLETED' THEN 'PAYOUT_COMPLETED'
  WHEN e.to_status = 'FAILED' AND e.snapshot ->> 'nextAttemptAt' IS NULL THEN 'PAYOUT_FAILED'
  WHEN e.to_status = 'FAILED' THEN 'PAYOUT_RETRYING'
  WHEN e.to_status = 'PENDING' AND (
    SELECT before.snapshot ->> 'nextAttemptAt' IS NULL FROM payout_events before
    WHERE before.payout_id = e.payout_id AND before.version = e.version - 1) THEN 'PAYOUT_RETRYING'
  END`;

/** $1, $2 place, $3 how many. The order of the ids is that of the log. */
const QUEUE = `
WITH h AS MATERIALIZED (SELECT ${HORIZON} AS horizon, (SELECT max(log_xid) FROM payout_events) AS newest),
page AS MATERIALIZED (
  SELECT e.* FROM payout_events e, h
  WHERE (e.log_xid, e.id) > ($1::bigint, $2::bigint) AND e.log_xid < h.horizon
  ORDER BY e.log_xid, e.id LIMIT $3
), queued AS (
  INSERT INTO emails (event_id, payout_id, creator_id, template)
  SELECT id, payout_id, creator_id, template::"EmailTemplate"
  FROM (SELECT e.id, e.payout_id, e.creator_id, e.log_xid, ${TEMPLATE} AS template FROM page e) told
  WHERE template IS NOT NULL
  ORDER BY log_xid, id
  ON CONFLICT (event_id, template) DO NOTHING
), moved AS (
  UPDATE email_outbox o SET log_xid = last.log_xid, event_id = last.id
  FROM (SELECT log_xid, id FROM page ORDER BY log_xid DESC, id DESC LIMIT 1) last
)
SELECT (SELECT count(*)::int FROM page) AS read, coalesce(h.newest >= h.horizon, false) AS waiting FROM h`;

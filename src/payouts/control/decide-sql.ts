// The statements of `decide.ts` and `require-approval.ts`: what is decided about a payout that stays where it stands, with
// its audit row and its event. None of them writes a status.
import { MAY_ARRIVE, SURELY_LOST } from '../attempts.js';
import { decisionsOf, RECORD } from '../record-sql.js';
import { UNCOMPARED_BACKUP } from '../restored.js';
import { PAYOUT_COLUMNS } from '../row.js';
import { IS_APPROVED, NEEDS_APPROVAL } from '../sendable.js';
import { isSamePerson } from './same-person.js';

/** Until when a request of it that was given up without an answer could still make its transfer; null: none can. */
const MAY_ARRIVE_UNTIL = `(SELECT max(a.sent_at) + ${SURELY_LOST} FROM payout_attempts a
  WHERE a.payout_id = p.id AND ${MAY_ARRIVE})`;

/** $1 payout. It is locked until the transaction ends, and seen as it is then. */
export const STANDING_SQL = `
SELECT p.status, p.control, p.control_reason AS "controlReason", p.amount_cents AS "amountCents",
  p.next_attempt_at IS NOT NULL AS "waitsForRetry", ${NEEDS_APPROVAL} AS "needsApproval", ${IS_APPROVED} AS "isApproved",
  p.currency, c.stripe_account_id AS account, ${MAY_ARRIVE_UNTIL} AS "mayArriveUntil",
  ${UNCOMPARED_BACKUP} AS "uncomparedBackup"
FROM payouts p JOIN creators c ON c.id = p.creator_id
WHERE p.id = $1 FOR UPDATE OF p`;

/**
 * How long a payout has been under way, and when one failed for good, is read from this: a decision about it must not begin
 * that anew. What waits to be sent waits from the decision on.
 */
const UPDATED_AT = `CASE WHEN p.status = 'PENDING' OR p.next_attempt_at IS NOT NULL THEN now() ELSE p.updated_at END`;

/** $1 payout, $2 cause, $3 actor, $4 request id, $5 reason; of an approval $6 the account that was looked at. */
const decisionSql = (set: string) => `
WITH target AS MATERIALIZED (
  SELECT p.id, ${decisionsOf('p')} AS decided FROM payouts p WHERE p.id = $1
), changed AS (
  UPDATE payouts p SET ${set}, version = p.version + 1,
    log_xid = GREATEST(p.log_xid, pg_current_xact_id()::text::bigint), updated_at = ${UPDATED_AT}
  FROM target WHERE p.id = target.id
  RETURNING p.*, p.status AS from_status, $5::text AS reason, target.decided
), ${RECORD}
SELECT ${PAYOUT_COLUMNS} FROM changed`;

export const DECISION_SQL = {
  held: decisionSql(`control = 'HELD', control_reason = $5`),
  released: decisionSql('control = NULL, control_reason = NULL'),
  // Bound to what it is of, see sendable.ts: the account may be another one since it was looked at.
  approved: decisionSql(`approved_by = $3, approved_at = now(), approved_amount_cents = p.amount_cents,
    approved_destination = $6`),
} as const;

/** $1 payouts, $2 cause, $3 actor, $4 request id, $5 limit, $6 why, $7 the status that they have. */
export const REQUIRE_SQL = `
WITH target AS MATERIALIZED (
  SELECT p.id, ${decisionsOf('p')} AS decided FROM payouts p
  WHERE p.id = ANY($1::text[]) AND p.status = $7::"PayoutStatus" AND p.amount_cents > $5::int
    AND NOT ${NEEDS_APPROVAL}
  FOR UPDATE OF p
), changed AS (
  UPDATE payouts p SET approval_above_cents = $5, version = p.version + 1,
    log_xid = GREATEST(p.log_xid, pg_current_xact_id()::text::bigint), updated_at = ${UPDATED_AT}
  FROM target WHERE p.id = target.id
  RETURNING p.*, p.status AS from_status, $6::text AS reason, target.decided
), ${RECORD}
SELECT id FROM changed`;

/**
 * By the audit row `asked`, which is older than the version `upTo`, somebody asked for the payout's money: the first who is
 * known to have, who created it or, where plain SQL wrote it, retried it first. Of what was paid and came back, also if both
 * were heard of at once, who asked for it to be paid again has asked too; whoever retries what was never paid only repeats
 * what was approved.
 */
export const isRequest = (
  upTo: string,
) => `asked.action IN ('created', 'retry_requested') AND asked.version < ${upTo}
  AND (asked.version = (SELECT min(version) FROM audit_events WHERE payout_id = asked.payout_id
      AND action IN ('created', 'retry_requested'))
    OR asked.version > (SELECT max(version) FROM audit_events WHERE payout_id = asked.payout_id AND version < ${upTo}
      AND after->>'stripeTransferId' IS NOT NULL
      AND action IN ('transfer_settled', 'transfer_reversed', 'transfer_failed')))`;

/** As high as no version is. */
const NOW = '2147483647';

/** $1 payout, $2 an actor: a row where they are who asked for its money. */
export const REQUESTER_SQL = `
SELECT 1 FROM audit_events asked
WHERE asked.payout_id = $1 AND ${isSamePerson('asked.actor', '$2::text')} AND ${isRequest(NOW)} LIMIT 1`;

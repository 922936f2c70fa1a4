// The statements of `apply.ts`. Each writes payouts, their audit rows, their event rows and their figures at once.
import { PARTLY_REVERSED } from './alerts.js';
import { decisionsOf, failureOf, RECORD } from './record-sql.js';
import { APPEND_FIGURES } from './rollup-figures.js';
import { PAYOUT_COLUMNS } from './row.js';
import { MAY_BE_SENT } from './sendable.js';

/** Open keys, up to the payout's id, of the alerts that end when their payout changes its status. */
const STATUS_ALERTS = ['payout_stuck', 'max_retries_exceeded', `reconciliation_mismatch:${PARTLY_REVERSED}`];

/** $1 changes, $2 cause, $3 actor, $4 request id. */
export const APPLY_SQL = `
WITH input AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS i(
    payout_id text, from_status "PayoutStatus", to_status "PayoutStatus", reason text, transfer_id text,
    failure_code text, failed_reason text, retry_in_ms double precision, starts_retry boolean,
    amount_reversed_cents int, opens_attempt_id text, lease_ms double precision, closes_attempt_id text,
    outcome "AttemptOutcome", attempt_transfer_id text, error_code text, error_message text, request_id text,
    alert_rule text, alert_message text, control "PayoutControl", approval_above_cents int)
), target AS MATERIALIZED (
  -- The payout is locked before its attempts, in every writer's order, and what has left its status is passed over. So is
  -- what must not be sent: an admin may have decided so, or the account may have changed, since the caller looked.
  SELECT p.id, CASE WHEN i.control IS NOT NULL THEN ${decisionsOf('p')} END AS decided,
    CASE WHEN p.status = 'FAILED' THEN ${failureOf('p')} END AS failed
  FROM payouts p JOIN input i ON p.id = i.payout_id AND p.status = i.from_status
  WHERE (i.opens_attempt_id IS NULL OR EXISTS (SELECT 1 FROM creators c WHERE c.id = p.creator_id AND ${MAY_BE_SENT}))
    AND (i.to_status <> 'PENDING' OR p.control IS NULL)
  FOR UPDATE OF p
), closed AS (
  UPDATE payout_attempts a SET outcome = i.outcome, transfer_id = i.attempt_transfer_id,
    error_code = i.error_code, error_message = i.error_message,
    stripe_request_id = COALESCE(i.request_id, a.stripe_request_id),
    amount_reversed_cents = GREATEST(a.amount_reversed_cents, i.amount_reversed_cents),
    finished_at = COALESCE(a.finished_at, now())
  FROM input i JOIN target ON target.id = i.payout_id
  -- An attempt that was given up has succeeded after all when its transfer turns up.
  WHERE a.id = i.closes_attempt_id AND (a.finished_at IS NULL OR i.outcome = 'SUCCEEDED')
  RETURNING a.id
), superseded AS (
  -- The payout has its transfer: no other request of it may be sent any more.
  UPDATE payout_attempts a SET outcome = 'UNKNOWN', finished_at = now()
  FROM input i JOIN target ON target.id = i.payout_id
  WHERE i.to_status = 'COMPLETED' AND a.payout_id = i.payout_id AND a.id <> i.closes_attempt_id
    AND a.finished_at IS NULL
), changed AS (
  UPDATE payouts p SET
    status = i.to_status,
    version = p.version + 1,
    log_xid = GREATEST(p.log_xid, pg_current_xact_id()::text::bigint),
    stripe_transfer_id = COALESCE(i.transfer_id, p.stripe_transfer_id),
    processed_at = CASE WHEN i.to_status = 'COMPLETED' THEN now() ELSE p.processed_at END,
    failure_code = i.failure_code,
    failed_reason = i.failed_reason,
    next_attempt_at = now() + i.retry_in_ms * interval '1 millisecond',
    retry_count = p.retry_count + i.starts_retry::int,
    last_retry_at = CASE WHEN i.starts_retry THEN now() ELSE p.last_retry_at END,
    -- That of the transfer which it has now.
    amount_reversed_cents = CASE WHEN i.transfer_id IS NULL THEN p.amount_reversed_cents
      ELSE i.amount_reversed_cents END,
    control = COALESCE(i.control, p.control),
    control_reason = CASE WHEN i.control IS NULL THEN p.control_reason ELSE i.reason END,
    approval_above_cents = CASE WHEN i.to_status = 'PENDING' THEN LEAST(p.approval_above_cents, i.approval_above_cents)
      ELSE p.approval_above_cents END,
    -- An approval is good for one payment: what was paid and came back needs another one to be paid again.
    approved_amount_cents = CASE WHEN i.to_status = 'PENDING' AND p.stripe_transfer_id IS NOT NULL THEN NULL
      ELSE p.approved_amount_cents END,
    updated_at = now()
  FROM input i JOIN target ON target.id = i.payout_id
  WHERE p.id = i.payout_id AND p.status = i.from_status
    -- A refusal counts only for an attempt that is still open: a late answer to an old one must not fail the payout
    -- while a newer attempt is under way. A transfer that exists counts whenever we hear of it.
    AND (i.outcome IS DISTINCT FROM 'REJECTED' OR i.closes_attempt_id IN (SELECT id FROM closed))
  RETURNING p.*, i.from_status, i.reason, i.starts_retry,
    COALESCE(target.failed, '{}') || COALESCE(target.decided, '{}') AS decided
), ${RECORD}, counted AS (${APPEND_FIGURES}
), calmed AS (
  -- What was raised for as long as the payout stayed as it was.
  UPDATE alerts a SET resolved_at = now(), updated_at = now(), open_key = NULL
  FROM changed c, unnest(ARRAY[${STATUS_ALERTS.map((key) => `'${key}:'`).join(', ')}]) AS prefix
  WHERE a.open_key = prefix || c.id
), alerted AS (
  INSERT INTO alerts (rule, key, message, payout_id, open_key)
  SELECT i.alert_rule, c.id, i.alert_message, c.id, i.alert_rule || ':' || c.id
  FROM changed c JOIN input i ON i.payout_id = c.id AND i.alert_rule IS NOT NULL
  ON CONFLICT (open_key) DO NOTHING
), opened AS (
  INSERT INTO payout_attempts
    (id, payout_id, number, idempotency_key, amount_cents, currency, destination, lease_until, payout_version)
  SELECT i.opens_attempt_id, c.id, n.number, 'payout_' || c.id || '_' || n.number, c.amount_cents, c.currency,
    creator.stripe_account_id, now() + i.lease_ms * interval '1 millisecond', c.version
  FROM changed c
  JOIN input i ON i.payout_id = c.id AND i.opens_attempt_id IS NOT NULL
  JOIN creators creator ON creator.id = c.creator_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(max(a.number), 0) + 1 AS number FROM payout_attempts a WHERE a.payout_id = c.id) n
  RETURNING payout_id, jsonb_build_object(
    'id', id, 'number', number, 'idempotencyKey', idempotency_key, 'destination', destination) AS attempt
)
SELECT ${PAYOUT_COLUMNS}, opened.attempt FROM changed LEFT JOIN opened ON opened.payout_id = changed.id`;

/** $1 new payouts, $2 cause, $3 actor, $4 request id, $5 where their trace goes on, $6 why. */
export const INSERT_SQL = `
WITH inserted AS (
  INSERT INTO payouts
    (id, creator_id, royalty_statement_id, amount_cents, currency, approval_above_cents, trace_parent,
     run_id, updated_at)
  SELECT i.id, i."creatorId", i."royaltyStatementId", i."amountCents", i.currency, i."approvalAboveCents", $5,
     i."runId", now()
  FROM jsonb_to_recordset($1::jsonb) AS i(
    id text, "creatorId" text, "royaltyStatementId" text, "amountCents" int, currency text, "approvalAboveCents" int,
    "runId" text)
  RETURNING *
), changed AS (
  SELECT *, NULL::"PayoutStatus" AS from_status, $6::text AS reason, NULL::jsonb AS decided FROM inserted
), ${RECORD}
SELECT ${PAYOUT_COLUMNS} FROM changed`;

/** $1 creator, $2 failure code: what failed for that reason and waits for its time is due at once. No change of status. */
export const RELEASE_SQL = `
UPDATE payouts SET next_attempt_at = now()
WHERE creator_id = $1 AND status = 'FAILED' AND failure_code = $2 AND next_attempt_at > now() RETURNING id`;

/**
 * $1 payout, $2 cents taken back, $3 transfer, $4 actor, $5 request id. The payout stays COMPLETED, so its version stays
 * too, and the audit row stands in the transfer's chain.
 */
export const PART_REVERSAL_SQL = `
WITH before AS MATERIALIZED (
  SELECT id, amount_reversed_cents FROM payouts
  WHERE id = $1 AND status = 'COMPLETED' AND stripe_transfer_id = $3 AND amount_reversed_cents < $2 FOR UPDATE
), changed AS (
  UPDATE payouts p SET amount_reversed_cents = $2 FROM before WHERE p.id = before.id
)
INSERT INTO audit_events (chain, actor, action, request_id, before, after)
SELECT 'transfer:' || $3, $4, 'transfer_partly_reversed', $5,
  jsonb_build_object('payoutId', id, 'amountReversedCents', amount_reversed_cents),
  jsonb_build_object('payoutId', id, 'amountReversedCents', $2::int)
FROM before`;

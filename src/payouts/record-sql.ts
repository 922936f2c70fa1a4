// The part that every statement which changes payouts ends with, written once, so that no change can be made without its
// record: one audit row and one event for each.

const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** What admins have decided about the payout `from`; nothing where they have not. */
export const decisionsOf = (from: string) => `jsonb_strip_nulls(jsonb_build_object(
  'control', ${from}.control, 'controlReason', ${from}.control_reason,
  'approvalAboveCents', ${from}.approval_above_cents, 'approvedBy', ${from}.approved_by,
  'approvedAt', ${iso(`${from}.approved_at`)}, 'approvedAmountCents', ${from}.approved_amount_cents,
  'approvedDestination', ${from}.approved_destination))`;

/** How the payout `from` failed, and what was to follow. */
export const failureOf = (from: string) => `jsonb_strip_nulls(jsonb_build_object(
  'failureCode', ${from}.failure_code, 'failedReason', ${from}.failed_reason, 'retryCount', ${from}.retry_count,
  'attempts', (SELECT max(number) FROM payout_attempts WHERE payout_id = ${from}.id),
  'nextAttemptAt', ${iso(`${from}.next_attempt_at`)}, 'stripeTransferId', ${from}.stripe_transfer_id))`;

/** The payout as the event log and the audit keep it: the columns by the names that `PayoutRow` has. */
const SNAPSHOT = `jsonb_build_object(
  'id', id, 'creatorId', creator_id, 'royaltyStatementId', royalty_statement_id, 'amountCents', amount_cents,
  'currency', currency, 'status', status, 'stripeTransferId', stripe_transfer_id, 'failureCode', failure_code,
  'failedReason', failed_reason, 'retryCount', retry_count, 'amountReversedCents', amount_reversed_cents,
  'version', version, 'lastRetryAt', ${iso('last_retry_at')}, 'nextAttemptAt', ${iso('next_attempt_at')},
  'processedAt', ${iso('processed_at')}, 'createdAt', ${iso('created_at')}, 'updatedAt', ${iso('updated_at')})
  || ${decisionsOf('changed')}`;

/**
 * From `changed` (columns of payouts, plus from_status, reason and, as `decided`, what else of it stood before: what was
 * decided, how it had failed). The run that made a payout stands in its first audit row.
 * $2 cause, $3 actor, $4 request id. What the change adds to the summaries stands beside it, or, of new payouts, is
 * appended by the table's trigger.
 */
export const RECORD = `
audited AS (
  INSERT INTO audit_events (chain, payout_id, version, actor, action, reason, request_id, before, after)
  SELECT id, id, version, $3, $2, reason, $4,
    CASE WHEN from_status IS NULL THEN NULL
      ELSE jsonb_build_object('status', from_status, 'version', version - 1) || COALESCE(decided, '{}') END,
    ${SNAPSHOT} || CASE WHEN from_status IS NULL AND run_id IS NOT NULL THEN jsonb_build_object('runId', run_id)
      ELSE '{}' END
  FROM changed
), logged AS (
  INSERT INTO payout_events (payout_id, creator_id, version, from_status, to_status, reason, snapshot, log_xid)
  SELECT id, creator_id, version, from_status, status, reason, ${SNAPSHOT}, log_xid FROM changed
)`;

// Invariants 6 and 12: no more and no earlier attempts than the settings allow, and nothing is stuck in silence.
import type { Check } from './check.js';

/** Payouts whose retries were moved forward, since their creator could receive transfers from then on. */
const RELEASED = `
  SELECT payout.id, e.occurred_at FROM audit_events e, jsonb_array_elements_text(e.after->'payoutIds') AS payout(id)
  WHERE e.action = 'payouts_released'`;

/** A new series of attempts begins with each retry that an admin asks for. */
const SERIES = `
  SELECT payout_id, action, count(*) FILTER (WHERE action = 'retry_requested')
    OVER (PARTITION BY payout_id ORDER BY version) AS series
  FROM audit_events WHERE payout_id IS NOT NULL AND action IN ('retry_requested', 'transfer_refused')`;

export const RETRY_CHECKS: readonly Check[] = [
  {
    invariant: 6,
    what: 'Stripe refused more attempts than there may be without an admin',
    sql: `SELECT payout_id, jsonb_build_object('refused', count(*)) AS details FROM (${SERIES}) s
      WHERE action = 'transfer_refused' GROUP BY payout_id, series
      HAVING count(*) > 1 + (SELECT "maxRetries" FROM given)`,
  },
  {
    invariant: 6,
    what: 'the payout was retried by itself more often than it may be',
    sql: `SELECT payout_id, jsonb_build_object('retries', count(*)) AS details FROM audit_events
      WHERE action = 'retry_claimed' GROUP BY payout_id HAVING count(*) > (SELECT "maxRetries" FROM given)`,
  },
  {
    invariant: 6,
    what: 'the payout counts other retries than the audit tells of',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('counted', p.retry_count, 'told', count(a.id)) AS details
      FROM payouts p LEFT JOIN audit_events a ON a.payout_id = p.id AND a.action IN ('retry_claimed', 'retry_requested')
      GROUP BY p.id HAVING count(a.id) <> p.retry_count`,
  },
  {
    invariant: 6,
    what: 'more attempts were refused than the audit tells of',
    sql: `SELECT r.payout_id, jsonb_build_object('refused', r.n) AS details FROM (
        SELECT payout_id, count(*) AS n FROM payout_attempts WHERE outcome = 'REJECTED' GROUP BY payout_id) r
      WHERE r.n > (SELECT count(*) FROM audit_events a
        WHERE a.payout_id = r.payout_id AND a.action IN ('transfer_refused', 'transfer_failed'))`,
  },
  {
    invariant: 6,
    what: 'a retry began earlier than it was due',
    sql: `SELECT a.payout_id, jsonb_build_object('version', a.version, 'began', a.occurred_at,
        'due', failed.after->>'nextAttemptAt') AS details
      FROM audit_events a
      JOIN audit_events failed ON failed.payout_id = a.payout_id AND failed.version = a.version - 1
      WHERE a.action = 'retry_claimed'
        AND COALESCE((failed.after->>'nextAttemptAt')::timestamp > a.occurred_at, true)
        -- Only a retry that was waiting can be moved forward.
        AND (failed.after->>'nextAttemptAt' IS NULL OR NOT EXISTS (SELECT 1 FROM (${RELEASED}) r
          WHERE r.id = a.payout_id AND r.occurred_at BETWEEN failed.occurred_at AND a.occurred_at))`,
  },
  {
    invariant: 12,
    what: 'the payout is PROCESSING for longer than the stale limit and a sweep, and no alert is open',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('since', p.updated_at) AS details FROM payouts p CROSS JOIN given
      WHERE p.status = 'PROCESSING' AND p.updated_at < now() - given."staleMs" * interval '1 millisecond'
        AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.open_key = 'payout_stuck:' || p.id)`,
  },
];

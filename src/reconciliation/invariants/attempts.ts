// Invariant 3: nothing is at Stripe that we had not written down before; and the attempts fit their payouts.
import type { Check } from './check.js';

/**
 * The transfer `t` is ours: a payout of ours stands in it, or it is made as only we make them (which is how a database
 * that was restored from an older copy meets what it has forgotten).
 */
const OURS = `(EXISTS (SELECT 1 FROM payouts p WHERE p.id = t.payout_id)
  OR (t.transfer_group = 'payout_' || t.payout_id AND t.idempotency_key IS NOT NULL))`;

/** Stripe's times are whole seconds, cut off; clocks differ by two seconds at most. */
const CLOCKS_DIFFER = "interval '3 seconds'";

export const ATTEMPT_CHECKS: readonly Check[] = [
  {
    invariant: 3,
    what: 'no attempt of ours made the transfer',
    sql: `SELECT (SELECT p.id FROM payouts p WHERE p.id = t.payout_id) AS payout_id, jsonb_build_object(
        'transfer', t.id, 'saysPayout', t.payout_id, 'idempotencyKey', t.idempotency_key) AS details
      FROM stripe_transfers t
      WHERE ${OURS} AND NOT EXISTS (SELECT 1 FROM payout_attempts a WHERE a.payout_id = t.payout_id
        AND (a.idempotency_key = t.idempotency_key OR (t.idempotency_key IS NULL AND a.transfer_id = t.id)))`,
  },
  {
    invariant: 3,
    what: 'one attempt made more than one transfer',
    sql: `SELECT a.payout_id, jsonb_build_object('attempt', a.number, 'transfers', jsonb_agg(t.id ORDER BY t.id)) AS details
      FROM stripe_transfers t JOIN payout_attempts a ON a.idempotency_key = t.idempotency_key
      GROUP BY a.payout_id, a.number HAVING count(*) > 1`,
  },
  {
    invariant: 3,
    what: 'the transfer is older than the attempt that made it',
    sql: `SELECT a.payout_id, jsonb_build_object('attempt', a.number, 'transfer', t.id) AS details
      FROM stripe_transfers t JOIN payout_attempts a ON a.idempotency_key = t.idempotency_key CROSS JOIN given
      WHERE given."checkClock" AND a.started_at > t.created_at + ${CLOCKS_DIFFER}`,
  },
  {
    invariant: 3,
    what: 'the group of the transfer is that of another payout',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('transfer', t.id, 'group', t.transfer_group) AS details
      FROM stripe_transfers t JOIN payouts p ON p.id = t.payout_id
      WHERE t.transfer_group IS DISTINCT FROM 'payout_' || p.id`,
  },
  {
    invariant: 3,
    what: 'a payout has one open attempt while it is PROCESSING, and none else',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('status', p.status, 'open', count(a.id)) AS details
      FROM payouts p LEFT JOIN payout_attempts a ON a.payout_id = p.id AND a.finished_at IS NULL
      GROUP BY p.id HAVING count(a.id) <> (p.status = 'PROCESSING')::int`,
  },
  {
    invariant: 3,
    what: 'the outcome of the attempt is not one that it can have',
    sql: `SELECT a.payout_id, jsonb_build_object('attempt', a.number, 'outcome', a.outcome) AS details
      FROM payout_attempts a
      WHERE CASE WHEN a.finished_at IS NULL THEN a.outcome IN ('SUCCEEDED', 'REJECTED')
        ELSE a.outcome = 'STARTED' OR (a.outcome = 'SUCCEEDED' AND a.transfer_id IS NULL) END`,
  },
  {
    invariant: 3,
    what: 'the attempts of the payout are not numbered without a gap',
    sql: `SELECT a.payout_id, jsonb_build_object('numbers', jsonb_agg(a.number ORDER BY a.number)) AS details
      FROM payout_attempts a GROUP BY a.payout_id HAVING count(*) <> max(a.number) OR min(a.number) <> 1`,
  },
  {
    invariant: 3,
    what: 'the attempt does not ask for what the payout says, under its own key',
    sql: `SELECT a.payout_id, jsonb_build_object('attempt', a.number, 'idempotencyKey', a.idempotency_key,
        'amountCents', a.amount_cents, 'currency', a.currency) AS details
      FROM payout_attempts a JOIN payouts p ON p.id = a.payout_id
      WHERE a.amount_cents <> p.amount_cents OR a.currency <> p.currency
        OR a.idempotency_key <> 'payout_' || a.payout_id || '_' || a.number`,
  },
];

// Invariants 1, 2 and 5: one live transfer for each payout that is COMPLETED, and none for one that is not.
import type { Check } from './check.js';

/** The transfer `t` holds money that was not taken back. */
const LIVE = '(t.reversed_cents < t.amount_cents AND NOT t.failed)';

/**
 * The payout `p` stood as it does before we began to read Stripe's books. Of one that moved meanwhile the books may
 * show what was before or what came after; the next verification sees it at rest.
 */
const AT_REST = 'p.updated_at < (SELECT began FROM given)';

/** By our own books the attempt `a` made a transfer that was not taken back. */
const PAID = `(a.outcome = 'SUCCEEDED' AND a.amount_reversed_cents < a.amount_cents)`;

/** The transfer of the completed payout `p` was made when its attempt began or after: is it among what was read? */
const WAS_READ = `((SELECT since FROM given) IS NULL OR (SELECT since + interval '3 seconds' FROM given) <= COALESCE(
  (SELECT min(a.started_at) FROM payout_attempts a WHERE a.payout_id = p.id AND a.transfer_id = p.stripe_transfer_id),
  p.created_at))`;

const COMPLETED_BY = `stripe_transfers t JOIN payouts p ON p.stripe_transfer_id = t.id
  AND p.status = 'COMPLETED' AND ${AT_REST}`;

export const MONEY_CHECKS: readonly Check[] = [
  {
    invariant: 1,
    what: 'more than one live transfer pays the payout',
    sql: `SELECT t.payout_id, jsonb_build_object('transfers', jsonb_agg(t.id ORDER BY t.id)) AS details
      FROM stripe_transfers t JOIN payouts p ON p.id = t.payout_id AND ${AT_REST}
      WHERE ${LIVE} GROUP BY t.payout_id HAVING count(*) > 1`,
  },
  {
    invariant: 1,
    what: 'more than one attempt has paid the payout',
    sql: `SELECT a.payout_id, jsonb_build_object('attempts', jsonb_agg(a.number ORDER BY a.number)) AS details
      FROM payout_attempts a WHERE ${PAID} GROUP BY a.payout_id HAVING count(*) > 1`,
  },
  {
    invariant: 2,
    what: 'the payout is COMPLETED, and Stripe has no such transfer',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('transfer', p.stripe_transfer_id) AS details FROM payouts p
      WHERE p.status = 'COMPLETED' AND ${AT_REST} AND ${WAS_READ}
        AND NOT EXISTS (SELECT 1 FROM stripe_transfers t WHERE t.id = p.stripe_transfer_id)`,
  },
  {
    invariant: 2,
    what: 'the payout is COMPLETED, and all of its transfer was taken back',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('transfer', t.id, 'reversedCents', t.reversed_cents) AS details
      FROM ${COMPLETED_BY} CROSS JOIN given
      WHERE NOT ${LIVE}
        AND NOT (given."allowUnheard" AND NOT t.failed AND p.amount_reversed_cents < t.reversed_cents)`,
  },
  {
    invariant: 2,
    what: 'the transfer of the payout is not what the payout asks for',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('transfer', t.id, 'amountCents', t.amount_cents,
        'currency', t.currency, 'destination', t.destination, 'payout', t.payout_id) AS details
      FROM ${COMPLETED_BY}
      LEFT JOIN payout_attempts a ON a.payout_id = p.id AND a.idempotency_key = t.idempotency_key
      WHERE t.amount_cents <> p.amount_cents OR t.currency <> p.currency
        OR t.payout_id IS DISTINCT FROM p.id OR t.destination <> a.destination`,
  },
  {
    invariant: 2,
    what: 'more or less of the transfer was taken back than the payout says',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('transfer', t.id, 'reversedCents', t.reversed_cents,
        'payoutSays', p.amount_reversed_cents) AS details
      FROM ${COMPLETED_BY} CROSS JOIN given
      WHERE ${LIVE} AND CASE WHEN p.amount_reversed_cents < t.reversed_cents THEN NOT given."allowUnheard"
        ELSE p.amount_reversed_cents > t.reversed_cents AND NOT EXISTS (
          -- Told of while we read: the payout's row does not say when.
          SELECT 1 FROM audit_events e WHERE e.chain = 'transfer:' || t.id AND e.occurred_at >= given.began) END`,
  },
  {
    invariant: 2,
    what: 'the payout is COMPLETED, and no attempt of ours has made its transfer',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('transfer', p.stripe_transfer_id) AS details FROM payouts p
      WHERE p.status = 'COMPLETED' AND NOT EXISTS (SELECT 1 FROM payout_attempts a
        WHERE a.payout_id = p.id AND a.transfer_id = p.stripe_transfer_id AND ${PAID})`,
  },
  {
    invariant: 5,
    what: 'the payout is not paid by its status, and a live transfer pays it',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('status', p.status, 'transfer', t.id) AS details
      FROM stripe_transfers t JOIN payouts p ON p.id = t.payout_id
      WHERE p.status IN ('FAILED', 'PENDING') AND ${AT_REST} AND ${LIVE}`,
  },
  {
    invariant: 5,
    what: 'the payout is not paid by its status, and an attempt has paid it',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('status', p.status, 'attempt', a.number) AS details
      FROM payout_attempts a JOIN payouts p ON p.id = a.payout_id
      WHERE p.status IN ('FAILED', 'PENDING') AND ${PAID}`,
  },
];

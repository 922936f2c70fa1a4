// Invariants 7, 10 and 11: statements are never overdrawn, and neither a client nor Stripe is obeyed twice.
import { SPENDS_STATEMENT } from '../../payouts/statement.js';
import type { Check } from './check.js';

/** What the audit says that an event of Stripe's changed. */
const BY_EVENT = `audit_events a WHERE a.actor = 'stripe' AND a.request_id IS NOT NULL`;

export const REQUEST_CHECKS: readonly Check[] = [
  {
    invariant: 7,
    what: 'the payouts of the statement add up to more than the statement',
    sql: `SELECT NULL AS payout_id, jsonb_build_object('statement', s.id, 'amountCents', s.amount_cents,
        'spentCents', spent.cents) AS details
      FROM royalty_statements s JOIN (
        SELECT royalty_statement_id, sum(amount_cents) AS cents FROM payouts
        WHERE royalty_statement_id IS NOT NULL AND ${SPENDS_STATEMENT} GROUP BY royalty_statement_id) spent
        ON spent.royalty_statement_id = s.id
      WHERE spent.cents > s.amount_cents`,
  },
  {
    invariant: 10,
    what: 'the event changed more than once what it tells of',
    sql: `SELECT min(a.payout_id) AS payout_id, jsonb_build_object('event', a.request_id, 'rows', count(*)) AS details
      FROM ${BY_EVENT} GROUP BY a.request_id
      -- One event may change several things, in the transaction that ends it; of payouts it changes one, once.
      HAVING count(a.payout_id) > 1 OR count(DISTINCT a.occurred_at) > 1`,
  },
  {
    invariant: 10,
    what: 'the event changed something, and the inbox does not say that it was applied',
    sql: `SELECT a.payout_id, jsonb_build_object('event', a.request_id, 'outcome', (
        SELECT w.outcome FROM webhook_events w WHERE w.id = a.request_id)) AS details
      FROM ${BY_EVENT} AND NOT EXISTS (
        SELECT 1 FROM webhook_events w WHERE w.id = a.request_id AND w.outcome = 'applied')`,
  },
  {
    invariant: 11,
    what: 'the client key stands for no result',
    sql: `SELECT NULL AS payout_id, jsonb_build_object('operation', k.operation, 'createdAt', k.created_at) AS details
      FROM idempotency_keys k WHERE k.result IS NULL`,
  },
  {
    invariant: 11,
    what: 'the client key stands for a payout that does not exist',
    sql: `SELECT k.result->>'payoutId' AS payout_id, jsonb_build_object('createdAt', k.created_at) AS details
      FROM idempotency_keys k WHERE k.operation = 'createPayout' AND k.result IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM payouts p WHERE p.id = k.result->>'payoutId')`,
  },
  {
    invariant: 11,
    what: 'more than one client key stands for the payout',
    sql: `SELECT k.result->>'payoutId' AS payout_id, jsonb_build_object('keys', count(*)) AS details
      FROM idempotency_keys k WHERE k.operation = 'createPayout' AND k.result->>'payoutId' IS NOT NULL
      GROUP BY k.result->>'payoutId' HAVING count(*) > 1`,
  },
];

// Invariant 14: money that was held, rejected, or not approved for what it was, never left; and two people decided.
import { isRequest } from '../../payouts/control/decide-sql.js';
import { isSamePerson } from '../../payouts/control/same-person.js';
import { decisionsOf } from '../../payouts/record-sql.js';
import type { Check } from './check.js';

/** The attempt `a`, and what was decided about its payout when it was opened. An attempt of before decisions has none. */
const OPENED = `payout_attempts a JOIN audit_events s ON s.payout_id = a.payout_id AND s.version = a.payout_version`;

/** What admins have decided, as the snapshot of `e` has it. */
const TOLD = `(SELECT COALESCE(jsonb_object_agg(one.key, one.value), '{}') FROM jsonb_each(e.snapshot) one
  WHERE one.key LIKE 'appro%' OR one.key LIKE 'control%')`;

export const CONTROL_CHECKS: readonly Check[] = [
  {
    invariant: 14,
    what: 'a request was made for a payout that was held or rejected',
    sql: `SELECT a.payout_id, jsonb_build_object('attempt', a.number, 'control', s.after->>'control') AS details
      FROM ${OPENED} WHERE s.after->>'control' IS NOT NULL`,
  },
  {
    invariant: 14,
    what: 'a request was made that was not approved: this amount, to this account',
    sql: `SELECT a.payout_id, jsonb_build_object('attempt', a.number, 'amountCents', a.amount_cents,
        'destination', a.destination, 'approvedAmountCents', s.after->'approvedAmountCents',
        'approvedDestination', s.after->>'approvedDestination') AS details
      FROM ${OPENED}
      WHERE (s.after->>'approvalAboveCents')::int < a.amount_cents
        AND ((s.after->>'approvedAmountCents')::int = a.amount_cents
          AND s.after->>'approvedDestination' = a.destination) IS NOT TRUE`,
  },
  {
    invariant: 14,
    what: 'who asked for the payout has approved it',
    sql: `SELECT a.payout_id, jsonb_build_object('version', a.version) AS details
      FROM audit_events a WHERE a.action = 'approved' AND EXISTS (SELECT 1 FROM audit_events asked
        WHERE asked.payout_id = a.payout_id AND ${isSamePerson('asked.actor', 'a.actor')}
          AND ${isRequest('a.version')})`,
  },
  {
    invariant: 14,
    what: 'the payout went on after it was rejected',
    sql: `SELECT a.payout_id, jsonb_build_object('rejected', a.version, 'version', p.version) AS details
      FROM audit_events a JOIN payouts p ON p.id = a.payout_id
      WHERE a.action = 'rejected' AND (p.version <> a.version OR p.control IS DISTINCT FROM 'REJECTED')`,
  },
  {
    invariant: 8,
    what: 'what was decided about the payout was changed without a record',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('version', p.version, 'control', p.control) AS details
      FROM payouts p JOIN payout_events e ON e.payout_id = p.id AND e.version = p.version
      WHERE ${decisionsOf('p')} <> ${TOLD}`,
  },
];

// What keeps payouts from being sent, as admins and creators may know it: read for many at once.
import type { Queryable } from '../db/connect.js';
import { BEING_CHECKED } from './explain.js';
import { IS_APPROVED, NEEDS_APPROVAL } from './sendable.js';
import { SPENDS_STATEMENT } from './statement.js';

export interface Approval {
  /** The amount is above the limit that it was asked for under, or that a worker had. */
  required: boolean;
  /** Of the last approval, whether or not it still holds; null: there was none. */
  approvedBy: string | null;
  approvedAt: Date | null;
  amountCents: number | null;
  destination: string | null;
  /** Where an approval of now would let it go: the creator's account. */
  currentDestination: string | null;
  /** There was an approval, and it does not hold: the amount or the account changed, or a payment used it up. */
  voided: boolean;
}

/** In the order of the ids; null where there is no such payout. */
export async function approvalsOf(db: Queryable, ids: readonly string[]): Promise<(Approval | null)[]> {
  const { rows } = await db.query<Approval & { id: string }>({
    name: 'approvals-of',
    text: `SELECT p.id, ${NEEDS_APPROVAL} AS required, p.approved_by AS "approvedBy", p.approved_at AS "approvedAt",
        p.approved_amount_cents AS "amountCents", p.approved_destination AS destination,
        c.stripe_account_id AS "currentDestination",
        p.approved_at IS NOT NULL AND p.status <> 'COMPLETED' AND NOT ${IS_APPROVED} AS voided
      FROM payouts p JOIN creators c ON c.id = p.creator_id WHERE p.id = ANY($1::text[])`,
    values: [ids],
  });
  const byId = new Map(rows.map(({ id, ...approval }) => [id, approval]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** Of a payout `p`: it would be sent by now, or in time, if nobody kept it back. */
const WAITS = `p.status IN ('PENDING', 'FAILED') AND (p.status <> 'FAILED' OR p.next_attempt_at IS NOT NULL)`;

/** A plain sentence for each payout that somebody keeps back; null for the others. */
export async function noticesOf(db: Queryable, ids: readonly string[]): Promise<(string | null)[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'notices-of',
    text: `SELECT p.id FROM payouts p JOIN creators c ON c.id = p.creator_id
      WHERE p.id = ANY($1::text[]) AND ${WAITS}
        AND (p.control = 'HELD' OR (${NEEDS_APPROVAL} AND NOT ${IS_APPROVED}))`,
    values: [ids],
  });
  const kept = new Set(rows.map(({ id }) => id));
  return ids.map((id) => (kept.has(id) ? BEING_CHECKED : null));
}

/** As a list asks for it, of the table `payouts`: an index finds those above their limit, which are few. */
export const AWAITS_APPROVAL = `(amount_cents > approval_above_cents AND status <> 'COMPLETED' AND ${SPENDS_STATEMENT}
  AND (approved_amount_cents = amount_cents AND approved_destination = (
    SELECT c.stripe_account_id FROM creators c WHERE c.id = payouts.creator_id)) IS NOT TRUE)`;

export const IS_HELD = `(control = 'HELD')`;

/** What creators know of both: somebody looks at it. */
export const IS_KEPT_BACK = `(${IS_HELD} OR ${AWAITS_APPROVAL})`;

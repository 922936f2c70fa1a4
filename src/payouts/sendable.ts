// Whether money may leave for a payout, as SQL on its row `p` and its creator's `c`. Whatever opens an attempt asks this
// in the very statement that opens it, where both rows are seen at one moment: what is held, what is rejected, and what
// needs an approval that it has not, is not sent by any path.

/** The amount is above the limit that it was asked for under, or that a worker had: see require-approval.ts. */
export const NEEDS_APPROVAL = '(p.amount_cents > p.approval_above_cents) IS TRUE';

/** The approval is of this amount to this account: a change of either voids it, and a change back makes it hold again. */
export const IS_APPROVED =
  '(p.approved_amount_cents = p.amount_cents AND p.approved_destination = c.stripe_account_id) IS TRUE';

export const MAY_BE_SENT = `(c.stripe_account_id IS NOT NULL AND p.control IS NULL
  AND (NOT ${NEEDS_APPROVAL} OR ${IS_APPROVED}))`;

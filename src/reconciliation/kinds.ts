// The kinds of difference between our books and Stripe's, and what each asks of the person who reads it.
import type { Difference } from './difference.js';

export const DIFFERENCE_KINDS = [
  /** Ours is under way and its transfer is there: the answer and the webhook were lost. Repaired: COMPLETED. */
  'unrecorded_transfer',
  /** More of a transfer was taken back than we know. Repaired: FAILED where all of it was, else it is recorded. */
  'unrecorded_reversal',
  /** Ours is COMPLETED and Stripe, asked for it directly, has no such transfer, or says that it failed later. */
  'missing_transfer',
  /** A live transfer that no payout of ours knows, or that names one and was made under no key of it. */
  'unknown_transfer',
  /** A live transfer of another amount than its payout's. */
  'amount_mismatch',
  /** A live transfer in another currency than its payout's. */
  'currency_mismatch',
  /** A live transfer to an account that no attempt of its payout was sent to. */
  'destination_mismatch',
  /** More than one live transfer for one payout: the creator was paid twice. */
  'duplicate_transfer',
  /** A live transfer beside a payout that is FAILED, or PENDING: nobody is paying it at this moment. */
  'transfer_of_failed_payout',
  /** Ours is COMPLETED by one transfer, and the one that lives is another. */
  'wrong_transfer_recorded',
  /** Ours is under way for longer than the stale limit, and Stripe has no transfer of it. */
  'outcome_overdue',
] as const;

export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** What is missing at Stripe. A single page of its list proves none of them; Stripe is asked for the payout itself. */
export const ABSENCES: ReadonlySet<DifferenceKind> = new Set(['missing_transfer', 'outcome_overdue']);

/** What the payout's own transition mends. All else waits for a person. */
export const REPAIRABLE: ReadonlySet<DifferenceKind> = new Set([
  'unrecorded_transfer',
  'unrecorded_reversal',
]);

type Explain = (transfer: string, difference: Difference) => string;

const EXPLAINED: Readonly<Record<DifferenceKind, Explain>> = {
  unrecorded_transfer: (id) => `Stripe has transfer ${id} of this payout, and it could not be recorded.`,
  unrecorded_reversal: (id) => `Money of transfer ${id} was taken back, and it could not be recorded.`,
  missing_transfer: (id) =>
    `The payout counts as paid by transfer ${id}, and Stripe has no such transfer. Ask Stripe before paying anew.`,
  unknown_transfer: (id) =>
    `Stripe has transfer ${id}, which no payout of ours made. Find out who made it; reverse it if nobody owes it.`,
  amount_mismatch: (id) =>
    `Transfer ${id} is of another amount than its payout. Correct the difference at Stripe.`,
  currency_mismatch: (id) => `Transfer ${id} is in another currency than its payout. Correct it at Stripe.`,
  destination_mismatch: (id) =>
    `Transfer ${id} went to another account than its payout says. Correct it at Stripe.`,
  duplicate_transfer: () =>
    'Stripe has more than one live transfer for this payout. Reverse all but one at Stripe.',
  transfer_of_failed_payout: (id, { details }) =>
    `The payout is ${details['status']}, and transfer ${id} of it lives at Stripe. Reverse it before paying anew.`,
  wrong_transfer_recorded: (id) =>
    `The payout counts as paid by another transfer than ${id}, the one that lives at Stripe. Compare both by hand.`,
  outcome_overdue: () =>
    'The payout has been under way for too long, and Stripe has no transfer of it. Look at its attempts.',
};

/** For people: what is wrong, and what to do. */
export function explain(difference: Difference): string {
  return EXPLAINED[difference.kind](difference.transferId ?? 'none', difference);
}

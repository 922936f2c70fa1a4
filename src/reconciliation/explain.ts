// What each difference asks of the person who reads it.
import type { Difference } from './difference.js';
import type { DifferenceKind } from './kinds.js';

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

const BY_HAND = 'Then resolve it, and say what was done.';

/** For whoever asks for a repair of what no transition can mend. */
export function whatToDo(kind: DifferenceKind): string {
  return kind === 'transfer_of_failed_payout'
    ? `Or let the transfer count: retry the payout, or release or approve what waits; a worker looks at Stripe before it sends. ${BY_HAND}`
    : BY_HAND;
}

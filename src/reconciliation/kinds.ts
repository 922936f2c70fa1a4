// The kinds of difference between our books and Stripe's.

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

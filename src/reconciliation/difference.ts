// A difference between one payout of ours and Stripe's books: what it says, and what it is about.
import type { PayoutStatus } from '../generated/prisma/enums.js';
import { type Attempt, makerOf } from '../payouts/attempts.js';
import type { TransferFact } from '../payouts/ports.js';
import type { DifferenceKind } from './kinds.js';

export interface OurPayout {
  id: string;
  status: PayoutStatus;
  amountCents: number;
  currency: string;
  stripeTransferId: string | null;
  amountReversedCents: number;
  version: number;
  /** Since when it has its status. */
  since: Date;
  /** PROCESSING for longer than the stale limit. */
  overdue: boolean;
  attempts: readonly Attempt[];
}

/** When it was made is known of those that were listed. */
export interface TheirTransfer extends TransferFact {
  createdAt?: Date;
}

export interface Difference {
  kind: DifferenceKind;
  payoutId: string | null;
  transferId: string | null;
  /** When what it is about happened. */
  occurredAt: Date;
  /** What both sides say; the same for as long as the difference is the same. */
  details: Readonly<Record<string, unknown>>;
}

/** What it is about: one of each kind is open at most. */
export const keyOf = ({ kind, payoutId, transferId }: Difference): string =>
  `${kind}:${PER_PAYOUT.has(kind) ? payoutId : transferId}`;

const PER_PAYOUT: ReadonlySet<DifferenceKind> = new Set([
  'missing_transfer',
  'duplicate_transfer',
  'wrong_transfer_recorded',
  'outcome_overdue',
]);

export function mismatches(payout: OurPayout, transfer: TheirTransfer): Difference[] {
  const { amountCents, currency, destination } = transfer;
  const destinations = [...new Set(payout.attempts.map((one) => one.destination))].sort();
  const found: Difference[] = [];
  const add = (kind: DifferenceKind, ours: unknown, stripe: unknown) =>
    found.push(of(payout, kind, transfer, { ours, stripe }));
  if (amountCents !== payout.amountCents) add('amount_mismatch', payout.amountCents, amountCents);
  if (currency !== payout.currency) add('currency_mismatch', payout.currency, currency);
  // Without an attempt nobody knows where it was to go.
  if (destinations.length > 0 && !destinations.includes(destination)) {
    add('destination_mismatch', destinations, destination);
  }
  return found;
}

/** It names our payout, and was made under no key of it. */
export function strange(payout: OurPayout, transfer: TheirTransfer): Difference[] {
  return makerOf(payout.attempts, transfer) ? [] : [unknown(transfer, payout)];
}

export function unknown(transfer: TheirTransfer, payout: OurPayout | null): Difference {
  const { id, amountCents, currency, destination, payoutId, transferGroup, createdAt } = transfer;
  return {
    kind: 'unknown_transfer',
    payoutId: payout?.id ?? null,
    transferId: id,
    occurredAt: createdAt ?? payout?.since ?? new Date(0),
    details: { amountCents, currency, destination, names: payoutId, transferGroup },
  };
}

export const reversalOf = (payout: OurPayout, transfer: TheirTransfer) => ({
  ours: payout.amountReversedCents,
  stripe: transfer.amountReversedCents,
});

export function of(
  payout: OurPayout,
  kind: DifferenceKind,
  transfer: TheirTransfer | null,
  details: Difference['details'],
  transferId: string | null = transfer?.id ?? null,
): Difference {
  return { kind, payoutId: payout.id, transferId, occurredAt: transfer?.createdAt ?? payout.since, details };
}

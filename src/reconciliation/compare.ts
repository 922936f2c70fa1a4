// Compares our payouts with Stripe's transfers. Pure: it reads nothing and changes nothing, and the order of what it is
// given does not matter.
import { type Attempt, makerOf } from '../payouts/attempts.js';
import { type TransferFact, transferGroupOf } from '../payouts/ports.js';
import {
  type Difference,
  keyOf,
  mismatches,
  type OurPayout,
  of,
  reversalOf,
  strange,
  type TheirTransfer,
  unknown,
} from './difference.js';
import { groupBy } from './group.js';

/** All differences, sorted by what they are about. `theirs` are taken for all that Stripe has of these payouts. */
export function compare(ours: readonly OurPayout[], theirs: readonly TheirTransfer[]): Difference[] {
  const owned = groupBy(theirs, ownersOf(ours));
  const strangers = (owned.get(null) ?? []).filter((one) => leftOf(one, []) > 0);
  const differences = [
    ...ours.flatMap((payout) => compareOne(payout, owned.get(payout.id) ?? [])),
    ...strangers.map((one) => unknown(one, null)),
  ];
  return differences.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** The payout that has recorded a transfer owns it, else the one that it names. */
export function ownersOf(ours: readonly OurPayout[]): (transfer: TransferFact) => string | null {
  const recorded = new Map(ours.map(({ id, stripeTransferId }) => [stripeTransferId, id]));
  const named = new Map(ours.flatMap(({ id }) => [[id, id] as const, [transferGroupOf(id), id] as const]));
  return ({ id, payoutId, transferGroup }) =>
    recorded.get(id) ?? named.get(payoutId ?? '') ?? named.get(transferGroup ?? '') ?? null;
}

/** One payout beside all of its transfers, with those that are left of them. */
interface Sides {
  payout: OurPayout;
  transfers: readonly TheirTransfer[];
  live: readonly TheirTransfer[];
}

function compareOne(payout: OurPayout, transfers: readonly TheirTransfer[]): Difference[] {
  const sorted = [...transfers].sort((a, b) => (a.id < b.id ? -1 : 1));
  const live = sorted.filter((one) => leftOf(one, payout.attempts) > 0);
  const sides = { payout, transfers: sorted, live };
  const twice = live.length > 1 ? [duplicate(sides)] : [];
  switch (payout.status) {
    case 'PROCESSING':
      return [...twice, ...underWay(sides)];
    case 'COMPLETED':
      return [...twice, ...live.flatMap((one) => mismatches(payout, one)), ...completed(sides)];
    case 'PENDING':
    case 'FAILED':
      return [
        ...twice,
        ...live.map((one) => of(payout, 'transfer_of_failed_payout', one, { status: payout.status })),
      ];
  }
}

/** What nobody has taken back, as far as anybody ever told us. */
function leftOf(transfer: TransferFact, attempts: readonly Attempt[]): number {
  const told = attempts.filter((one) => one.transferId === transfer.id).map((one) => one.amountReversedCents);
  return transfer.amountCents - Math.max(transfer.amountReversedCents, ...told);
}

function underWay(sides: Sides): Difference[] {
  const { payout, live } = sides;
  if (live.length === 0) return withoutLive(sides);
  const wrong = live.flatMap((one) => [...mismatches(payout, one), ...strange(payout, one)]);
  const [only] = live;
  if (wrong.length > 0 || live.length > 1 || !only) return wrong;
  return [of(payout, 'unrecorded_transfer', only, {})];
}

/** The transfer of the attempt under way was taken back, or there is none. Those of earlier attempts are done with. */
function withoutLive({ payout, transfers }: Sides): Difference[] {
  const open = payout.attempts.find((one) => one.finishedAt === null);
  const own = transfers.find((one) => open && makerOf(payout.attempts, one) === open);
  if (own) return [of(payout, 'unrecorded_reversal', own, reversalOf(payout, own))];
  return payout.overdue ? [of(payout, 'outcome_overdue', null, {})] : [];
}

function completed({ payout, transfers, live }: Sides): Difference[] {
  const recorded = transfers.find((one) => one.id === payout.stripeTransferId);
  const [other] = live;
  if (!recorded && !other) return [of(payout, 'missing_transfer', null, {}, payout.stripeTransferId)];
  if (other && (!recorded || !live.includes(recorded))) {
    return live.length > 1
      ? []
      : [of(payout, 'wrong_transfer_recorded', other, { recorded: payout.stripeTransferId })];
  }
  if (!recorded || recorded.amountReversedCents <= payout.amountReversedCents) return [];
  return [of(payout, 'unrecorded_reversal', recorded, reversalOf(payout, recorded))];
}

const duplicate = ({ payout, live }: Sides): Difference => ({
  ...of(payout, 'duplicate_transfer', null, { transfers: live.map(({ id }) => id) }),
  occurredAt: latest(live) ?? payout.since,
});

function latest(transfers: readonly TheirTransfer[]): Date | undefined {
  return transfers.flatMap(({ createdAt }) => createdAt ?? []).sort((a, b) => b.getTime() - a.getTime())[0];
}

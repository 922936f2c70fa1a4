// Older API versions can say that a transfer failed after it was made. The payout fails by it only if the API agrees.
import type { Queryable } from '../../db/connect.js';
import type { Actor } from '../actor.js';
import { applyTransition, type Change } from '../apply.js';
import { type Attempt, attemptsOf, makerOf } from '../attempts.js';
import type { CheckedFact } from '../facts.js';
import { findPayoutRow } from '../find.js';
import type { PayoutRow } from '../row.js';
import { destinationsOf, mismatchOf } from '../settle.js';

type Failed = Extract<CheckedFact, { kind: 'transfer_failed' }>;

export type FailureHeard =
  | { kind: 'applied' }
  /** The request may be under way at this moment: tell it again later. */
  | { kind: 'early' }
  /** It contradicts what the API shows, or is no transfer of this payout: nothing was changed. */
  | { kind: 'mismatch'; why: string };

/** Call it inside a transaction that holds the payout. @throws NotFoundError where there is no such payout */
export async function hearOfFailure(
  db: Queryable,
  payoutId: string,
  failed: Failed,
  actor: Actor,
): Promise<FailureHeard> {
  const live = failed.live[0];
  if (live) return { kind: 'mismatch', why: `it is said to have failed, and the API shows ${live.id} alive` };
  const payout = await findPayoutRow(db, payoutId);
  const attempts = await attemptsOf(db, payoutId);
  const maker = makerOf(attempts, failed.transfer);
  if (!maker) return { kind: 'mismatch', why: 'no attempt of ours made it' };
  const why = mismatchOf(payout, destinationsOf(attempts), failed.transfer);
  if (why !== null) return { kind: 'mismatch', why };
  const from = statusBefore(payout, maker, failed.transfer.id);
  if (from === null) return { kind: 'applied' };
  if (from === 'PROCESSING' && (await wasUnderWay(db, maker.id, failed.askedAt))) return { kind: 'early' };
  await applyTransition(db, 'transfer_failed', [changeOf(payout, maker, failed, from)], actor);
  return { kind: 'applied' };
}

/** Its lease, taken to send or to look, had not ended when Stripe was asked: it may have made a transfer since. */
async function wasUnderWay(db: Queryable, attemptId: string, askedAt: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT 1 FROM payout_attempts WHERE id = $1 AND lease_until >= $2::timestamp',
    [attemptId, askedAt],
  );
  return rowCount !== 0;
}

/** From where the payout fails by it; null: the transfer is not what the payout stands or falls with. */
function statusBefore(
  payout: PayoutRow,
  maker: Attempt,
  transferId: string,
): 'PROCESSING' | 'COMPLETED' | null {
  if (payout.status === 'PROCESSING' && maker.finishedAt === null) return 'PROCESSING';
  return payout.status === 'COMPLETED' && payout.stripeTransferId === transferId ? 'COMPLETED' : null;
}

function changeOf(
  { id: payoutId, amountCents }: PayoutRow,
  maker: Attempt,
  { transfer, atStripe }: Failed,
  from: 'PROCESSING' | 'COMPLETED',
): Change {
  const reason = 'Stripe made the transfer, and it failed afterwards.';
  const failure = { code: 'transfer_failed', reason };
  const attemptId = maker.id;
  if (from === 'PROCESSING' && !atStripe) {
    return {
      payoutId,
      from,
      reason,
      failure,
      closes: { attemptId, outcome: 'REJECTED', errorCode: failure.code },
    };
  }
  // It was made, and all of it has come back.
  const closes = { attemptId, outcome: 'SUCCEEDED' as const, transferId: transfer.id };
  return {
    payoutId,
    from,
    reason,
    failure,
    transferId: transfer.id,
    amountReversedCents: amountCents,
    closes,
  };
}

// What a transfer that we hear of does to its payout. The response, the webhook, and whoever looks it up all end here;
// the first one changes the payout, the others find it changed. The same facts in any order end in the same state:
// what was taken back of a transfer is kept with the attempt that made it, and only ever grows.
import pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import type { Actor } from './actor.js';
import { applyTransition, type Change } from './apply.js';
import { type Attempt, attemptsOf, makerOf } from './attempts.js';
import { findPayoutRow } from './find.js';
import { type TransferFact, transferGroupOf } from './ports.js';
import { alertPartReversal, recordPartReversal, rememberReversal } from './reversal.js';
import type { PayoutRow } from './row.js';

export type Settled =
  /** The payout is COMPLETED by this transfer now, or was already. */
  | { kind: 'completed'; payout: PayoutRow; changed: boolean }
  /** All of the transfer was taken back: the payout does not count it, and failed if it was its only one. */
  | { kind: 'reversed'; payout: PayoutRow; changed: boolean }
  /** The payout waits for a worker, who will look at Stripe before it sends anything: tell it again later. */
  | { kind: 'early' }
  /** The transfer is not what the payout asked for, or the payout cannot have one now: nothing was changed. */
  | { kind: 'mismatch'; why: string };

/** What is known when a transfer is told of. */
interface Heard {
  payout: PayoutRow;
  transfer: TransferFact;
  /** The attempt that made the transfer. */
  maker: Attempt;
  /** The attempt that is under way now, if one is. */
  open: Attempt | undefined;
  /** The most that anybody ever told us. */
  reversedCents: number;
  requestId: string | null;
}

/**
 * Lets `transfer` do what it does to the payout that it claims to be of: inside the given transaction, or in one of its
 * own when given the pool.
 * @throws NotFoundError where there is no such payout
 */
export async function settleTransfer(
  db: Queryable | pg.Pool,
  payoutId: string,
  transfer: TransferFact,
  actor: Actor,
  requestId: string | null = null,
): Promise<Settled> {
  const settle = (inside: Queryable) => settleInside(inside, payoutId, transfer, actor, requestId);
  const settled = db instanceof pg.Pool ? await inTransaction(db, settle) : await settle(db);
  checkpoint('settle.after_commit');
  return settled;
}

async function settleInside(
  db: Queryable,
  payoutId: string,
  transfer: TransferFact,
  actor: Actor,
  requestId: string | null,
): Promise<Settled> {
  // Locked before it is looked at: what is decided here must still be true when it is written, however long a worker
  // is stopped in between.
  await db.query('SELECT 1 FROM payouts WHERE id = $1 FOR UPDATE', [payoutId]);
  const payout = await findPayoutRow(db, payoutId);
  const attempts = await attemptsOf(db, payoutId);
  const maker = makerOf(attempts, transfer);
  const why = mismatchOf(payout, attempts, transfer, maker);
  if (why !== null || !maker) return { kind: 'mismatch', why: why ?? 'no attempt of ours made it' };
  const reversedCents = Math.max(transfer.amountReversedCents, maker.amountReversedCents);
  const open = attempts.find((one) => one.finishedAt === null);
  const heard = { payout, transfer, maker, open, reversedCents, requestId };
  if (transfer.amountReversedCents > maker.amountReversedCents) {
    await rememberReversal(db, maker.id, transfer.id, transfer.amountReversedCents);
  }
  return reversedCents >= payout.amountCents ? giveBack(db, heard, actor) : complete(db, heard, actor);
}

/** Why this transfer cannot be the payout's, or null where all that we asked for is as we asked. */
function mismatchOf(
  payout: PayoutRow,
  attempts: readonly Attempt[],
  transfer: TransferFact,
  maker: Attempt | undefined,
): string | null {
  if (!transfer.id.startsWith('tr_')) return `${transfer.id} is not a transfer's id`;
  if (transfer.amountCents !== payout.amountCents) return `amount ${transfer.amountCents}`;
  if (transfer.currency !== payout.currency) return `currency ${transfer.currency}`;
  if (!attempts.some((one) => one.destination === transfer.destination)) {
    return `destination ${transfer.destination}`;
  }
  if (transfer.transferGroup !== transferGroupOf(payout.id))
    return `transfer_group ${transfer.transferGroup}`;
  return maker ? null : `key ${transfer.idempotencyKey ?? 'unknown'}: no attempt of ours made it`;
}

/** The transfer is live: the payout is COMPLETED by it, if it can be. */
async function complete(db: Queryable, heard: Heard, actor: Actor): Promise<Settled> {
  const { payout, transfer, reversedCents } = heard;
  const [applied] = await applyTransition(db, 'transfer_settled', [changeOf(heard)], actor);
  if (applied) {
    if (reversedCents > 0) await alertPartReversal(db, payout, reversedCents);
    return { kind: 'completed', payout: applied.payout, changed: true };
  }
  const now = await findPayoutRow(db, payout.id);
  if (now.status === 'COMPLETED' && now.stripeTransferId === transfer.id) {
    if (reversedCents > now.amountReversedCents) await recordPartReversal(db, now, reversedCents, actor);
    return { kind: 'completed', payout: now, changed: false };
  }
  if (now.status === 'PENDING' || (now.status === 'FAILED' && now.nextAttemptAt)) return { kind: 'early' };
  return {
    kind: 'mismatch',
    why: `the payout is ${now.status} with transfer ${now.stripeTransferId ?? 'none'}`,
  };
}

/** All of the transfer was taken back. The payout fails by it, unless another attempt is under way or has paid it. */
async function giveBack(db: Queryable, heard: Heard, actor: Actor): Promise<Settled> {
  const { payout, transfer, maker, open } = heard;
  const from = payout.status;
  const itsOwn =
    (from === 'PROCESSING' && (open === undefined || open.id === maker.id)) ||
    (from === 'COMPLETED' && payout.stripeTransferId === transfer.id);
  if (!itsOwn) return { kind: 'reversed', payout, changed: false };
  const reason = 'All of the transfer was taken back.';
  const change = { ...changeOf(heard), from, reason, failure: { code: 'transfer_reversed', reason } };
  const [applied] = await applyTransition(db, 'transfer_reversed', [change], actor);
  return { kind: 'reversed', payout: applied?.payout ?? payout, changed: applied !== undefined };
}

/** The payout has this transfer from now on, and the attempt that made it has succeeded. */
function changeOf({ payout, transfer, maker, reversedCents, requestId }: Heard): Change {
  return {
    payoutId: payout.id,
    from: 'PROCESSING',
    transferId: transfer.id,
    amountReversedCents: reversedCents,
    closes: { attemptId: maker.id, outcome: 'SUCCEEDED', transferId: transfer.id, requestId },
  };
}

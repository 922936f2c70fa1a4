// What a transfer that we hear of does to its payout. The response, the webhook, and whoever looks it up all end here;
// the first one changes the payout, the others find it changed. The same facts in any order end in the same state:
// what was taken back of a transfer is kept with the attempt that made it, and only ever grows.
import pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import { inSpan } from '../observability/tracing.js';
import type { Actor } from './actor.js';
import { applyTransition, type Change } from './apply.js';
import { type Attempt, makerOf } from './attempts.js';
import { findPayoutRow } from './find.js';
import { recallAttempts } from './lost-attempts.js';
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
  /** The attempt that made the transfer; none where the payout was brought in from elsewhere. */
  maker: Attempt | undefined;
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
  const attributes = { 'payout.id': payoutId, 'payout.actor': actor.name };
  const settled = await inSpan('settle payout', { attributes }, async (span) => {
    const done = db instanceof pg.Pool ? await inTransaction(db, settle) : await settle(db);
    span.setAttribute('payout.settled', done.kind);
    return done;
  });
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
  const attempts = await recallAttempts(db, payout, transfer);
  const maker = makerOf(attempts, transfer);
  const why = maker
    ? mismatchOf(payout, destinationsOf(attempts), transfer)
    : await mismatchWithoutMaker(db, payout, attempts, transfer);
  if (why !== null) return { kind: 'mismatch', why };
  const known = maker?.amountReversedCents ?? 0;
  const reversedCents = Math.max(transfer.amountReversedCents, known);
  const open = attempts.find((one) => one.finishedAt === null);
  const heard = { payout, transfer, maker, open, reversedCents, requestId };
  if (maker && transfer.amountReversedCents > known) {
    await rememberReversal(db, maker.id, transfer.id, transfer.amountReversedCents);
  }
  return reversedCents >= payout.amountCents ? giveBack(db, heard, actor) : complete(db, heard, actor);
}

/** Why this transfer cannot be the payout's, or null where all that we asked for is as we asked. */
export function mismatchOf(
  payout: PayoutRow,
  destinations: ReadonlySet<string | null>,
  transfer: TransferFact,
): string | null {
  if (!transfer.id.startsWith('tr_')) return `${transfer.id} is not a transfer's id`;
  if (transfer.amountCents !== payout.amountCents) return `amount ${transfer.amountCents}`;
  if (transfer.currency !== payout.currency) return `currency ${transfer.currency}`;
  if (!destinations.has(transfer.destination)) return `destination ${transfer.destination}`;
  const { transferGroup } = transfer;
  if (transferGroup !== null && transferGroup !== transferGroupOf(payout.id)) {
    return `transfer_group ${quotable(transferGroup)}`;
  }
  return null;
}

/** Anybody with access to the platform's account writes there what they like: what is not of our shape is not repeated. */
const quotable = (text: string | null): string =>
  text !== null && /^payout_[a-z0-9]+(_\d{1,9})?$/.test(text) ? text : 'unknown';

export const destinationsOf = (attempts: readonly Attempt[]) =>
  new Set(attempts.map((one) => one.destination));

/** Only a payout that was brought in from elsewhere, paid or being paid, has a transfer that no attempt has made. */
async function mismatchWithoutMaker(
  db: Queryable,
  payout: PayoutRow,
  attempts: readonly Attempt[],
  transfer: TransferFact,
): Promise<string | null> {
  if (attempts.length > 0 || payout.status === 'PENDING') {
    return `key ${quotable(transfer.idempotencyKey)}: no attempt of ours made it`;
  }
  const { rows } = await db.query<{ account: string | null }>(
    'SELECT stripe_account_id AS account FROM creators WHERE id = $1',
    [payout.creatorId],
  );
  return mismatchOf(payout, new Set(rows.map(({ account }) => account)), transfer);
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
  return { kind: 'mismatch', why: whyNotNow(now, transfer) };
}

function whyNotNow({ status, control, stripeTransferId }: PayoutRow, { id }: TransferFact): string {
  if (control === 'REJECTED')
    return `the payout was rejected, and transfer ${id} of it lives: reverse it at Stripe`;
  return `the payout is ${status} with transfer ${stripeTransferId ?? 'none'}`;
}

/** All of the transfer was taken back. The payout fails by it, unless another attempt is under way or has paid it. */
async function giveBack(db: Queryable, heard: Heard, actor: Actor): Promise<Settled> {
  const { payout, transfer, maker, open } = heard;
  const from = payout.status;
  const itsOwn =
    (from === 'PROCESSING' && (open === undefined || open.id === maker?.id)) ||
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
    ...(maker && {
      closes: { attemptId: maker.id, outcome: 'SUCCEEDED', transferId: transfer.id, requestId },
    }),
  };
}

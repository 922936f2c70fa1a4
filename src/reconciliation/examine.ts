// Looks closely at one payout that a page of Stripe's list made suspect. Stripe is asked for the payout itself; then,
// with the payout locked, both sides are compared once more, and what is certain is repaired in the transaction that
// writes it down. So two runs at once repair once, and no race with a worker is taken for a difference.
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import type { Actor } from '../payouts/actor.js';
import { settleTransfer } from '../payouts/settle.js';
import { compare } from './compare.js';
import { type Difference, keyOf, type OurPayout, type TheirTransfer } from './difference.js';
import { REPAIRABLE } from './kinds.js';
import { ourPayouts } from './ours.js';
import type { Pass, ReconcileDeps } from './pass.js';
import { recordOpen, recordRepaired } from './record.js';

/** A payout that changed so often while Stripe was asked is alive: the next run looks again. */
const MOST_LOOKS = 3;

/** @param suspects transfers that are said to be of the payout, also such as name another group */
export async function examine(
  pass: Pass,
  payoutId: string,
  suspects: readonly TheirTransfer[],
): Promise<void> {
  for (let look = 1; look <= MOST_LOOKS; look++) {
    pass.signal.throwIfAborted();
    const [before] = await ourPayouts(pass.deps.pool, [payoutId], pass.deps.staleAfterMs);
    if (!before) return;
    const theirs = await transfersAt(pass.deps, before, suspects);
    checkpoint('reconcile.before_repair');
    if (await judge(pass, before, theirs)) return;
  }
}

/** All transfers of the payout as Stripe has them now, but for those that it says have failed. */
export async function transfersAt(
  { ask, reader, transfers }: Pick<ReconcileDeps, 'ask' | 'reader' | 'transfers'>,
  { id, stripeTransferId }: OurPayout,
  suspects: readonly TheirTransfer[],
): Promise<TheirTransfer[]> {
  const listed = await ask('transfers.list', () => transfers.findByPayout(id));
  const known = new Map(suspects.map((one) => [one.id, one.createdAt]));
  const ids = new Set([...listed.map((one) => one.id), ...known.keys()]);
  if (stripeTransferId) ids.add(stripeTransferId);
  const found: TheirTransfer[] = [];
  for (const transferId of ids) {
    const transfer = await ask('transfers.retrieve', () => reader.transfer(transferId));
    const createdAt = known.get(transferId);
    if (transfer && !transfer.failed) found.push({ ...transfer, ...(createdAt && { createdAt }) });
  }
  return found;
}

interface Verdict {
  repaired: number;
  open: Difference[];
}

/** @returns false where the payout has changed since Stripe was asked: what was asked is old */
async function judge(pass: Pass, before: OurPayout, theirs: readonly TheirTransfer[]): Promise<boolean> {
  const { pool, signals, staleAfterMs } = pass.deps;
  const verdict = await inTransaction(pool, async (db): Promise<Verdict | null> => {
    await db.query('SELECT 1 FROM payouts WHERE id = $1 FOR UPDATE', [before.id]);
    const [payout] = await ourPayouts(db, [before.id], staleAfterMs);
    if (payout?.version !== before.version) return null;
    return treat(db, pass, compare([payout], theirs), theirs);
  });
  if (!verdict) return false;
  checkpoint('reconcile.after_repair');
  if (verdict.repaired > 0) signals.changed();
  pass.counts.repaired += verdict.repaired;
  noteOpen(pass, verdict.open);
  return true;
}

async function treat(
  db: Queryable,
  pass: Pass,
  differences: readonly Difference[],
  theirs: readonly TheirTransfer[],
): Promise<Verdict> {
  const verdict: Verdict = { repaired: 0, open: [] };
  for (const difference of differences) {
    const why = REPAIRABLE.has(difference.kind)
      ? await settleDifference(db, pass.actor, difference, theirs)
      : '';
    if (why === null) {
      await recordRepaired(db, pass.runId, difference);
      verdict.repaired++;
      continue;
    }
    const left = why === '' ? difference : { ...difference, details: { ...difference.details, why } };
    if (await recordOpen(db, pass.runId, left)) verdict.open.push(left);
  }
  return verdict;
}

/** Repairs what is certain of a payout that the caller has locked. @returns why it could not be, or null where it was */
export async function settleDifference(
  db: Queryable,
  actor: Actor,
  { payoutId, transferId }: Difference,
  theirs: readonly TheirTransfer[],
): Promise<string | null> {
  const transfer = theirs.find(({ id }) => id === transferId);
  if (!transfer || payoutId === null) throw new Error(`no transfer ${transferId} to repair ${payoutId} by`);
  const settled = await settleTransfer(db, payoutId, transfer, actor);
  switch (settled.kind) {
    case 'completed':
      return null;
    case 'reversed':
      return settled.changed ? null : 'another attempt is under way';
    case 'early':
      return 'the payout waits for a worker';
    case 'mismatch':
      return settled.why;
  }
}

/** For the counts, and so that they are not taken for gone at the end. */
export function noteOpen(pass: Pass, open: readonly Difference[]): void {
  for (const key of open.map(keyOf)) {
    if (!pass.seen.has(key)) pass.counts.open++;
    pass.seen.add(key);
  }
}

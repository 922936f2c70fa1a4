// An admin has one difference mended in one step: Stripe is asked afresh, and what is certain by then is done by the
// transition that reconciliation itself uses. Whatever is not certain is refused, with what to do instead.
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { type Actor, askedBy } from '../payouts/actor.js';
import { resolveAlert } from '../payouts/alerts.js';
import { InvalidTransitionError, NotFoundError, StripeUnavailableError } from '../payouts/errors.js';
import { requiredReason } from '../payouts/reason.js';
import type { Ask } from './ask.js';
import { compare } from './compare.js';
import { type Difference, keyOf, type OurPayout, type TheirTransfer } from './difference.js';
import { settleDifference, transfersAt } from './examine.js';
import { explain, whatToDo } from './explain.js';
import { type DifferenceKind, REPAIRABLE } from './kinds.js';
import { ourPayouts, payoutsNamedBy } from './ours.js';
import type { ReconcileDeps } from './pass.js';
import { GONE, NOBODY } from './record.js';

export type RepairDeps = Pick<
  ReconcileDeps,
  'pool' | 'ask' | 'reader' | 'transfers' | 'signals' | 'staleAfterMs'
>;

interface Item {
  id: string;
  kind: DifferenceKind;
  state: string;
  /** Null: it is not open any more. */
  key: string | null;
  payoutId: string | null;
  transferId: string | null;
  resolvedBy: string | null;
}

/** A payout that changed so often while Stripe was asked is alive: somebody else is at it. */
const MOST_LOOKS = 3;

/**
 * Repairs an open item, or finds it gone; its alert ends with it. What was repaired before, or is gone, stays as it is.
 * @throws InvalidInputError without a reason, NotFoundError, InvalidTransitionError where nothing is certain, or the item
 * was resolved, StripeUnavailableError
 */
export async function repairItem(deps: RepairDeps, id: string, reason: string, by: Actor): Promise<void> {
  const actor = { ...by, reason: requiredReason(reason) };
  for (let look = 1; look <= MOST_LOOKS; look++) {
    const item = await itemOf(deps.pool, id);
    if (isMended(item)) return;
    checkOpen(item);
    const seen = await lookAt({ ...deps, ask: askedOrRefused(deps.ask) }, item);
    if (await inTransaction(deps.pool, (db) => mend(db, deps, item, seen, actor)))
      return deps.signals.changed();
  }
  throw new InvalidTransitionError(
    'OPEN',
    'The payout changes at this moment: wait until it rests, and try again.',
  );
}

/** A person waits for the answer, and hears what is wrong. */
const askedOrRefused =
  (ask: Ask): Ask =>
  (endpoint, request) =>
    ask(endpoint, request).catch((cause: unknown) => {
      throw new StripeUnavailableError({ cause });
    });

async function itemOf(db: Queryable, id: string, lock = ''): Promise<Item> {
  const { rows } = await db.query<Item>(
    `SELECT id, kind, state, open_key AS key, payout_id AS "payoutId", transfer_id AS "transferId",
       resolved_by AS "resolvedBy"
     FROM reconciliation_items WHERE id = $1 ${lock}`,
    [id],
  );
  if (!rows[0]) throw new NotFoundError('reconciliation item');
  return rows[0];
}

/** Repaired, or gone by itself: there is nothing left to do. */
const isMended = ({ state, resolvedBy }: Item) => state === 'REPAIRED' || resolvedBy === NOBODY;

function checkOpen({ state }: Item): void {
  if (state !== 'OPEN')
    throw new InvalidTransitionError(state, `The item is ${state}, so there is nothing to repair.`);
}

/** Both sides, as they are now. */
interface Seen {
  ours: readonly OurPayout[];
  theirs: readonly TheirTransfer[];
}

async function lookAt(deps: RepairDeps, { payoutId, transferId }: Item): Promise<Seen> {
  const transfer =
    transferId && (await deps.ask('transfers.retrieve', () => deps.reader.transfer(transferId)));
  const told = transfer && !transfer.failed ? [transfer] : [];
  const ids = payoutId === null ? await payoutsNamedBy(deps.pool, told) : [payoutId];
  const ours = await ourPayouts(deps.pool, ids, deps.staleAfterMs);
  const theirs = await Promise.all(ours.map((payout) => transfersAt(deps, payout, told)));
  return { ours, theirs: ours.length > 0 ? theirs.flat() : told };
}

/** @returns false where a payout has changed since Stripe was asked: what was seen is old */
async function mend(
  db: Queryable,
  deps: RepairDeps,
  { id }: Item,
  { ours, theirs }: Seen,
  actor: Actor,
): Promise<boolean> {
  const ids = ours.map((payout) => payout.id);
  // The payouts before anything of theirs, as everybody locks them.
  await db.query('SELECT 1 FROM payouts WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE', [ids]);
  const now = await ourPayouts(db, ids, deps.staleAfterMs);
  if (now.some((payout) => ours.find((one) => one.id === payout.id)?.version !== payout.version))
    return false;
  const item = await itemOf(db, id, 'FOR UPDATE');
  if (item.state !== 'OPEN') return false;
  const repaired: string[] = [];
  for (const difference of compare(now, theirs)) {
    const why = REPAIRABLE.has(difference.kind)
      ? await settleDifference(db, actor, difference, theirs)
      : whatToDo(difference.kind);
    if (why === null) repaired.push(difference.kind);
    else if (keyOf(difference) === item.key) throw refusal(difference, why);
  }
  await end(db, item, repaired, actor);
  return true;
}

const refusal = (difference: Difference, why: string) =>
  new InvalidTransitionError(
    'OPEN',
    `Nothing is certain enough to be repaired. ${explain(difference)} ${why}`,
  );

async function end(db: Queryable, item: Item, repaired: readonly string[], actor: Actor): Promise<void> {
  const { id, kind, payoutId, transferId, key } = item;
  // What was gone by itself is nobody's word: should it come again, it is reported again.
  const ended =
    repaired.length > 0
      ? { state: 'REPAIRED', by: actor.name, resolution: actor.reason }
      : { state: 'RESOLVED', by: NOBODY, resolution: GONE };
  await db.query(
    `UPDATE reconciliation_items SET state = $2::"ReconciliationItemState", resolved_at = now(), resolved_by = $3,
       resolution = $4, open_key = NULL WHERE id = $1`,
    [id, ended.state, ended.by, ended.resolution],
  );
  if (key !== null) await resolveAlert(db, 'reconciliation_mismatch', key);
  await recordAudit(db, {
    chain: 'reconciliation',
    ...askedBy(actor),
    action: 'reconciliation_item_repaired',
    before: { itemId: id, kind, payoutId, transferId, state: item.state },
    after: { itemId: id, kind, payoutId, transferId, state: ended.state, repaired },
  });
}

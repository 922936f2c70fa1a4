// Creates up to 500 payouts at once, by a handful of statements however many they are: each row is decided as if it came
// alone and after the rows before it, and all good rows go in together.
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import type { Actor } from './actor.js';
import { insertPayouts } from './apply.js';
import { type CreateDeps, type CreatedPayout, limitsOf } from './create.js';
import { type CreatePayoutsRow, type PayoutFacts, type PlannedPayout, planPayouts } from './create-plan.js';
import { InvalidInputError, type PayoutError } from './errors.js';
import { checkKey, dropKeys, type KeyedRequest, keepResults, takeKeys } from './idempotency.js';
import { PAYOUT_COLUMNS, type PayoutRow } from './row.js';
import { lockStatements } from './statement.js';
import { checkRowCount, isGood, orError } from './upsert/rows.js';

/**
 * A result for each row, in their order: the payout, or why there is none. A key that stands in two rows is used once: the
 * second row has the payout of the first, or a conflict where it asks for something else.
 * @throws InvalidInputError for no row at all, too many, or keys in some rows and not in others
 */
export async function createPayouts(
  deps: CreateDeps,
  payouts: readonly CreatePayoutsRow[],
  actor: Actor,
): Promise<(CreatedPayout | PayoutError)[]> {
  checkRowCount('payouts', payouts);
  checkKeysOfAll(payouts);
  const results = await inTransaction(deps.pool, (db) => createInside(db, deps, payouts, actor));
  checkpoint('create_many.after_commit');
  if (results.some((one) => isGood(one) && !one.replayed)) {
    deps.signals.changed();
    deps.signals.due();
  }
  return results;
}

function checkKeysOfAll(payouts: readonly CreatePayoutsRow[]): void {
  const without = payouts.findIndex(({ idempotencyKey }) => idempotencyKey == null);
  if (without === -1 || payouts.every(({ idempotencyKey }) => idempotencyKey == null)) return;
  throw new InvalidInputError(
    ['payouts', String(without), 'idempotencyKey'],
    'give every row a key, or none of them',
  );
}

async function createInside(
  db: Queryable,
  { limits }: CreateDeps,
  payouts: readonly CreatePayoutsRow[],
  actor: Actor,
): Promise<(CreatedPayout | PayoutError)[]> {
  const requests = payouts.map((row, i) => orError(() => keyedRequest(row, i, actor)));
  const keyed = requests.filter(isGood).filter((one): one is KeyedRequest => one !== null);
  const before = await takeKeys<{ payoutId: string }>(db, firstOfEach(keyed));
  const plan = planPayouts(payouts, requests, before, await factsOf(db, payouts), limits);
  const created = plan.filter(isGood).filter(({ replayed }) => !replayed);
  const rows = created.map(({ id, row }) => ({
    id,
    creatorId: row.creatorId,
    amountCents: row.amountCents,
    royaltyStatementId: row.royaltyStatementId ?? null,
    ...limitsOf(limits),
  }));
  const inserted = rows.length > 0 ? await insertPayouts(db, rows, actor) : [];
  await endKeys(db, before, created);
  checkpoint('create_many.before_commit');
  return resultsOf(plan, [...inserted, ...(await earlierOf(db, plan))]);
}

/** The same as that of `createPayout`, so that either answers for what the other one made. Null: it has no key. */
function keyedRequest(row: CreatePayoutsRow, i: number, actor: Actor): KeyedRequest | null {
  const { idempotencyKey: key, creatorId, amountCents, royaltyStatementId = null } = row;
  if (key == null) return null;
  checkKey(key, ['payouts', String(i), 'idempotencyKey']);
  const request = { creatorId, amountCents, royaltyStatementId };
  return { key, operation: 'createPayout', actor: actor.name, request };
}

const firstOfEach = (keyed: readonly KeyedRequest[]): KeyedRequest[] => [
  ...new Map(keyed.toReversed().map((one) => [one.key, one])).values(),
];

/** Keys before statements, as everybody takes them. */
async function factsOf(db: Queryable, payouts: readonly CreatePayoutsRow[]): Promise<PayoutFacts> {
  const { rows } = await db.query<{ id: string; ready: boolean }>(
    `SELECT id, stripe_account_id IS NOT NULL AND transfers_enabled AS ready
     FROM creators WHERE id = ANY($1::text[])`,
    [payouts.map(({ creatorId }) => creatorId)],
  );
  const ids = payouts.map(({ royaltyStatementId }) => royaltyStatementId).filter((id) => id != null);
  return {
    ready: new Map(rows.map(({ id, ready }) => [id, ready])),
    statements: await lockStatements(db, [...new Set(ids)]),
  };
}

/** Those of payouts stand for them from now on; the others are free again. */
async function endKeys(
  db: Queryable,
  before: ReadonlyMap<string, unknown>,
  created: readonly PlannedPayout[],
): Promise<void> {
  const results = new Map<string, unknown>();
  for (const { id, row } of created) {
    if (row.idempotencyKey != null) results.set(row.idempotencyKey, { payoutId: id });
  }
  const taken = [...before].filter(([, result]) => result === null).map(([key]) => key);
  if (results.size > 0) await keepResults(db, results);
  const unused = taken.filter((key) => !results.has(key));
  if (unused.length > 0) await dropKeys(db, unused);
}

/** What keys stood for before this call. */
async function earlierOf(
  db: Queryable,
  plan: readonly (PlannedPayout | PayoutError)[],
): Promise<PayoutRow[]> {
  const ids = plan.filter(isGood).filter(({ replayed }) => replayed);
  if (ids.length === 0) return [];
  const { rows } = await db.query<PayoutRow>(
    `SELECT ${PAYOUT_COLUMNS} FROM payouts WHERE id = ANY($1::text[])`,
    [ids.map(({ id }) => id)],
  );
  return rows;
}

function resultsOf(
  plan: readonly (PlannedPayout | PayoutError)[],
  payouts: readonly PayoutRow[],
): (CreatedPayout | PayoutError)[] {
  const byId = new Map(payouts.map((payout) => [payout.id, payout]));
  return plan.map((one) => {
    if (!isGood(one)) return one;
    const payout = byId.get(one.id);
    if (!payout) throw new Error(`payout ${one.id} was not returned`);
    return { payout, replayed: one.replayed };
  });
}

// Reading a list page by page while it changes: rows come in and are updated between any two pages, in either direction,
// on every order and filter. What did not move is seen once; nothing is seen twice unless it moved.
import cuid from '@bugsnag/cuid';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PayoutFilter } from '../../../src/payouts/lists/conditions.js';
import { listPayouts, type PayoutOrder } from '../../../src/payouts/lists/list.js';
import type { ListedPayout } from '../../../src/payouts/lists/page-statement.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { addCreator, addStatement, createWorld, type World } from '../../support/world.js';

const ADMIN: Viewer = { role: 'ADMIN', sub: 'admin' };
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 0, 1);
const STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;

let world: World;
let creators: string[];
let statement: string;
beforeAll(async () => {
  world = await createWorld();
  creators = [(await addCreator(world)).id, (await addCreator(world)).id];
  statement = await addStatement(world, creators[0] ?? '', 1_000_000);
});
afterAll(() => world.close());

/** What a change may touch; few values, so that ties are everywhere. */
interface Figures {
  cents: number;
  status: (typeof STATUSES)[number];
  updatedDay: number;
}

interface NewRow extends Figures {
  creator: number;
  fromStatement: boolean;
  createdDay: number;
}

type Change = { insert: NewRow } | { update: Figures; which: number };

const dayArb = fc.integer({ min: 0, max: 4 });
const figures = {
  cents: fc.integer({ min: 100, max: 104 }),
  status: fc.constantFrom(...STATUSES),
  updatedDay: dayArb,
};
const rowArb: fc.Arbitrary<NewRow> = fc.record({
  ...figures,
  creator: fc.integer({ min: 0, max: 1 }),
  fromStatement: fc.boolean(),
  createdDay: dayArb,
});
const changeArb: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ insert: rowArb }),
  fc.record({ update: fc.record(figures), which: fc.nat() }),
);
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 });
const moment = (day: number) => new Date(FIRST_DAY + day * DAY);
const filterArb = () =>
  fc.record({
    status: optional(fc.subarray([...STATUSES], { minLength: 1 })),
    creatorId: optional(fc.constantFrom(...creators)),
    royaltyStatementId: optional(fc.constant(statement)),
    amountCents: optional(fc.record({ gte: optional(figures.cents), lte: optional(figures.cents) })),
    createdAt: optional(fc.record({ gte: optional(dayArb.map(moment)), lt: optional(dayArb.map(moment)) })),
  });
const viewerArb = () =>
  fc.constantFrom<Viewer>(ADMIN, { role: 'CREATOR', sub: 'creator', creatorId: creators[0] ?? '' });

async function insert(row: NewRow): Promise<string> {
  const id = cuid();
  const own = row.fromStatement && row.creator === 0 ? statement : null;
  await world.db.pool.query(
    `INSERT INTO payouts
       (id, creator_id, royalty_statement_id, amount_cents, status, stripe_transfer_id, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, 'tr_' || $1, $6::timestamp, $7::timestamp)`,
    [id, creators[row.creator], own, row.cents, row.status, at(row.createdDay), at(row.updatedDay)],
  );
  return id;
}

async function update(id: string, { cents, status, updatedDay }: Figures): Promise<void> {
  await world.db.pool.query(
    'UPDATE payouts SET amount_cents = $2, status = $3, updated_at = $4::timestamp WHERE id = $1',
    [id, cents, status, at(updatedDay)],
  );
}

const at = (day: number) => moment(day).toISOString();

interface Asked {
  viewer: Viewer;
  filter: PayoutFilter;
  order: PayoutOrder;
  size: number;
  backward: boolean;
}

/** The whole list as it stands, in the order of reading. */
async function wholeList({ viewer, filter, order, backward }: Asked): Promise<ListedPayout[]> {
  const page = await listPayouts(world.db.pool, viewer, { first: 100 }, filter, order);
  expect(page.hasNextPage).toBe(false);
  const rows = page.nodes.map(({ row }) => row);
  return backward ? rows.reverse() : rows;
}

/** Reads to the end, in the order of reading; between pages `change` does its worst. */
async function readThrough(asked: Asked, change: () => Promise<void>): Promise<ListedPayout[]> {
  const { viewer, filter, order, size, backward } = asked;
  const read: ListedPayout[] = [];
  for (let cursor: string | undefined; ; ) {
    const request = backward ? { last: size, before: cursor } : { first: size, after: cursor };
    const page = await listPayouts(world.db.pool, viewer, request, filter, order);
    const placed = backward ? page.nodes.toReversed() : page.nodes;
    read.push(...placed.map(({ row }) => row));
    cursor = placed.at(-1)?.cursor;
    if (!(backward ? page.hasPreviousPage : page.hasNextPage)) return read;
    await change();
  }
}

/** Below zero where `a` is read before `b`. */
function compare(a: ListedPayout, b: ListedPayout, { order, backward }: Asked): number {
  const ascending = (order.direction === 'ASC') !== backward;
  const [keyA, keyB] = [keyOf(a, order), keyOf(b, order)];
  const first = keyA < keyB || (keyA === keyB && a.id < b.id) ? -1 : 1;
  return ascending ? first : -first;
}

function keyOf(row: ListedPayout, { field }: PayoutOrder): string | number {
  if (field === 'AMOUNT_CENTS') return row.amountCents;
  return field === 'CREATED_AT' ? row.createdAt : row.updatedAt;
}

/** Does the next of `batches` at each call, and keeps note of what it did. */
function changer(ids: readonly string[], batches: readonly Change[][]) {
  const remaining = [...batches];
  const touched = new Set<string>();
  const touch = (id: string) => void touched.add(id);
  const make = async (one: Change) => {
    if ('insert' in one) return touch(await insert(one.insert));
    const id = ids[one.which % ids.length] ?? '';
    touch(id);
    await update(id, one.update);
  };
  const change = async () => {
    for (const one of remaining.shift() ?? []) await make(one);
  };
  return { change, touched };
}

const FIELDS = ['CREATED_AT', 'UPDATED_AT', 'AMOUNT_CENTS'] as const;
const ORDERS = FIELDS.flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
);

describe.each(ORDERS)('a list by $field $direction that changes while it is read', (order) => {
  it.each([false, true])('has no gap and nothing twice, backward: %s', async (backward) => {
    const asked = fc.record({
      viewer: viewerArb(),
      filter: filterArb(),
      size: fc.integer({ min: 1, max: 6 }),
    });
    const rows = fc.array(rowArb, { minLength: 5, maxLength: 20 });
    const batches = fc.array(fc.array(changeArb, { maxLength: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(asked, rows, batches, async (some, first, changes) => {
        await world.db.pool.query('DELETE FROM payouts');
        const ids = await Promise.all(first.map(insert));
        await holds({ ...some, order, backward }, ids, changes);
      }),
      { numRuns: 12 },
    );
  });
});

async function holds(asked: Asked, ids: readonly string[], changes: Change[][]): Promise<void> {
  const before = await wholeList(asked);
  const { change, touched } = changer(ids, changes);
  const read = await readThrough(asked, change);
  // Each row lies beyond the one before it, so none comes twice unless it was moved there.
  for (const [i, row] of read.slice(1).entries()) expect(compare(read[i] ?? row, row, asked)).toBeLessThan(0);
  // What nobody touched is all there, once.
  const still = (rows: ListedPayout[]) => rows.map(({ id }) => id).filter((id) => !touched.has(id));
  expect(still(read)).toEqual(still(before));
  // The list is at rest now: read either way it is the same.
  const forward = await readThrough({ ...asked, backward: false }, async () => undefined);
  const backward = await readThrough({ ...asked, backward: true }, async () => undefined);
  expect(backward.reverse()).toEqual(forward);
  expect(forward).toEqual(await wholeList({ ...asked, backward: false }));
}

// Lists by keyset: every page in either direction, on every order with its ties and filters, and the tenant's scope.
import cuid from '@bugsnag/cuid';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getPayout } from '../../../src/payouts/find.js';
import type { PayoutFilter } from '../../../src/payouts/lists/conditions.js';
import { countPayouts } from '../../../src/payouts/lists/count.js';
import { encodeCursor } from '../../../src/payouts/lists/cursor.js';
import { listPayouts, type PayoutOrder } from '../../../src/payouts/lists/list.js';
import type { Page, PageRequest } from '../../../src/payouts/lists/page.js';
import type { ListedPayout } from '../../../src/payouts/lists/page-statement.js';
import type { PayoutRow } from '../../../src/payouts/row.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { addCreator, addStatement, createWorld, type World } from '../../support/world.js';

const ADMIN: Viewer = { role: 'ADMIN', sub: 'admin' };
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 0, 1);
const STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;

let world: World;
let creators: string[];
let statement: string;
let all: PayoutRow[];

beforeAll(async () => {
  world = await createWorld();
  creators = [(await addCreator(world)).id, (await addCreator(world)).id, (await addCreator(world)).id];
  statement = await addStatement(world, creators[0] ?? '', 1_000_000);
  await insertMany();
  all = (await world.db.prisma.payout.findMany()) as unknown as PayoutRow[];
});
afterAll(() => world.close());

/** Few different amounts and times, so that ties are everywhere. */
async function insertMany(): Promise<void> {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    id: cuid(),
    creator: creators[i % 3],
    statement: i % 6 === 0 ? statement : null,
    cents: 100 + (i % 5),
    status: STATUSES[i % 4],
    created: new Date(FIRST_DAY + (i % 4) * DAY).toISOString(),
    updated: new Date(FIRST_DAY + (i % 7) * DAY).toISOString(),
  }));
  await world.db.pool.query(
    `INSERT INTO payouts
       (id, creator_id, royalty_statement_id, amount_cents, status, stripe_transfer_id, created_at, updated_at)
     SELECT id, creator, statement, cents, status::"PayoutStatus", 'tr_' || id, created, updated
     FROM jsonb_to_recordset($1::jsonb) AS r(
       id text, creator text, statement text, cents int, status text, created timestamp, updated timestamp)`,
    [JSON.stringify(rows)],
  );
}

const creatorOf = (i: number): Viewer => ({
  role: 'CREATOR',
  sub: `creator-${i}`,
  creatorId: creators[i] ?? '',
});
const idsOf = (page: Page<ListedPayout>) => page.nodes.map(({ row }) => row.id);

type List = (page: PageRequest) => Promise<Page<ListedPayout>>;

async function readForward(list: List, size: number): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await list({ first: size, after });
    expect(page.hasPreviousPage).toBe(after !== undefined);
    ids.push(...idsOf(page));
    if (!page.hasNextPage) return ids;
    expect(page.nodes).toHaveLength(size);
    after = page.nodes.at(-1)?.cursor;
  }
}

async function readBackward(list: List, size: number): Promise<string[]> {
  const ids: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await list({ last: size, before });
    expect(page.hasNextPage).toBe(before !== undefined);
    ids.unshift(...idsOf(page));
    if (!page.hasPreviousPage) return ids;
    before = page.nodes[0]?.cursor;
  }
}

/** What the list should be, computed from all rows without SQL. */
function expectedIds(viewer: Viewer, filter: PayoutFilter, order: PayoutOrder): string[] {
  const kept = all.filter((row) => isVisible(row, viewer) && matches(row, filter));
  const sign = order.direction === 'ASC' ? 1 : -1;
  return kept
    .sort((a, b) => sign * (keyOf(a, order) - keyOf(b, order) || (a.id < b.id ? -1 : 1)))
    .map(({ id }) => id);
}

function keyOf(row: PayoutRow, { field }: PayoutOrder): number {
  if (field === 'AMOUNT_CENTS') return row.amountCents;
  return (field === 'CREATED_AT' ? row.createdAt : row.updatedAt).getTime();
}

const isVisible = (row: PayoutRow, viewer: Viewer) =>
  viewer.role === 'ADMIN' || viewer.creatorId === row.creatorId;

function matches(row: PayoutRow, filter: PayoutFilter): boolean {
  const { status, creatorId, royaltyStatementId, amountCents, createdAt } = filter;
  return (
    (status === undefined || status.includes(row.status)) &&
    (creatorId === undefined || row.creatorId === creatorId) &&
    (royaltyStatementId === undefined || row.royaltyStatementId === royaltyStatementId) &&
    row.amountCents >= (amountCents?.gte ?? 0) &&
    row.amountCents <= (amountCents?.lte ?? 1_000_000) &&
    row.createdAt >= (createdAt?.gte ?? new Date(0)) &&
    row.createdAt < (createdAt?.lt ?? new Date(4e12))
  );
}

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 });
const dayArb = fc.integer({ min: 0, max: 4 }).map((day) => new Date(FIRST_DAY + day * DAY));
const orderArb: fc.Arbitrary<PayoutOrder> = fc.record({
  field: fc.constantFrom('CREATED_AT', 'UPDATED_AT', 'AMOUNT_CENTS'),
  direction: fc.constantFrom('ASC', 'DESC'),
});
const filterArb = () =>
  fc.record({
    status: optional(fc.subarray([...STATUSES])),
    creatorId: optional(fc.constantFrom(...creators, 'nobody')),
    royaltyStatementId: optional(fc.constantFrom(statement, 'none')),
    amountCents: optional(
      fc.record({
        gte: optional(fc.integer({ min: 99, max: 105 })),
        lte: optional(fc.integer({ min: 99, max: 105 })),
      }),
    ),
    createdAt: optional(fc.record({ gte: optional(dayArb), lt: optional(dayArb) })),
  });

describe('pages', () => {
  it('put together are the whole list, forward and backward, on every order and filter', async () => {
    const viewerArb = fc.constantFrom(ADMIN, creatorOf(0), creatorOf(1));
    const sizeArb = fc.integer({ min: 1, max: 25 });
    await fc.assert(
      fc.asyncProperty(viewerArb, filterArb(), orderArb, sizeArb, async (viewer, filter, order, size) => {
        const list: List = (page) => listPayouts(world.db.pool, viewer, page, filter, order);
        const expected = expectedIds(viewer, filter, order);
        expect(await readForward(list, size)).toEqual(expected);
        expect(await readBackward(list, size)).toEqual(expected);
        expect(await countPayouts(world.db.pool, viewer, filter)).toBe(expected.length);
      }),
      { numRuns: 60 },
    );
  });

  it('neither skip nor repeat what stays, while rows come and go in front of them', async () => {
    const order: PayoutOrder = { field: 'CREATED_AT', direction: 'ASC' };
    const list: List = (page) => listPayouts(world.db.pool, ADMIN, page, {}, order);
    const first = await list({ first: 10 });
    const gone = first.nodes[9]?.row.id ?? '';
    await world.db.pool.query(
      `UPDATE payouts SET created_at = created_at - interval '1 year' WHERE id = $1`,
      [gone],
    );
    const second = await list({ first: 10, after: first.nodes[9]?.cursor });
    expect(idsOf(second)).toEqual(expectedIds(ADMIN, {}, order).slice(10, 20));
    await world.db.pool.query(
      `UPDATE payouts SET created_at = created_at + interval '1 year' WHERE id = $1`,
      [gone],
    );
  });

  it('are of 20 rows, the newest first, where nobody says otherwise', async () => {
    const newest = expectedIds(ADMIN, {}, { field: 'CREATED_AT', direction: 'DESC' });
    expect(idsOf(await listPayouts(world.db.pool, ADMIN, {}))).toEqual(newest.slice(0, 20));
  });

  it('of no rows say whether there are any', async () => {
    const page = await listPayouts(world.db.pool, ADMIN, { first: 0 });
    expect(page).toEqual({ nodes: [], hasNextPage: true, hasPreviousPage: false });
  });

  it.each<[PageRequest, string]>([
    [{ first: 101 }, 'first'],
    [{ last: 101 }, 'last'],
    [{ first: -1 }, 'first'],
    [{ last: -1 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
    [{ after: 'a', before: 'b' }, 'before'],
    [{ first: 1, before: 'b' }, 'before'],
    [{ last: 1, after: 'a' }, 'after'],
  ])('%j cannot be asked for', async (page, argument) => {
    await expect(listPayouts(world.db.pool, ADMIN, page)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      inputPath: [argument],
    });
  });

  it('may have 100 rows', async () => {
    expect((await listPayouts(world.db.pool, ADMIN, { first: 100 })).nodes).toHaveLength(60);
  });
});

describe('a cursor', () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const BROKEN: [string, string][] = [
    ['nothing', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no triple', encoded(['CREATED_AT', '2026-01-01T00:00:00.000Z'])],
    ['no texts', encoded(['CREATED_AT', 1, null])],
    ['null', encoded(null)],
    ['of another order', encodeCursor('AMOUNT_CENTS', '100', 'x')],
    ['no time', encodeCursor('CREATED_AT', 'yesterday', 'x')],
    ['a time that never was', encodeCursor('CREATED_AT', '2026-13-45T00:00:00.000Z', 'x')],
    ['a time before our calendar', encodeCursor('CREATED_AT', new Date(-1e14).toISOString(), 'x')],
    ['a time in the year 0', encodeCursor('CREATED_AT', '0000-01-01T00:00:00.000Z', 'x')],
    ['a time after our calendar', encodeCursor('CREATED_AT', new Date(8e15).toISOString(), 'x')],
    ['SQL', encodeCursor('CREATED_AT', "'; DROP TABLE payouts; --", 'x')],
    ['what Postgres cannot hold', encodeCursor('CREATED_AT', '2026-01-01T00:00:00.000Z', 'a\0b')],
  ];

  it.each(BROKEN)('that is %s is refused', async (_what, cursor) => {
    for (const argument of ['after', 'before'] as const) {
      await expect(listPayouts(world.db.pool, ADMIN, { [argument]: cursor })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        inputPath: [argument],
      });
    }
  });

  it.each(['1e3', '-1', '1.5', '99999999999', ''])('of amounts that is %j is refused', async (key) => {
    const page = { after: encodeCursor('AMOUNT_CENTS', key, 'x') };
    const order = { field: 'AMOUNT_CENTS', direction: 'ASC' } as const;
    await expect(listPayouts(world.db.pool, ADMIN, page, {}, order)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('of a row that another tenant owns shows nothing of it', async () => {
    const [theirs] = (await listPayouts(world.db.pool, creatorOf(1), { first: 1 })).nodes;
    const page = await listPayouts(world.db.pool, creatorOf(0), { first: 100, after: theirs?.cursor });
    for (const { row } of page.nodes) expect(row.creatorId).toBe(creators[0]);
  });
});

describe("another creator's payout", () => {
  it('is never in a list, whatever the filter asks for', async () => {
    const viewer = creatorOf(0);
    for (const creatorId of [creators[1], creators[2]]) {
      expect((await listPayouts(world.db.pool, viewer, {}, { creatorId })).nodes).toEqual([]);
      expect(await countPayouts(world.db.pool, viewer, { creatorId })).toBe(0);
    }
    expect(await countPayouts(world.db.pool, viewer)).toBe(20);
  });

  it('cannot be told from no payout at all', async () => {
    const theirs = all.find((row) => row.creatorId === creators[1])?.id ?? '';
    expect(await getPayout(world.db.pool, creatorOf(0), theirs)).toBeNull();
    expect(await getPayout(world.db.pool, creatorOf(0), 'none')).toBeNull();
    expect(await getPayout(world.db.pool, creatorOf(1), theirs)).toMatchObject({ id: theirs });
    expect(await getPayout(world.db.pool, ADMIN, theirs)).toMatchObject({ id: theirs });
  });
});

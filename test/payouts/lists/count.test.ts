// The count of a list: exact after any history, for every viewer and filter, in whatever currencies; told by the rollups
// wherever they know it, and without a look at the payouts.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../src/payouts/apply.js';
import { foldRollups } from '../../../src/payouts/figures/fold.js';
import type { PayoutFilter } from '../../../src/payouts/lists/conditions.js';
import { countPayouts } from '../../../src/payouts/lists/count.js';
import type { TransitionCause } from '../../../src/payouts/transitions.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { createWorld, type World } from '../../support/world.js';
import { ADMIN_VIEWER, addPayee, change, create, fillRollups, planOf } from '../rollups.js';

const STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;

let world: World;
let creators: string[];
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  creators = [await addPayee(world), await addPayee(world), await addPayee(world)];
});
afterAll(() => world.close());

const viewerOf = (creatorId: string): Viewer => ({ role: 'CREATOR', sub: creatorId, creatorId });

type Step =
  | { create: number[]; currency: string }
  | { change: TransitionCause; from: Change['from']; picks: number[] }
  | { foldAtMost: number };

const CHANGES: [TransitionCause, Change['from']][] = [
  ['claimed', 'PENDING'],
  ['claimed', 'PENDING'],
  ['transfer_settled', 'PROCESSING'],
  ['transfer_refused', 'PROCESSING'],
  ['transfer_reversed', 'COMPLETED'],
  ['retry_claimed', 'FAILED'],
];

const stepArb: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    create: fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }),
    currency: fc.constantFrom('usd', 'eur', 'sek'),
  }),
  fc
    .record({
      what: fc.constantFrom(...CHANGES),
      picks: fc.array(fc.nat(999), { minLength: 1, maxLength: 8 }),
    })
    .map(({ what: [on, from], picks }) => ({ change: on, from, picks })),
  fc.record({ foldAtMost: fc.constantFrom(1, 2, 5_000) }),
);

async function take(step: Step, payouts: string[]): Promise<void> {
  const { pool } = world.db;
  if ('foldAtMost' in step) return void (await foldRollups(pool, step.foldAtMost));
  if ('change' in step) {
    const chosen = step.picks.map((pick) => payouts[pick % payouts.length]).filter((id) => id !== undefined);
    return change(pool, step.change, [...new Set(chosen)], step.from);
  }
  const owners = step.create.map((index) => creators[index] ?? '');
  payouts.push(...(await create(pool, owners, 500, step.currency)));
}

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 3 });
const askArb = () =>
  fc.record({
    viewer: fc.constantFrom(ADMIN_VIEWER, ...creators.map(viewerOf), viewerOf('*')),
    filter: fc.record({
      status: optional(fc.array(fc.constantFrom(...STATUSES), { maxLength: 5 })),
      creatorId: optional(fc.constantFrom(...creators, 'nobody', '*')),
      // What the rollups do not know, and blanks that say nothing.
      amountCents: fc.constantFrom(
        undefined,
        {},
        { gte: undefined, lte: undefined },
        { gte: 500 },
        { lte: 499 },
      ),
      createdAt: fc.constantFrom(undefined, {}, { gte: new Date(0) }, { lt: new Date(0) }),
      search: fc.constantFrom(undefined, '', '  '),
    }),
  });

/** The rows that the viewer may see and the filter names, counted without SQL. */
async function expected(viewer: Viewer, { status, creatorId, ...filter }: PayoutFilter): Promise<number> {
  const { rows } = await world.db.pool.query<{ creator: string; status: (typeof STATUSES)[number] }>(
    'SELECT creator_id AS creator, status FROM payouts',
  );
  // Every payout is of 500 cents, and none is from before 1970.
  if (filter.amountCents?.lte === 499 || filter.createdAt?.lt) return 0;
  return rows.filter(
    (row) =>
      (viewer.role === 'ADMIN' || viewer.creatorId === row.creator) &&
      (creatorId === undefined || creatorId === row.creator) &&
      (status === undefined || status.includes(row.status)),
  ).length;
}

describe('a count', () => {
  it('is that of the rows, for every viewer and filter, after any history', async () => {
    const histories = fc.array(fc.array(stepArb, { maxLength: 10 }), { minLength: 2, maxLength: 4 });
    const asks = fc.array(askArb(), { minLength: 10, maxLength: 10 });
    const payouts: string[] = [];
    await fc.assert(
      fc.asyncProperty(histories, asks, async (history, some) => {
        for (const steps of history) {
          for (const step of steps) await take(step, payouts);
          for (const { viewer, filter } of some)
            expect(await countPayouts(world.db.pool, viewer, filter)).toBe(await expected(viewer, filter));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is of all currencies together, folded or not', async () => {
    const [creatorId = ''] = creators;
    const counts = async () => [
      await countPayouts(world.db.pool, viewerOf(creatorId)),
      await countPayouts(world.db.pool, ADMIN_VIEWER, { creatorId, status: ['PENDING', 'PENDING'] }),
      await countPayouts(world.db.pool, ADMIN_VIEWER, { creatorId, status: [] }),
    ];
    await create(world.db.pool, [creatorId, creatorId], 500, 'usd');
    await create(world.db.pool, [creatorId], 500, 'eur');
    expect(await counts()).toEqual([3, 3, 0]);
    await foldRollups(world.db.pool);
    await create(world.db.pool, [creatorId], 500, 'sek');
    expect(await counts()).toEqual([4, 4, 0]);
  });

  it('of another’s payouts is that of a creator who does not exist', async () => {
    const [mine = '', other = ''] = creators;
    await create(world.db.pool, [other, other]);
    for (const creatorId of [other, 'nobody', '*'])
      expect(await countPayouts(world.db.pool, viewerOf(mine), { creatorId })).toBe(0);
    expect(await countPayouts(world.db.pool, ADMIN_VIEWER, { creatorId: other })).toBe(2);
  });
});

describe('at a million payouts', () => {
  it.each<[string, (creatorId: string) => PayoutFilter]>([
    ['of all', () => ({})],
    ['of a status', () => ({ status: ['COMPLETED'], search: ' ', amountCents: {}, createdAt: {} })],
    ['of a creator', (creatorId) => ({ creatorId, status: ['FAILED', 'PENDING'] })],
  ])('the count %s reads some pages by index, and no payout', async (_what, filterOf) => {
    const [creatorId = ''] = creators;
    await foldRollups(world.db.pool);
    await fillRollups(world, creatorId, 500);
    const plan = await planOf(world, (db) => countPayouts(db, ADMIN_VIEWER, filterOf(creatorId)));
    expect(plan.tables).toEqual(['payout_deltas', 'payout_rollups']);
    expect(plan.scans).not.toContain('Seq Scan on payout_rollups');
    expect(plan.pages).toBeLessThan(40);
  });
});

// Summaries: exact after any history, whoever folds and when; each viewer's own; and as cheap at a million rows.
import cuid from '@bugsnag/cuid';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Queryable } from '../../../src/db/connect.js';
import { inTransaction } from '../../../src/db/transaction.js';
import { sweep } from '../../../src/jobs/sweep.js';
import { applyPartReversal, type Change } from '../../../src/payouts/apply.js';
import { foldRollups } from '../../../src/payouts/figures/fold.js';
import { retryingTotal } from '../../../src/payouts/figures/retrying.js';
import { payoutSummary } from '../../../src/payouts/figures/summary.js';
import { findPayoutRow } from '../../../src/payouts/find.js';
import type { TransitionCause } from '../../../src/payouts/transitions.js';
import { createCompletedPayout, creatorViewer, globalId, signedInCreator } from '../../graphql/ask.js';
import { advance } from '../../support/clock.js';
import { ADMIN as ADMIN_TOKEN, type RunningApp, runApp } from '../../support/running-app.js';
import { createWorld, type TestCreator, type World } from '../../support/world.js';
import {
  ADMIN_VIEWER,
  addPayee,
  change,
  create,
  DAY_MS,
  expectExact,
  fillRollups,
  moveTo,
  planOf,
} from '../rollups.js';
import { ADMIN, count, eventOf, NEVER, pay, receive, transfersOf, work } from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ownClock: true });
});
afterAll(() => world.close());

/** What may happen, as data, so that a failing history can be read and shrunk. */
type Step =
  | { do: 'create'; creators: number[]; cents: number; undo: boolean }
  | {
      do: TransitionCause;
      from: Change['from'];
      picks: number[];
      retryInMs: number | undefined;
      undo: boolean;
    }
  | { do: 'reverse_a_part'; picks: number[] }
  | { do: 'fold'; atMost: number }
  | { do: 'wait'; ms: number }
  | { do: 'check' }
  | { do: 'at_once'; steps: Step[] };

const CHANGES: [TransitionCause, Change['from'], number][] = [
  ['claimed', 'PENDING', 4],
  ['transfer_settled', 'PROCESSING', 4],
  ['transfer_refused', 'PROCESSING', 3],
  ['transfer_reversed', 'PROCESSING', 1],
  ['transfer_reversed', 'COMPLETED', 2],
  ['transfer_failed', 'COMPLETED', 1],
  ['retry_claimed', 'FAILED', 2],
  ['retry_requested', 'FAILED', 2],
];

const picks = fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 6 });
/** Its transaction is rolled back: nothing has happened. */
const undo = fc.integer({ min: 0, max: 7 }).map((n) => n === 0);

const step = (what: Step['do'], weight: number, rest: Record<string, fc.Arbitrary<unknown>>) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(what), ...rest }, { noNullPrototype: true }) as fc.Arbitrary<Step>,
});

const single = fc.oneof(
  step('create', 4, {
    creators: fc.array(fc.nat(1), { minLength: 1, maxLength: 4 }),
    cents: fc.integer({ min: 1, max: 1_000_000 }),
    undo,
  }),
  ...CHANGES.map(([on, from, weight]) =>
    step(on, weight, {
      from: fc.constant(from),
      picks,
      // Only a refusal has a retry of its own.
      retryInMs: on === 'transfer_refused' ? fc.constantFrom(undefined, 60_000) : fc.constant(undefined),
      undo,
    }),
  ),
  step('reverse_a_part', 1, { picks }),
  step('fold', 4, { atMost: fc.constantFrom(1, 3, 5_000) }),
  step('check', 1, {}),
);

const historyArb = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: single },
    step('wait', 2, { ms: fc.constantFrom(1_500, 7 * 3_600_000, DAY_MS, 9 * DAY_MS) }),
    step('at_once', 3, { steps: fc.array(single, { minLength: 2, maxLength: 5 }) }),
  ),
  { minLength: 8, maxLength: 24, size: 'max' },
);

class Player {
  readonly #creators: string[];
  readonly #payouts: string[] = [];

  constructor(creators: string[]) {
    this.#creators = creators;
  }

  async take(one: Step): Promise<void> {
    switch (one.do) {
      case 'create':
        return this.#within(one.undo, async (db) => {
          const owners = one.creators.map((index) => this.#creators[index] ?? '');
          const made = await create(db, owners, one.cents);
          if (!one.undo) this.#payouts.push(...made);
        });
      case 'reverse_a_part':
        return this.#reverseAPart(one.picks);
      case 'fold':
        return void (await foldRollups(world.db.pool, one.atMost));
      case 'wait':
        return advance(world.databaseUrl, one.ms);
      case 'check':
        return this.check();
      case 'at_once':
        return void (await Promise.all(one.steps.map((each) => this.take(each))));
      default:
        return this.#within(one.undo, (db) =>
          change(db, one.do as TransitionCause, this.#chosen(one.picks), one.from, {
            retryInMs: one.retryInMs,
          }),
        );
    }
  }

  async check(): Promise<void> {
    for (const creatorId of [null, ...this.#creators]) await expectExact(world, creatorId);
  }

  /** In the order of their ids, so that two changes at once do not deadlock. */
  #chosen(indices: readonly number[]): string[] {
    const known = this.#payouts;
    return [...new Set(indices.map((index) => known[index % known.length]))]
      .filter((id) => id !== undefined)
      .sort();
  }

  async #reverseAPart(indices: readonly number[]): Promise<void> {
    for (const id of this.#chosen(indices)) {
      await applyPartReversal(world.db.pool, await findPayoutRow(world.db.pool, id), 1, ADMIN);
    }
  }

  async #within(undone: boolean, work_: (db: Queryable) => Promise<void>): Promise<void> {
    const client = await world.db.pool.connect();
    try {
      await client.query('BEGIN');
      await work_(client);
      await client.query(undone ? 'ROLLBACK' : 'COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }
}

describe('exactness', () => {
  it('holds after any history, with folds at any moment and beside anything', async () => {
    const property = fc.asyncProperty(historyArb, async (history) => {
      const player = new Player([await addPayee(world), await addPayee(world)]);
      for (const one of history) await player.take(one);
      await player.check();
      await foldRollups(world.db.pool);
      await player.check();
      // Made anew from the books, all at once, they are the same.
      await world.db.pool.query('SELECT rebuild_payout_rollups()');
      await player.check();
    });
    await fc.assert(property, { numRuns: 25, seed: 4 });
  }, 60_000);
});

const NOTHING = {
  createdCount: 0,
  createdCents: 0,
  completedCount: 0,
  completedCents: 0,
  failedCount: 0,
  failedCents: 0,
  reversedCount: 0,
  reversedCents: 0,
  refusedCount: 0,
  retriedCount: 0,
  recoveredCount: 0,
  successRate: null,
  failureRate: null,
  averageProcessingSeconds: null,
};

async function summaryOf(creatorId: string, currency = 'usd') {
  const summary = await payoutSummary(world.db.pool, ADMIN_VIEWER, currency, creatorId);
  if (!summary) throw new Error('there is no summary');
  return summary;
}

describe('what counts as what', () => {
  it('is zero, and no rate at all, where nothing has happened', async () => {
    const none = { count: 0, amountCents: 0 };
    expect(await summaryOf(await addPayee(world))).toMatchObject({
      pending: none,
      failed: none,
      allTime: NOTHING,
      thisMonth: NOTHING,
    });
  });

  it('tells what the engine did: refused, retried, completed, taken back', async () => {
    const { id, creatorId } = await pay(world, { amountCents: 700 });
    await world.simulator.setBalance(0);
    await work(world);
    await world.simulator.setBalance(100_000_000);
    const refused = { ...NOTHING, createdCount: 1, createdCents: 700, refusedCount: 1 };
    expect(await summaryOf(creatorId)).toMatchObject({
      failed: { count: 1, amountCents: 700 },
      // A retry will follow: nothing has ended.
      allTime: refused,
    });
    const retrying = (whose: string | null, currency = 'usd') =>
      retryingTotal(world.db.pool, { creatorId: whose, currency });
    expect(await retrying(creatorId)).toEqual({ count: 1, amountCents: 700 });
    expect((await retrying(null)).amountCents).toBeGreaterThanOrEqual(700);
    expect(await retrying(await addPayee(world))).toEqual({ count: 0, amountCents: 0 });
    expect(await retrying(creatorId, 'eur')).toEqual({ count: 0, amountCents: 0 });
    await advance(world.databaseUrl, 3_600_000);
    await work(world, 'retry_claimed');
    const completed = {
      ...refused,
      completedCount: 1,
      completedCents: 700,
      retriedCount: 1,
      recoveredCount: 1,
      successRate: 1,
      failureRate: 0,
    };
    const after = await summaryOf(creatorId);
    expect(after.completed).toEqual({ count: 1, amountCents: 700 });
    expect(after.allTime).toEqual({ ...completed, averageProcessingSeconds: expect.any(Number) });
    expect(after.allTime.averageProcessingSeconds).toBeGreaterThan(3_600);
    const [transfer] = await transfersOf(world, id);
    const object = { ...transfer, amount_reversed: 700, reversed: true };
    expect(await receive(world, eventOf('transfer.reversed', object))).toBe('applied');
    // What came back waits for somebody, and nothing tries it again.
    expect((await retrying(creatorId)).count).toBe(0);
    const { failed, completed: left, allTime } = await summaryOf(creatorId);
    expect([failed.count, left.count]).toEqual([1, 0]);
    expect(allTime).toMatchObject({
      completedCents: 700,
      failedCount: 1,
      failedCents: 700,
      reversedCount: 1,
      reversedCents: 700,
      refusedCount: 1,
      successRate: 0.5,
      failureRate: 0.5,
    });
  });

  it('keeps currencies apart', async () => {
    const creatorId = await addPayee(world);
    await create(world.db.pool, [creatorId], 500, 'usd');
    await create(world.db.pool, [creatorId, creatorId], 900, 'eur');
    await foldRollups(world.db.pool);
    expect((await summaryOf(creatorId)).pending).toEqual({ count: 1, amountCents: 500 });
    expect((await summaryOf(creatorId, 'eur')).pending).toEqual({ count: 2, amountCents: 1_800 });
  });

  it('is exact where a sum has outgrown Int', async () => {
    const creatorId = await addPayee(world);
    await create(world.db.pool, Array(3).fill(creatorId), 2_147_483_647);
    expect((await summaryOf(creatorId)).pending.amountCents).toBe(6_442_450_941);
    await foldRollups(world.db.pool);
    expect((await summaryOf(creatorId)).allTime.createdCents).toBe(6_442_450_941);
  });

  it('begins the week on Monday and the month on the first, at midnight in UTC', async () => {
    const creatorId = await addPayee(world);
    const created = async () => {
      const { today, thisWeek, thisMonth, allTime } = await summaryOf(creatorId);
      return [today, thisWeek, thisMonth, allTime].map(({ createdCount }) => createdCount);
    };
    // A Sunday, and the last of its month.
    await moveTo(world, '2032-02-29T23:59:30Z');
    await create(world.db.pool, [creatorId]);
    expect(await created()).toEqual([1, 1, 1, 1]);
    await moveTo(world, '2032-03-01T00:00:30Z');
    expect(await created()).toEqual([0, 0, 0, 1]);
    await create(world.db.pool, [creatorId]);
    await foldRollups(world.db.pool);
    expect(await created()).toEqual([1, 1, 1, 2]);
    await moveTo(world, '2032-04-01T12:00:00Z');
    // A Thursday: the week began in the month before.
    expect(await created()).toEqual([0, 0, 0, 2]);
    await moveTo(world, '2032-03-31T12:00:00Z');
    await create(world.db.pool, [creatorId]);
    await moveTo(world, '2032-04-01T12:00:00Z');
    expect(await created()).toEqual([0, 1, 0, 3]);
    await foldRollups(world.db.pool);
    expect(await created()).toEqual([0, 1, 0, 3]);
  });
});

describe('folding', () => {
  it('moves everything, once, however many do it at once', async () => {
    const creators = await Promise.all(Array.from({ length: 20 }, () => addPayee(world)));
    for (const creatorId of creators) await create(world.db.pool, [creatorId, creatorId]);
    const waiting = await count(world, 'payout_deltas');
    expect(waiting).toBeGreaterThanOrEqual(40);
    const folded = await Promise.all(Array.from({ length: 4 }, () => foldRollups(world.db.pool, 7)));
    expect(folded.reduce((all, one) => all + one, 0) + (await foldRollups(world.db.pool))).toBe(waiting);
    expect(await count(world, 'payout_deltas')).toBe(0);
    await expectExact(world, null);
    for (const creatorId of creators.slice(0, 3)) await expectExact(world, creatorId);
  });

  it('is what the sweep does', async () => {
    await create(world.db.pool, [await addPayee(world)]);
    expect(await count(world, 'payout_deltas')).toBeGreaterThan(0);
    await sweep(world.deps, world.deps).run(NEVER);
    expect(await count(world, 'payout_deltas')).toBe(0);
  });

  it('does not wait for a change that is not committed, nor the change for it', async () => {
    const creatorId = await addPayee(world);
    await inTransaction(world.db.pool, async (db) => {
      await create(db, [creatorId]);
      await foldRollups(world.db.pool);
      expect((await summaryOf(creatorId)).pending.count).toBe(0);
    });
    expect((await summaryOf(creatorId)).pending.count).toBe(1);
    await expectExact(world, null);
  });
});

describe('payouts that did not come by the engine', () => {
  it('are counted as the rows tell them, when they come in and when the sums are made anew', async () => {
    const creatorId = await addPayee(world);
    await world.db.pool.query(
      `INSERT INTO payouts (id, creator_id, amount_cents, status, stripe_transfer_id, processed_at, retry_count,
         next_attempt_at, created_at, updated_at)
       SELECT $1 || n, $1, 100 * n, status::"PayoutStatus", transfer || $1, done::timestamp, retries, next::timestamp,
         now() - interval '2 days', now() - interval '1 hour'
       FROM (VALUES
         (1, 'PENDING', NULL, NULL, 0, NULL),
         (2, 'PROCESSING', NULL, NULL, 0, NULL),
         (3, 'COMPLETED', 'tr_', now() - interval '1 day', 2, NULL),
         (4, 'FAILED', NULL, NULL, 1, NULL),
         (5, 'FAILED', NULL, NULL, 1, now())) AS v(n, status, transfer, done, retries, next)`,
      [creatorId],
    );
    const told = {
      pending: { count: 1, amountCents: 100 },
      processing: { count: 1, amountCents: 200 },
      completed: { count: 1, amountCents: 300 },
      failed: { count: 2, amountCents: 900 },
      allTime: {
        createdCount: 5,
        createdCents: 1_500,
        completedCount: 1,
        failedCount: 1,
        failedCents: 400,
        retriedCount: 4,
        recoveredCount: 1,
        averageProcessingSeconds: 86_400,
      },
    };
    expect(await summaryOf(creatorId)).toMatchObject(told);
    await world.db.pool.query('SELECT rebuild_payout_rollups()');
    expect(await summaryOf(creatorId)).toMatchObject(told);
    // The engine goes on from there, and making them anew then comes to the same.
    await change(world.db.pool, 'claimed', [`${creatorId}1`], 'PENDING');
    await change(world.db.pool, 'transfer_settled', [`${creatorId}1`], 'PROCESSING');
    const { asOf: _, ...before } = await summaryOf(creatorId);
    expect(before.completed).toEqual({ count: 2, amountCents: 400 });
    await world.db.pool.query('SELECT rebuild_payout_rollups()');
    expect(await summaryOf(creatorId)).toMatchObject(before);
    await world.db.pool.query('DELETE FROM payouts WHERE creator_id = $1 AND id <> $1 || 1', [creatorId]);
  });
});

describe('at a million payouts', () => {
  it('reads some dozens of pages by index, and no payout', async () => {
    const creatorId = await addPayee(world);
    await fillRollups(world, creatorId, 1_500);
    for (const id of [null, creatorId]) {
      const plan = await planOf(world, (db) => payoutSummary(db, ADMIN_VIEWER, 'usd', id));
      expect(plan.tables.filter((name) => name !== 'creators')).toEqual(['payout_deltas', 'payout_rollups']);
      expect(plan.scans).not.toContain('Seq Scan on payout_rollups');
      expect(plan.pages).toBeLessThan(60);
    }
  });
});

describe('over GraphQL', () => {
  const QUERY = `query ($id: ID) { payoutSummary(creatorId: $id) {
    creator { id } currency pending { count amountCents } completed { count amountCents }
    allTime { createdCount completedCents successRate averageProcessingSeconds } today { createdCount } } }`;
  let app: RunningApp;
  let mine: TestCreator & { token: string };
  let others: TestCreator & { token: string };
  beforeAll(async () => {
    app = await runApp();
    mine = await signedInCreator(app);
    others = await signedInCreator(app);
    await createCompletedPayout(app, { creatorId: mine.id, amountCents: 700 });
    await createCompletedPayout(app, { creatorId: others.id, amountCents: 900 });
    await createCompletedPayout(app, { creatorId: others.id, amountCents: 800 });
  });
  afterAll(() => app.close());

  const ask = async (token: string | null, creatorId?: string) => {
    const variables = creatorId === undefined ? {} : { id: globalId('Creator', creatorId) };
    const { data, errors } = await app.query({ query: QUERY, variables }, token);
    return errors ? errors.map(({ extensions }) => extensions.code) : data.payoutSummary;
  };
  const completed = (count: number, amountCents: number) => ({
    currency: 'usd',
    completed: { count, amountCents },
    allTime: { createdCount: count, completedCents: amountCents, successRate: 1 },
    today: { createdCount: count },
  });

  test('a creator gets its own, asked for by its id or by none', async () => {
    const own = { ...completed(1, 700), creator: { id: globalId('Creator', mine.id) } };
    expect(await ask(mine.token)).toMatchObject(own);
    expect(await ask(mine.token, mine.id)).toMatchObject(own);
  });

  test('another’s is as absent as one that does not exist', async () => {
    expect(await ask(mine.token, others.id)).toBeNull();
    expect(await ask(mine.token, cuid())).toBeNull();
    expect(await ask(others.token, others.id)).toMatchObject(completed(2, 1_700));
  });

  test('an admin gets one creator’s, or all', async () => {
    const admin = await app.token(ADMIN_TOKEN);
    expect(await ask(admin)).toMatchObject({ ...completed(3, 2_400), creator: null });
    expect(await ask(admin, others.id)).toMatchObject(completed(2, 1_700));
    expect(await ask(admin, cuid())).toBeNull();
    // What stands for everybody in the tables is nobody's id.
    expect(await ask(admin, '*')).toBeNull();
    expect(await ask(await app.token(creatorViewer('*')))).toBeNull();
  });

  test('nobody gets nothing', async () => {
    expect(await ask(null)).toEqual(['UNAUTHENTICATED']);
  });
});

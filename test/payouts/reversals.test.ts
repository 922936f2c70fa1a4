// Transfers that are taken back: all of it fails the payout, a part is told to somebody, and in whatever order we hear
// of it the end is the same.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerifiedEvent } from '../../src/payouts/events/inbox.js';
import { retryPayout } from '../../src/payouts/retry.js';
import { recordAnswer } from '../../src/payouts/sending/submit.js';
import { createWorld, type World } from '../support/world.js';
import {
  ADMIN,
  alertsOf,
  attemptsOf,
  changesOf,
  count,
  eventOf,
  type Made,
  made,
  payoutOf,
  receive,
  transfersOf,
  work,
} from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Stripe's word that so many of the 500 cents were taken back by then. */
function reversed({ transfer }: Made, cents: number): VerifiedEvent {
  const object = { ...transfer, amount_reversed: cents, reversed: cents === transfer.amount };
  return eventOf('transfer.reversed', object);
}

const created = ({ transfer }: Made) => eventOf('transfer.created', transfer);

const answered = ({ leased, answer }: Made) => recordAnswer(world.deps, leased, answer);

async function completed(): Promise<Made> {
  const one = await made(world);
  await answered(one);
  return one;
}

async function expectTakenBack({ id, transfer }: Made): Promise<void> {
  expect(await payoutOf(world, id)).toMatchObject({
    status: 'FAILED',
    failureCode: 'transfer_reversed',
    stripeTransferId: transfer.id,
    amountReversedCents: 500,
    nextAttemptAt: null,
  });
  expect(await attemptsOf(world, id)).toMatchObject([
    { outcome: 'SUCCEEDED', finished: true, transferId: transfer.id },
  ]);
  expect((await alertsOf(world, id)).filter(({ open }) => open)).toEqual([]);
}

/** What the alert says that is open about a part of the payout. */
async function partAlert(id: string): Promise<string | undefined> {
  const open = (await alertsOf(world, id)).filter((one) => one.open);
  expect(open.every((one) => one.rule === 'reconciliation_mismatch')).toBe(true);
  return open.find((one) => one.key.includes(id))?.message;
}

describe('all of a transfer taken back', () => {
  it('fails a completed payout, which is not tried again by itself', async () => {
    const one = await completed();
    expect(await receive(world, reversed(one, 500))).toBe('applied');
    await expectTakenBack(one);
    expect((await changesOf(world, one.id)).at(-1)).toBe('COMPLETED>FAILED');
    expect(await work(world, 'retry_claimed')).toBe(0);
  });

  it('is heard of before anything else: the payout fails, and never completes', async () => {
    const one = await made(world);
    expect(await receive(world, reversed(one, 500))).toBe('applied');
    await expectTakenBack(one);
    expect(await receive(world, created(one))).toBe('applied');
    await answered(one);
    await expectTakenBack(one);
    expect(await changesOf(world, one.id)).toEqual([
      'none>PENDING',
      'PENDING>PROCESSING',
      'PROCESSING>FAILED',
    ]);
  });

  it.each([
    ['its payout', { metadata: {} }],
    ['neither its payout nor its group', { metadata: {}, transfer_group: null }],
  ])(
    'is told of by an event that does not name %s: the payout that has the transfer fails',
    async (_, over) => {
      const one = await completed();
      const object = { ...one.transfer, amount_reversed: 500, reversed: true, ...over };
      expect(await receive(world, eventOf('transfer.reversed', object))).toBe('applied');
      await expectTakenBack(one);
    },
  );

  it('stays so whatever stale news come after', async () => {
    const one = await completed();
    await receive(world, reversed(one, 500));
    const before = [await payoutOf(world, one.id), await count(world, 'audit_events')];
    for (const event of [created(one), reversed(one, 200), reversed(one, 500), created(one)]) {
      expect(await receive(world, event)).toBe('applied');
    }
    await answered(one);
    expect([await payoutOf(world, one.id), await count(world, 'audit_events')]).toEqual(before);
  });

  it('comes between what a worker saw and what it writes: the worker does not complete it', async () => {
    const one = await made(world);
    const event = reversed(one, 500);
    const pool = interrupting('attempts-of', () => receive(world, event));
    await recordAnswer({ ...world.deps, pool }, one.leased, one.answer);
    await pool.interruption();
    await expectTakenBack(one);
  });
});

/** Runs `act` once, after the first query of this name and until it is done or waits for a lock of ours. */
function interrupting(name: string, act: () => Promise<unknown>) {
  let acting: Promise<unknown> | undefined;
  const watch = async (config: unknown, answer: Promise<unknown>) => {
    const result = await answer;
    if (acting || (config as { name?: string }).name !== name) return result;
    let done = false;
    acting = act().finally(() => {
      done = true;
    });
    while (!done && !(await somebodyWaits())) await new Promise(setImmediate);
    return result;
  };
  const { pool } = world.db;
  const query = (client: { query: (...args: never[]) => unknown }) => ({
    query: (...args: never[]) => watch(args[0], client.query(...args) as Promise<unknown>),
  });
  const over = {
    ...query(pool),
    connect: async () => {
      const client = await pool.connect();
      return proxy(client, query(client));
    },
    interruption: async () => acting,
  };
  return proxy(pool, over);
}

/** The target, with some of its methods replaced; `instanceof` holds. */
function proxy<T extends object, O extends object>(target: T, over: O): T & O {
  const get = (_: T, key: string | symbol) => {
    if (Reflect.has(over, key)) return Reflect.get(over, key);
    const value = Reflect.get(target, key);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  return new Proxy(target, { get }) as T & O;
}

async function somebodyWaits(): Promise<boolean> {
  const { rowCount } = await world.db.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rowCount !== 0;
}

describe('a part of a transfer taken back', () => {
  it('leaves the payout completed, says how much, and tells somebody', async () => {
    const one = await completed();
    const { version } = await payoutOf(world, one.id);
    expect(await receive(world, reversed(one, 120))).toBe('applied');
    expect(await payoutOf(world, one.id)).toMatchObject({
      status: 'COMPLETED',
      amountReversedCents: 120,
      version,
    });
    expect(await partAlert(one.id)).toContain('1.20');
    const { rows } = await world.db.pool.query(
      `SELECT actor, action, after FROM audit_events WHERE chain = 'transfer:' || $1`,
      [one.transfer.id],
    );
    const after = { payoutId: one.id, amountReversedCents: 120 };
    expect(rows).toEqual([{ actor: 'stripe', action: 'transfer_partly_reversed', after }]);
  });

  it('is heard of before anything else: the payout is completed, less that part', async () => {
    const one = await made(world);
    expect(await receive(world, reversed(one, 120))).toBe('applied');
    await receive(world, created(one));
    await answered(one);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'COMPLETED', amountReversedCents: 120 });
    expect(await partAlert(one.id)).toContain('1.20');
    await receive(world, reversed(one, 300));
    expect(await partAlert(one.id)).toContain('3.00');
    expect(await alertsOf(world, one.id)).toHaveLength(1);
  });

  it('counts once, and the largest of several, in whatever order they come', async () => {
    const one = await completed();
    for (const cents of [300, 120, 300]) await receive(world, reversed(one, cents));
    expect((await payoutOf(world, one.id)).amountReversedCents).toBe(300);
    const alerts = await alertsOf(world, one.id);
    expect(alerts).toMatchObject([{ open: true, occurrences: 1 }]);
    expect(alerts[0]?.message).toContain('3.00');
  });

  it('needs nobody any more once all of it is taken back', async () => {
    const one = await completed();
    await receive(world, reversed(one, 120));
    await receive(world, reversed(one, 500));
    await expectTakenBack(one);
    expect(await alertsOf(world, one.id)).toMatchObject([{ open: false }]);
  });
});

describe('a payout that was taken back and is retried by an admin', () => {
  it('is paid by a new transfer, and hears no more of the first one', async () => {
    const one = await completed();
    await receive(world, reversed(one, 120));
    await world.simulator.reverse(one.transfer.id);
    await receive(world, reversed(one, 500));
    await retryPayout(world.deps, one.id, ADMIN);
    // It waits for a worker: the first transfer is nothing to it.
    expect(await receive(world, reversed(one, 500))).toBe('applied');
    await work(world);
    const second = (await transfersOf(world, one.id)).find(({ id }) => id !== one.transfer.id);
    const paid = await payoutOf(world, one.id);
    expect(paid).toMatchObject({
      status: 'COMPLETED',
      stripeTransferId: second?.id,
      amountReversedCents: 0,
      failureCode: null,
    });
    for (const event of [created(one), reversed(one, 120), reversed(one, 500)]) {
      expect(await receive(world, event)).toBe('applied');
    }
    await answered(one);
    expect(await payoutOf(world, one.id)).toEqual(paid);
    expect(await attemptsOf(world, one.id)).toMatchObject([
      { transferId: one.transfer.id, outcome: 'SUCCEEDED' },
      { transferId: second?.id, outcome: 'SUCCEEDED' },
    ]);
    expect((await alertsOf(world, one.id)).filter(({ open }) => open)).toEqual([]);
  });
});

const PARTS = [0, 100, 250, 400, 500];

it('ends in the same state in any order and multiplicity of the news', async () => {
  const news = fc.record({
    upTo: fc.integer({ min: 0, max: PARTS.length - 1 }),
    again: fc.array(fc.nat(10), { maxLength: 5 }),
    order: fc.infiniteStream(fc.nat(1_000)),
    atOnce: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(news, async ({ upTo, again, order, atOnce }) => {
      const one = await made(world);
      // Each event once at least, some of them again, and the response at any moment.
      const events = [created(one), ...PARTS.slice(1, upTo + 1).map((cents) => reversed(one, cents))];
      const told: (() => Promise<unknown>)[] = [() => answered(one)];
      for (const event of events) told.push(() => receive(world, event));
      for (const pick of again) told.push(() => receive(world, events[pick % events.length] ?? created(one)));
      const shuffled = told.map((tell) => ({ tell, at: order.next().value })).sort((a, b) => a.at - b.at);
      if (atOnce) await Promise.all(shuffled.map(({ tell }) => tell()));
      else for (const { tell } of shuffled) await tell();

      const cents = PARTS[upTo] ?? 0;
      if (cents === 500) return expectTakenBack(one);
      expect(await payoutOf(world, one.id)).toMatchObject({
        status: 'COMPLETED',
        stripeTransferId: one.transfer.id,
        amountReversedCents: cents,
      });
      expect((await partAlert(one.id)) !== undefined).toBe(cents > 0);
    }),
    { numRuns: 40 },
  );
});

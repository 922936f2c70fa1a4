// The relay: every subscriber gets all that follows its place in the log, each entry once and in order, whether it was
// there before, comes meanwhile, or comes without a wake-up.
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PayoutStatus } from '../../src/generated/prisma/enums.js';
import { endOfLog, historiesOf, type LogEntry, type Position } from '../../src/live/log.js';
import { UnknownCursorError } from '../../src/live/past.js';
import { createRelay, type Relay, type RelayOptions } from '../../src/live/relay.js';
import type { Wakeup } from '../../src/live/wakeup.js';
import {
  change,
  createLiveWorld,
  insert,
  type LiveWorld,
  localWakeup,
  logOf,
  newCreator,
  silent,
  take,
} from './support.js';

const NEVER_MS = 3_600_000;
/** Each test listens to a creator of its own: what an earlier one wrote may still come. */
const mine = { accepts: (entry: LogEntry) => entry.creatorId === creatorId };

let world: LiveWorld;
let creatorId: string;
const relays: Relay[] = [];

beforeAll(async () => {
  world = await createLiveWorld();
});
beforeEach(async () => {
  creatorId = await newCreator(world.db.pool);
});
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop();
});
afterAll(() => world.close());

async function startRelay(options: Partial<RelayOptions> = {}): Promise<{ relay: Relay; wakeup: Wakeup }> {
  const wakeup = localWakeup();
  const defaults = { pool: world.db.pool, wakeup, log: silent, pollMs: NEVER_MS, queueLimit: 10_000 };
  const relay = createRelay({ ...defaults, ...options });
  relays.push(relay);
  await relay.start();
  return { relay, wakeup: options.wakeup ?? wakeup };
}

/** Makes payouts and changes them, as long as it is let, and wakes the relay after each. */
async function writeOn(wakeup: Wakeup, rounds: number, between: (round: number) => void): Promise<void> {
  const [id = ''] = await insert(world.db.pool, creatorId);
  let status: PayoutStatus = 'PENDING';
  for (let round = 0; round < rounds; round++) {
    await Promise.all([
      insert(world.db.pool, creatorId),
      change(world.db.pool, id, status).then((next) => {
        status = next;
      }),
    ]);
    wakeup.send();
    between(round);
  }
}

/** The place of every entry by its name, as a subscriber is told it. */
async function placesOf(relay: Relay, after: Position, count: number): Promise<Position[]> {
  const stream = relay.subscribe({ ...mine, after });
  const places: Position[] = [];
  while (places.length < count) places.push((await stream.next()).value.position);
  await stream.return?.();
  return places;
}

describe('with a place to begin after', () => {
  it('replays what followed and goes on live, without a gap and without anything twice', async () => {
    const beginning = await endOfLog(world.db.pool);
    const { relay, wakeup } = await startRelay();
    // More than a page of the past, some of it in one transaction.
    for (const size of [400, 1, 300]) await insert(world.db.pool, creatorId, size);
    wakeup.send();
    const places = await placesOf(relay, beginning, 701);
    const streams: { skipped: number; taken: Promise<string[]> }[] = [];
    const rounds = 40;
    const total = 701 + 1 + 2 * rounds;
    await writeOn(wakeup, rounds, (round) => {
      const skipped = [0, 399, 400, 401, 690, 701][round % 6] ?? 0;
      const after = skipped === 0 ? beginning : (places[skipped - 1] ?? beginning);
      const stream = relay.subscribe({ ...mine, after });
      streams.push({ skipped, taken: take(stream, total - skipped) });
    });
    const log = await logOf(world.db.pool, creatorId);
    expect(log).toHaveLength(total);
    for (const { skipped, taken } of streams) expect(await taken).toEqual(log.slice(skipped));
  });

  it('gives only what is accepted, from the past and live', async () => {
    const { relay, wakeup } = await startRelay();
    const after = await endOfLog(world.db.pool);
    const [wanted = '', other = ''] = await insert(world.db.pool, creatorId, 2);
    const first = relay.subscribe({ ...mine, after });
    wakeup.send();
    await take(first, 2);
    const stream = relay.subscribe({ accepts: ({ payoutId }) => payoutId === wanted, after });
    expect(await take(stream, 1)).toEqual([`${wanted}:1`]);
    await change(world.db.pool, other, 'PENDING');
    await change(world.db.pool, wanted, 'PENDING');
    wakeup.send();
    expect(await take(stream, 1)).toEqual([`${wanted}:2`]);
  });

  it('that no log of ours has, says so and lets go', async () => {
    const { relay } = await startRelay();
    const stream = relay.subscribe({ ...mine, after: { xid: 2n ** 62n, id: 0n } });
    await expect(stream.next()).rejects.toThrow(UnknownCursorError);
    expect((await stream.next()).done).toBe(true);
  });

  it('from a payout’s history, whose turn has not come, is one', async () => {
    const { relay, wakeup } = await startRelay();
    const late = await world.db.pool.connect();
    await late.query('BEGIN');
    await insert(late, creatorId);
    const [id = ''] = await insert(world.db.pool, creatorId);
    const [shown] = await historiesOf(world.db.pool, [id]);
    const stream = relay.subscribe({ ...mine, after: shown?.position });
    const next = take(stream, 1);
    await change(world.db.pool, id, 'PENDING');
    await late.query('COMMIT');
    late.release();
    wakeup.send();
    expect(await next).toEqual([`${id}:2`]);
  });

  it('of an instance that is ahead, skips what was seen there', async () => {
    const { relay, wakeup } = await startRelay();
    const [seen] = await insert(world.db.pool, creatorId);
    const after = await vi.waitFor(async () => {
      const end = await endOfLog(world.db.pool);
      const { rows } = await world.db.pool.query('SELECT 1 FROM payout_events WHERE log_xid > $1', [end.xid]);
      expect(rows).toEqual([]);
      return end;
    });
    const stream = relay.subscribe({ ...mine, after });
    const [next] = await insert(world.db.pool, creatorId);
    wakeup.send();
    expect(await take(stream, 1)).toEqual([`${next}:1`]);
    expect(seen).not.toBe(next);
  });
});

describe('without a place', () => {
  it('begins with what happens from now on', async () => {
    const { relay, wakeup } = await startRelay();
    const stream = relay.subscribe(mine);
    const [id] = await insert(world.db.pool, creatorId);
    wakeup.send();
    expect(await take(stream, 1)).toEqual([`${id}:1`]);
  });

  it('is served by the poll alone when no wake-up comes', async () => {
    const { relay } = await startRelay({ pollMs: 10 });
    const stream = relay.subscribe(mine);
    for (let i = 0; i < 3; i++) {
      const [id] = await insert(world.db.pool, creatorId);
      expect(await take(stream, 1)).toEqual([`${id}:1`]);
    }
  });

  it('looks again for a late commit, although nobody wakes it again', async () => {
    let looks = 0;
    const query = (...args: unknown[]) =>
      (world.db.pool.query as (...rest: unknown[]) => Promise<unknown>)(...args).finally(() => looks++);
    const { relay, wakeup } = await startRelay({ pool: { query } as unknown as pg.Pool });
    const stream = relay.subscribe(mine);
    const late = await world.db.pool.connect();
    await late.query('BEGIN');
    const [first] = await insert(late, creatorId);
    const [second] = await insert(world.db.pool, creatorId);
    wakeup.send();
    const taken = take(stream, 2);
    // It has looked at least once, and in vain, after it was woken.
    const before = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 1)).catch(() => undefined);
    await late.query('COMMIT');
    late.release();
    expect(await taken).toEqual([`${first}:1`, `${second}:1`]);
  });
});

describe('a reader', () => {
  it('that is too slow is told so, while another gets everything', async () => {
    const { relay, wakeup } = await startRelay({ queueLimit: 3 });
    const [slow, fast] = [relay.subscribe(mine), relay.subscribe(mine)];
    const taken: string[] = [];
    for (let i = 0; i < 5; i++) {
      const [id] = await insert(world.db.pool, creatorId);
      wakeup.send();
      expect(await take(fast, 1)).toEqual([`${id}:1`]);
      taken.push(`${id}:1`);
    }
    expect(taken).toHaveLength(5);
    await expect(slow.next()).rejects.toMatchObject({ code: 'SLOW_READER' });
    expect((await slow.next()).done).toBe(true);
  });

  it.each([
    ['live', false],
    ['replaying', true],
  ])('that returns while it waits is ended: %s', async (_what, replaying) => {
    const { relay } = await startRelay();
    const after = replaying ? await endOfLog(world.db.pool) : undefined;
    const stream = relay.subscribe({ ...mine, after });
    const waiting = stream.next();
    await stream.return?.();
    expect((await waiting).done).toBe(true);
    expect((await stream.next()).done).toBe(true);
  });
});

describe('a reading that fails', () => {
  /** The pool, whose next queries of the log fail. */
  function failing(times: number): { pool: pg.Pool; left: () => number } {
    let left = 0;
    const query = (...args: unknown[]) => {
      if ((args[0] as { name?: string }).name === 'read-log' && left < times) {
        left += 1;
        return Promise.reject(new Error('the database is away'));
      }
      return (world.db.pool.query as (...rest: unknown[]) => unknown)(...args);
    };
    return { pool: { query } as unknown as pg.Pool, left: () => times - left };
  }

  it('is tried again, and nothing is lost', async () => {
    const { pool, left } = failing(3);
    const { relay } = await startRelay({ pool, pollMs: 10 });
    const stream = relay.subscribe(mine);
    const [id] = await insert(world.db.pool, creatorId);
    expect(await take(stream, 1)).toEqual([`${id}:1`]);
    expect(left()).toBe(0);
  });

  it('of the past is told to its reader, who is let go', async () => {
    const { relay, wakeup } = await startRelay();
    const after = await endOfLog(world.db.pool);
    const live = relay.subscribe(mine);
    const [id] = await insert(world.db.pool, creatorId);
    wakeup.send();
    expect(await take(live, 1)).toEqual([`${id}:1`]);
    const broken = createRelay({
      pool: failing(100).pool,
      wakeup: localWakeup(),
      log: silent,
      pollMs: NEVER_MS,
      queueLimit: 10,
    });
    relays.push(broken);
    await broken.start();
    const stream = broken.subscribe({ ...mine, after });
    await expect(stream.next()).rejects.toThrow('the database is away');
    expect((await stream.next()).done).toBe(true);
  });
});

describe('stop', () => {
  afterEach(() => void vi.useRealTimers());

  /** A log without entries, whose readings end when the test says so. */
  function idlePool() {
    let release = () => {};
    const empty = { rows: [{ horizon: '5', waiting: false, id: null }] };
    const query = vi.fn(async () => empty);
    const hold = () =>
      query.mockImplementationOnce(() => new Promise((done) => (release = () => done(empty))));
    return { pool: { query } as unknown as pg.Pool, query, hold, release: () => release() };
  }

  it('ends every subscriber, also one that comes later', async () => {
    const { relay } = await startRelay();
    const waiting = relay.subscribe(mine).next();
    await relay.stop();
    expect((await waiting).done).toBe(true);
    expect((await relay.subscribe(mine).next()).done).toBe(true);
  });

  it('waits for the reading under way and leaves no timer and no listener', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool, query, hold, release } = idlePool();
    const { relay, wakeup } = await startRelay({ pool });
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    hold();
    const calls = query.mock.calls.length;
    wakeup.send();
    await vi.waitFor(() => expect(query.mock.calls.length).toBe(calls + 1));
    const stopped = vi.fn();
    const stopping = relay.stop().then(stopped);
    await new Promise(setImmediate);
    expect(stopped).not.toHaveBeenCalled();
    release();
    await stopping;
    expect(vi.getTimerCount()).toBe(0);
    wakeup.send();
    await new Promise(setImmediate);
    expect(query.mock.calls.length).toBe(calls + 1);
  });
});

describe('whether it can be relied on', () => {
  it('is refused once the log could not be read for five seconds, and given again with the next reading', async () => {
    const cut = cuttable(world.db.pool);
    const { relay } = await startRelay({ pool: cut.pool, pollMs: 20 });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (const how of ['refused', 'unanswered'] as const) {
        cut.query(how);
        await vi.waitFor(() => expect(cut.cutOff).toBeGreaterThan(0), PATIENCE);
        vi.setSystemTime(Date.now() + 4_000);
        await expect(relay.check()).resolves.toBeUndefined();
        vi.setSystemTime(Date.now() + 1_100);
        await expect(relay.check()).rejects.toThrow(/last read \d+ ms ago/);
        expect(relay.lagMs()).toBeGreaterThan(5_000);
        cut.query('answered');
        await vi.waitFor(() => relay.check(), PATIENCE);
      }
    } finally {
      vi.useRealTimers();
    }
  });
});

const PATIENCE = { timeout: 5_000, interval: 10 };

/** A pool whose connections can be lost: what is asked is refused, or not answered until they are back. */
function cuttable(real: pg.Pool) {
  let how: 'answered' | 'refused' | 'unanswered' = 'answered';
  const release: (() => void)[] = [];
  const pool = {
    async query(...args: [never]) {
      if (how !== 'answered') cut.cutOff += 1;
      if (how === 'refused') throw new Error('Connection terminated unexpectedly');
      if (how === 'unanswered') await new Promise<void>((resolve) => release.push(resolve));
      return real.query(...args);
    },
  } as unknown as pg.Pool;
  const cut = {
    pool,
    /** Queries that were not answered. */
    cutOff: 0,
    query(next: typeof how) {
      how = next;
      cut.cutOff = 0;
      for (const tell of release.splice(0)) tell();
    },
  };
  return cut;
}

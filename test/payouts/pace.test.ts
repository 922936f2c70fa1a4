// The shared pace: whatever the workers and their batches, no two requests come closer than the rate allows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/db/connect.js';
import { paceQueueMs, reservePace } from '../../src/payouts/pace.js';
import { addCreator, createWorld, type World } from '../support/world.js';
import { expectPaidOnce } from './paid-once.js';
import { attemptsOf, pay, work } from './support.js';

let world: World;
let other: Database;
beforeAll(async () => {
  world = await createWorld();
  other = connect({ url: world.databaseUrl, poolSize: 5, onError: () => undefined });
});
afterAll(async () => {
  await other.close();
  await world.close();
});

/**
 * Reserves inside a transaction, whose lock makes the reservations follow one another, and notes the database's time of
 * it; so the moments can be told without a clock of ours.
 */
async function momentsOf(db: Database, name: string, perSecond: number, count: number): Promise<number[]> {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    const waits = await reservePace(client, name, perSecond, count);
    const { rows } = await client.query<{ ms: number }>(
      `SELECT (extract(epoch FROM next_at) * 1000)::float8 AS ms FROM stripe_pace WHERE name = $1`,
      [name],
    );
    await client.query('COMMIT');
    // The last moment ends where the next reservation may begin.
    const end = rows[0]?.ms ?? 0;
    const last = waits.at(-1) ?? 0;
    return waits.map((wait) => end - 1000 / perSecond - (last - wait));
  } finally {
    client.release();
  }
}

function expectApart(moments: number[], gapMs: number): void {
  const sorted = moments.toSorted((a, b) => a - b);
  for (const [i, moment] of sorted.entries()) {
    // A thousandth for what the database rounds to microseconds.
    if (i > 0) expect(moment - (sorted[i - 1] ?? 0)).toBeGreaterThanOrEqual(gapMs - 0.01);
  }
}

describe('reservations', () => {
  it('of two processes never come closer than the rate allows', async () => {
    const asked = Array.from({ length: 30 }, (_, i) =>
      momentsOf(i % 2 ? other : world.db, 'shared', 50, 1 + (i % 4)),
    );
    const moments = (await Promise.all(asked)).flat();
    expect(moments).toHaveLength(73);
    expectApart(moments, 20);
  });

  it('of one batch are a gap apart, the first at once', async () => {
    const waits = await reservePace(world.db.pool, 'batch', 10, 4);
    const [first = -1] = waits;
    expect(first).toBeLessThan(1);
    expect(waits.map((wait) => Math.round(wait - first))).toEqual([0, 100, 200, 300]);
  });

  it('wait for those made before, to the last moment of them', async () => {
    await reservePace(world.db.pool, 'queue', 1, 500);
    const [wait = 0] = await reservePace(other.pool, 'queue', 1, 1);
    expect(wait).toBeGreaterThan(400_000);
    expect(wait).toBeLessThanOrEqual(500_000);
  });

  it('hand on no moments that have passed unused', async () => {
    await world.db.pool.query(
      `INSERT INTO stripe_pace VALUES ('idle', clock_timestamp() - interval '1 hour')
       ON CONFLICT (name) DO UPDATE SET next_at = EXCLUDED.next_at`,
    );
    const moments = [await momentsOf(world.db, 'idle', 20, 3), await momentsOf(other, 'idle', 20, 3)].flat();
    expectApart(moments, 50);
    await reservePace(world.db.pool, 'idle', 0.01, 1);
    const { rows } = await world.db.pool.query<{ ahead: boolean }>(
      `SELECT next_at > clock_timestamp() AS ahead FROM stripe_pace WHERE name = 'idle'`,
    );
    expect(rows).toEqual([{ ahead: true }]);
  });

  it('of one endpoint do not slow another', async () => {
    await reservePace(world.db.pool, 'busy', 1, 1_000);
    const [wait = 1] = await reservePace(world.db.pool, 'free', 1, 1);
    expect(wait).toBeLessThan(1);
  });

  it('begin anew after the clock of the database was set back', async () => {
    await setQueue('set back', 3_600_000);
    const [wait = 1, next = 0] = await reservePace(world.db.pool, 'set back', 20, 2);
    expect(wait).toBeLessThan(1);
    expect(next - wait).toBe(50);
    const [after = 0] = await reservePace(world.db.pool, 'set back', 20, 1);
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(100);
  });
});

/** So long must whoever comes wait for all that was reserved before. */
async function setQueue(name: string, ms: number): Promise<void> {
  await world.db.pool.query(
    `INSERT INTO stripe_pace VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
     ON CONFLICT (name) DO UPDATE SET next_at = EXCLUDED.next_at`,
    [name, ms],
  );
}

describe('the queue', () => {
  it('is as long as what is reserved, and reserves nothing itself', async () => {
    await reservePace(world.db.pool, 'long', 1, 300);
    const [queued, again] = [await paceQueueMs(other.pool, 'long'), await paceQueueMs(other.pool, 'long')];
    expect(queued).toBeGreaterThan(200_000);
    expect(again).toBeLessThanOrEqual(queued);
    expect(queued).toBeLessThanOrEqual(300_000);
  });

  it.each([
    ['nobody has asked for yet', null, 0],
    ['that has passed', -5_000, 0],
    ['of a clock that was set back', 3_600_000, 600_000],
  ])('%s', async (name, ms, queued) => {
    if (ms !== null) await setQueue(name, ms);
    expect(await paceQueueMs(world.db.pool, name)).toBe(queued);
  });
});

/** Longer than a lease is for a batch that nobody else is before. */
const QUEUE_MS = 5_800;

it('four senders behind a long queue send everything in one round, at the rate', async () => {
  const { id: creatorId } = await addCreator(world);
  const ids: string[] = [];
  for (let i = 0; i < 16; i++) ids.push((await pay(world, { creatorId })).id);
  await setQueue('transfers.create', QUEUE_MS);
  const slow = { maxRps: 20, concurrency: 2, stripeTimeoutMs: 200 };
  const startedAt = performance.now();
  const taken = await Promise.all(Array.from({ length: 4 }, () => work(world, 'claimed', slow)));
  expect(performance.now() - startedAt).toBeGreaterThan(QUEUE_MS + 15 * 50 - 100);
  expect(taken.reduce((sum, n) => sum + n)).toBe(16);
  for (const id of ids) {
    await expectPaidOnce(world, id);
    expect(await attemptsOf(world, id)).toMatchObject([{ number: 1, sends: 1 }]);
  }
});

// The last entries in memory: who comes back soon is given its past from there, and the database is asked for nothing;
// who comes back later gets just the same from the database.
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { endOfLog, isBefore, type LogEntry, type Position } from '../../src/live/log.js';
import { RecentEntries } from '../../src/live/recent.js';
import { createRelay, type Relay } from '../../src/live/relay.js';
import {
  createLiveWorld,
  insert,
  type LiveWorld,
  localWakeup,
  logOf,
  newCreator,
  silent,
  take,
} from './support.js';

describe('the last entries', () => {
  const place = (number: number): Position => ({ xid: BigInt(number), id: 1n });
  const entries = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => ({ position: place(from + i) }) as LogEntry);
  const numbers = (found: readonly LogEntry[] | undefined) =>
    found?.map(({ position }) => Number(position.xid));

  it('are those after a place, whether it is an entry’s or lies between two', () => {
    const recent = new RecentEntries(10, place(5));
    recent.add(entries(6, 8), place(9));
    recent.add(entries(12, 13), place(20));
    const left = (number: number) => numbers(recent.after(place(number))?.entries);
    expect(left(5)).toEqual([6, 7, 8, 12, 13]);
    expect(left(7)).toEqual([8, 12, 13]);
    expect(left(10)).toEqual([12, 13]);
    expect(left(20)).toEqual([]);
    expect(recent.after(place(5))).toMatchObject({ position: place(20), more: false });
  });

  it('do not begin before the first place, or before what was let go', () => {
    const recent = new RecentEntries(3, place(5));
    expect(recent.after(place(4))).toBeNull();
    for (let number = 6; number < 100; number++) {
      recent.add(entries(number, number), place(number));
      // At least as many as the limit, less than twice as many, and all of them since then.
      const oldest = Array.from({ length: number }, (_, i) => i).find((i) => recent.after(place(i))) ?? 0;
      expect(number - oldest).toBeGreaterThanOrEqual(Math.min(3, number - 5));
      expect(number - oldest).toBeLessThan(6);
      expect(numbers(recent.after(place(oldest))?.entries)).toEqual(
        entries(oldest + 1, number).map(({ position }) => Number(position.xid)),
      );
    }
  });
});

const KEPT = 20;

let world: LiveWorld;
let relay: Relay;
const wakeup = localWakeup();
const query = vi.fn();
/** Readings of one creator's past. */
const readings = () => query.mock.calls.filter(([{ name }]) => name === 'read-log-of').length;

async function startRelay(): Promise<void> {
  const pool = { query } as unknown as pg.Pool;
  relay = createRelay({ pool, wakeup, log: silent, pollMs: 20, queueLimit: 1_000, recentLimit: KEPT });
  await relay.start();
}

const mine = (creatorId: string) => ({ creatorId, accepts: () => true });

/** Subscribes at each of these places at once. @returns what each was told, up to what there is */
async function comeBack(creatorId: string, places: readonly Position[]): Promise<string[][]> {
  const log = await entriesOf(creatorId);
  const left = (at: Position) => log.filter((position) => isBefore(at, position)).length;
  const streams = places.map((after) => relay.subscribe({ ...mine(creatorId), after }));
  const told = await Promise.all(streams.map((stream, i) => take(stream, left(places[i] as Position))));
  for (const stream of streams) await stream.return?.();
  return told;
}

async function entriesOf(creatorId: string): Promise<Position[]> {
  const { rows } = await world.db.pool.query<{ xid: string; id: string }>(
    'SELECT log_xid AS xid, id FROM payout_events WHERE creator_id = $1 ORDER BY log_xid, id',
    [creatorId],
  );
  return rows.map(({ xid, id }) => ({ xid: BigInt(xid), id: BigInt(id) }));
}

/** Writes and waits until the relay has handed all of it on. */
async function write(creatorId: string, count: number): Promise<void> {
  const stream = relay.subscribe(mine(creatorId));
  await insert(world.db.pool, creatorId, count);
  wakeup.send();
  await take(stream, count);
  await stream.return?.();
}

describe('who comes back', () => {
  beforeAll(async () => {
    world = await createLiveWorld();
    query.mockImplementation((...args: Parameters<pg.Pool['query']>) => world.db.pool.query(...args));
  });
  afterEach(async () => {
    await relay.stop();
    query.mockClear();
  });
  afterAll(() => world.close());

  it('after what is in memory is told from there; a hundred at once ask for nothing', async () => {
    await startRelay();
    const creatorId = await newCreator(world.db.pool);
    await write(creatorId, 10);
    const log = await logOf(world.db.pool, creatorId);
    const places = await entriesOf(creatorId);
    const all = Array.from({ length: 100 }, (_, i) => places[i % 10] as Position);
    const told = await comeBack(creatorId, all);
    expect(told).toEqual(all.map((_, i) => log.slice((i % 10) + 1)));
    expect(readings()).toBe(0);
  });

  it('from before that is told from the database, of its own only', async () => {
    await startRelay();
    const [creatorId, other] = [await newCreator(world.db.pool), await newCreator(world.db.pool)];
    const beginning = await endOfLog(world.db.pool);
    await write(creatorId, 3);
    await write(other, 2 * KEPT);
    await write(creatorId, 3);
    const log = await logOf(world.db.pool, creatorId);
    const places = await entriesOf(creatorId);
    const told = await comeBack(creatorId, [beginning, places[1] as Position]);
    expect(told).toEqual([log, log.slice(2)]);
    expect(readings()).toBe(2);
    expect(await comeBack(creatorId, [places[3] as Position])).toEqual([log.slice(4)]);
    expect(readings()).toBe(2);
  });

  it('to a process that has just begun is told what was before it', async () => {
    const creatorId = await newCreator(world.db.pool);
    const beginning = await endOfLog(world.db.pool);
    await insert(world.db.pool, creatorId, 700);
    await startRelay();
    await vi.waitFor(async () => {
      const last = (await entriesOf(creatorId)).at(-1) as Position;
      expect(isBefore(relay.position(), last)).toBe(false);
    });
    const [told] = await comeBack(creatorId, [beginning]);
    expect(told).toEqual(await logOf(world.db.pool, creatorId));
  });
});

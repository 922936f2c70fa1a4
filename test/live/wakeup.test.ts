// Wake-ups through a real Redis: one instance's change is read by another at once; and a Redis that is away, at the
// start or in the middle, costs a moment and nothing else.
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { freePort } from '../../src/dev/embedded-postgres/free-port.js';
import { createRelay, type Relay } from '../../src/live/relay.js';
import { createWakeup, type Wakeup } from '../../src/live/wakeup.js';
import { startOwnRedis, type TestRedis } from '../support/redis.js';
import { createLiveWorld, insert, type LiveWorld, newCreator, silent, take } from './support.js';

const NEVER_MS = 3_600_000;
const SOON = { timeout: 10_000, interval: 20 };

let world: LiveWorld;
const stops: (() => Promise<unknown>)[] = [];
const unhandled: unknown[] = [];
const collect = (reason: unknown) => void unhandled.push(reason);

beforeAll(async () => {
  world = await createLiveWorld();
  process.on('unhandledRejection', collect);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  expect(unhandled.splice(0)).toEqual([]);
});
afterAll(async () => {
  process.off('unhandledRejection', collect);
  await world.close();
});

interface Instance {
  relay: Relay;
  wakeup: Wakeup;
  /** How often it was woken. */
  woken: () => number;
}

/** An instance with a database pool of its own. */
async function startInstance(redisUrl: string, pollMs = NEVER_MS): Promise<Instance> {
  const wakeup = createWakeup(redisUrl, silent);
  stops.push(() => wakeup.close());
  const relay = createRelay({ pool: world.another().pool, wakeup, log: silent, pollMs, queueLimit: 1_000 });
  stops.push(() => relay.stop());
  await relay.start();
  let woken = 0;
  wakeup.listen(() => void woken++);
  return { relay, wakeup, woken: () => woken };
}

/** Resolves once a wake-up of the one reaches the other; SUBSCRIBE is not waited for. */
async function hears(listener: Instance, sender: Instance): Promise<void> {
  const before = listener.woken();
  await vi.waitFor(() => {
    sender.wakeup.send();
    expect(listener.woken()).toBeGreaterThan(before);
  }, SOON);
}

async function ownRedis(port?: number): Promise<TestRedis> {
  const redis = await startOwnRedis(port);
  stops.push(() => redis.stop());
  return redis;
}

/** A change that is written through one instance, and what another one's new subscriber gets of it. */
async function travels(from: Instance, to: Instance): Promise<void> {
  const creatorId = await newCreator(world.db.pool);
  const stream = to.relay.subscribe({ accepts: (entry) => entry.creatorId === creatorId });
  const [id] = await insert(world.db.pool, creatorId);
  from.wakeup.send();
  expect(await take(stream, 1)).toEqual([`${id}:1`]);
  await stream.return?.();
}

describe('with Redis', () => {
  it('a change through one instance wakes the other at once, and the one that made it', async () => {
    const url = inject('redisUrl');
    const [one, other] = [await startInstance(url), await startInstance(url)];
    await hears(other, one);
    await hears(one, other);
    await travels(one, other);
    await travels(other, one);
    await travels(one, one);
  });

  it('many wake-ups at once become few, and the last one is not lost', async () => {
    const { url } = await ownRedis();
    const [one, other] = [await startInstance(url), await startInstance(url)];
    await hears(other, one);
    const before = other.woken();
    for (let i = 0; i < 1_000; i++) one.wakeup.send();
    await travels(one, other);
    expect(other.woken() - before).toBeLessThan(20);
  });
});

describe('without Redis', () => {
  it('at the start: polling delivers, and wake-ups work once it is there', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const [one, poller] = [await startInstance(url), await startInstance(url, 20)];
    await travels(one, poller);
    const late = await startInstance(url);
    await ownRedis(port);
    await hears(late, one);
    await travels(one, late);
  });

  it('in the middle: polling delivers, and wake-ups work again after its return', async () => {
    const redis = await ownRedis();
    const [one, other] = [await startInstance(redis.url), await startInstance(redis.url)];
    const poller = await startInstance(redis.url, 20);
    await hears(other, one);
    await redis.stop();
    for (let i = 0; i < 10; i++) expect(() => one.wakeup.send()).not.toThrow();
    await travels(one, poller);
    await ownRedis(Number(new URL(redis.url).port));
    await hears(other, one);
    await travels(one, other);
  });

  it('a listener that goes while Redis is away leaves nothing unhandled', async () => {
    const port = await freePort();
    const wakeup = createWakeup(`redis://127.0.0.1:${port}`, silent);
    const unlisten = wakeup.listen(() => undefined);
    unlisten();
    unlisten();
    wakeup.send();
    await wakeup.close();
    await new Promise(setImmediate);
  });
});

describe('within one process', () => {
  it('wakes who listens, until it no longer does', async () => {
    const wakeup = createWakeup(undefined, silent);
    const woken = vi.fn();
    const unlisten = wakeup.listen(woken);
    wakeup.send();
    await vi.waitFor(() => expect(woken).toHaveBeenCalledTimes(1));
    unlisten();
    unlisten();
    await new Promise(setImmediate);
    wakeup.send();
    await new Promise(setImmediate);
    expect(woken).toHaveBeenCalledTimes(1);
  });
});

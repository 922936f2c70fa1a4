// The counting itself: exact among parallel calls and instances, and going on while Redis is away.
import { randomUUID } from 'node:crypto';
import { afterEach, expect, inject, test, vi } from 'vitest';
import { freePort } from '../../src/dev/embedded-postgres/free-port.js';
import { createRateLimits, type RateLimits } from '../../src/http/rate-limit.js';
import { watchedLog } from '../support/canary.js';
import { openLink } from '../support/link.js';
import { startOwnRedis } from '../support/redis.js';

const log = watchedLog();
const RATES = { queries: { points: 20, seconds: 60 }, mutations: { points: 5, seconds: 60 } };

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function open(redisUrl: string | undefined, rates = RATES): Promise<RateLimits> {
  const limits = await createRateLimits({ redisUrl, ...rates, log });
  stops.push(limits.close);
  return limits;
}

/** How many of `count` parallel calls, spread over the instances, pass. */
async function passing(instances: RateLimits[], caller: string, kind: 'query' | 'mutation', count: number) {
  const calls = Array.from({ length: count }, (_, n) =>
    instances[n % instances.length]?.take(caller, kind, 1),
  );
  return (await Promise.all(calls)).filter((seconds) => seconds === 0).length;
}

test.each(['in this process', 'in Redis'])('counted %s: exactly as many as there are pass', async (where) => {
  const limits = await open(where === 'in Redis' ? inject('redisUrl') : undefined);
  const caller = randomUUID();
  expect(await passing([limits], caller, 'query', 100)).toBe(20);
  expect(await passing([limits], caller, 'mutation', 100)).toBe(5);
  expect(await passing([limits], randomUUID(), 'query', 100)).toBe(20);
});

test('instances share one count', async () => {
  const instances = [
    await open(inject('redisUrl')),
    await open(inject('redisUrl')),
    await open(inject('redisUrl')),
  ];
  expect(await passing(instances, randomUUID(), 'query', 200)).toBe(20);
});

test('who has to wait is told until when, and may go on then', async () => {
  const rates = { ...RATES, queries: { points: 1, seconds: 1 } };
  const limits = await open(inject('redisUrl'), rates);
  const caller = randomUUID();
  expect(await limits.take(caller, 'query', 1)).toBe(0);
  expect(await limits.take(caller, 'query', 1)).toBe(1);
  await vi.waitFor(async () => expect(await limits.take(caller, 'query', 1)).toBe(0), {
    timeout: 3_000,
    interval: 50,
  });
});

test('several points at once', async () => {
  const limits = await open(undefined);
  const caller = randomUUID();
  expect(await limits.take(caller, 'mutation', 3)).toBe(0);
  expect(await limits.take(caller, 'mutation', 3)).toBeGreaterThan(0);
});

test('a Redis that is not there refuses nobody, and the limit holds in each instance', async () => {
  const limits = await open(`redis://127.0.0.1:${await freePort()}`);
  expect(await passing([limits], randomUUID(), 'query', 100)).toBe(20);
});

test('a Redis that goes away and comes back: counted here meanwhile, together again afterwards', async () => {
  const redis = await startOwnRedis();
  const instances = [await open(redis.url), await open(redis.url)];
  expect(await passing(instances, 'before', 'query', 100)).toBe(20);
  await redis.stop();
  // Each of the two counts for itself.
  await vi.waitFor(async () => expect(await passing(instances, randomUUID(), 'query', 100)).toBe(40), {
    timeout: 5_000,
  });
  const again = await startOwnRedis(Number(new URL(redis.url).port));
  stops.push(() => again.stop());
  await vi.waitFor(async () => expect(await passing(instances, randomUUID(), 'query', 100)).toBe(20), {
    timeout: 10_000,
  });
});

test('a Redis that hangs holds up one request, and no other until it is back', async () => {
  const link = await openLink(inject('redisUrl'));
  stops.push(link.close);
  const limits = await open(link.url);
  const lasting = async () => {
    const began = performance.now();
    expect(await limits.take(randomUUID(), 'query', 1)).toBe(0);
    return performance.now() - began;
  };
  link.freeze();
  expect(await lasting()).toBeGreaterThan(200);
  // As long as all of them together would not wait for it once.
  for (let n = 0; n < 20; n += 1) expect(await lasting()).toBeLessThan(100);
  link.thaw();
  const other = await open(inject('redisUrl'));
  await vi.waitFor(async () => expect(await passing([limits, other], randomUUID(), 'query', 100)).toBe(20), {
    timeout: 5_000,
  });
});

// Two instances and a real Redis that is killed, comes back, and loses what it publishes: every subscriber of either
// instance has the whole history in the end, each change once and in order, and every payout is paid once.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPayout, fromTheStart, globalId, signedInCreator } from '../graphql/ask.js';
import { RawSocket } from '../graphql/raw-socket.js';
import { openEvents } from '../graphql/sse.js';
import { changesOf, type ToldChange } from '../live/support.js';
import { expectInvariants } from '../payouts/invariants.js';
import { startOwnRedis, type TestRedis } from '../support/redis.js';
import { type RedisProxy, startRedisProxy } from '../support/redis-proxy.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import type { TestCreator } from '../support/world.js';

const PATIENCE = { timeout: 30_000, interval: 50 };
/** Each payout is created, taken up and paid. */
const CHANGES_EACH = 3;

let redis: TestRedis;
let proxy: RedisProxy;
let one: RunningApp;
let other: RunningApp;

beforeAll(async () => {
  redis = await startOwnRedis();
  proxy = await startRedisProxy(portOf(redis));
  one = await runApp({ REDIS_URL: proxy.url });
  other = await runApp({ REDIS_URL: proxy.url, ROLE: 'api' }, one);
  await one.world.simulator.setBalance(100_000_000);
});
afterAll(async () => {
  await other?.close();
  await one?.close();
  await proxy?.close();
  await redis?.stop();
});

const portOf = ({ url }: TestRedis) => Number(new URL(url).port);

const QUERY = `subscription ($of: ID, $after: String) { payoutStatusChanged(filter: { creatorId: $of }, after: $after) {
  cursor status payout { reference } } }`;

/** Of either instance: over a socket from now on and from the start, and over server-sent events. */
async function subscribers({ id }: TestCreator): Promise<{ seen: ToldChange[][]; end(): void }> {
  const from = (after?: string) => ({
    query: QUERY,
    variables: { of: globalId('Creator', id), ...(after && { after }) },
  });
  const seen: ToldChange[][] = [];
  const ends: (() => void)[] = [];
  for (const app of [one, other]) {
    const token = await app.token(ADMIN);
    const socket = await RawSocket.signedIn(app.url, token);
    const start = await fromTheStart(app);
    for (const operation of [from(), from(start)]) {
      const mine: ToldChange[] = [];
      const name = `${seen.push(mine)}`;
      socket.socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.id === name) mine.push(toldOf(message.payload));
      });
      socket.subscribe(name, operation);
    }
    const { events, abort } = await openEvents(app.url, from(start), token);
    const theirs: ToldChange[] = [];
    seen.push(theirs);
    const read = async () => {
      for await (const event of events) theirs.push(toldOf(event));
    };
    // It ends by being cut off, by the test.
    void read().catch(() => undefined);
    ends.push(() => socket.socket.terminate(), abort);
  }
  return { seen, end: () => void ends.map((end) => end()) };
}

// biome-ignore lint/suspicious/noExplicitAny: what is no change fails the comparison
function toldOf(result: any): ToldChange {
  const { cursor, status, payout } = result?.data?.payoutStatusChanged ?? result;
  return { cursor, status, reference: payout?.reference };
}

/** Payouts through both instances in turn, several at a time. `between` is told how many there are. */
async function pay(creator: TestCreator, count: number, between?: (made: number) => Promise<void> | void) {
  let made = 0;
  const work = async () => {
    while (made < count) {
      const number = made++;
      await between?.(number);
      const created = await createPayout(number % 2 ? one : other, { creatorId: creator.id });
      expect(created.__typename).toBe('CreatePayoutPayload');
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function expectWholeHistory(creator: TestCreator, seen: readonly ToldChange[][], payouts: number) {
  const { pool } = one.world.db;
  const done = async () => expect(await changesOf(pool, creator.id)).toHaveLength(payouts * CHANGES_EACH);
  await vi.waitFor(done, PATIENCE);
  const log = await changesOf(pool, creator.id);
  expect(log.filter(({ status }) => status === 'COMPLETED')).toHaveLength(payouts);
  const told = () => expect(seen.map(({ length }) => length)).toEqual(seen.map(() => log.length));
  await vi.waitFor(told, PATIENCE);
  for (const mine of seen) expect(mine).toEqual(log);
}

test('a change that is made through one instance reaches the subscribers of both', async () => {
  const creator = await signedInCreator(one);
  const { seen, end } = await subscribers(creator);
  await pay(creator, 2);
  await expectWholeHistory(creator, seen, 2);
  end();
});

test('Redis is killed and comes back in the middle of a thousand changes: nobody misses one', async () => {
  const creator = await signedInCreator(one);
  const { seen, end } = await subscribers(creator);
  const payouts = 334;
  await pay(creator, payouts, async (made) => {
    if (made === 100) await redis.stop();
    if (made === 220) redis = await startOwnRedis(portOf(redis));
  });
  await expectWholeHistory(creator, seen, payouts);
  end();
  await expectInvariants(one.world);
}, 60_000);

test('what Redis publishes is lost for a while, and nobody is told: nobody misses a change', async () => {
  const creator = await signedInCreator(one);
  const { seen, end } = await subscribers(creator);
  const before = proxy.swallowed;
  proxy.swallowing = true;
  await pay(creator, 20);
  // As long as all is lost, too.
  await expectWholeHistory(creator, seen, 20);
  expect(proxy.swallowed).toBeGreaterThan(before);
  await pay(creator, 40, (made) => {
    proxy.swallowing = made % 10 < 5;
  });
  proxy.swallowing = false;
  await expectWholeHistory(creator, seen, 60);
  end();
  await expectInvariants(one.world);
}, 60_000);

// Alerts as they change: whatever order transactions begin and commit in, and whatever wake-up is lost, everybody who
// listens ends with each alert as it stands.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Queryable } from '../../src/db/connect.js';
import type { Alert } from '../../src/generated/prisma/client.js';
import { type AlertFeed, type AlertFeedOptions, createAlertFeed } from '../../src/live/alert-feed.js';
import { endOfLog, type Position } from '../../src/live/log.js';
import type { Wakeup } from '../../src/live/wakeup.js';
import { acknowledgeAlert, raiseAlert, resolveAlert } from '../../src/payouts/alerts.js';
import { createLiveWorld, type LiveWorld, localWakeup, silent } from './support.js';

const NEVER_MS = 3_600_000;
const RULE = 'payout_stuck';

let world: LiveWorld;
let late: pg.Client;
const feeds: AlertFeed[] = [];

beforeAll(async () => {
  world = await createLiveWorld();
  late = new pg.Client({ connectionString: world.url });
  await late.connect();
});
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});
afterAll(async () => {
  await late.end();
  await world.close();
});

async function startFeed(
  options: Partial<AlertFeedOptions> = {},
): Promise<{ feed: AlertFeed; wakeup: Wakeup }> {
  const wakeup = localWakeup();
  const place: Position = await endOfLog(world.db.pool);
  const defaults = { pool: world.db.pool, wakeup, position: () => place, log: silent, pollMs: NEVER_MS };
  const feed = createAlertFeed({ ...defaults, ...options });
  feeds.push(feed);
  return { feed, wakeup };
}

const raise = (db: Queryable, key: string) => raiseAlert(db, { rule: RULE, key, message: 'Look here.' });

/** Keeps what it is told of the alerts with these keys. */
function listen(feed: AlertFeed, accepts: (key: string) => boolean) {
  const stream = feed.listen();
  const heard: Alert[] = [];
  const read = (async () => {
    for await (const alert of stream) if (accepts(alert.key)) heard.push(alert);
  })();
  return { heard, read, leave: () => stream.return?.() };
}

const of = (key: string) => (other: string) => other === key;

describe('an alert', () => {
  it('is told of when it is raised, updated, acknowledged and resolved, in order', async () => {
    const { feed, wakeup } = await startFeed();
    const key = randomUUID();
    const { heard } = listen(feed, of(key));
    const steps: (() => Promise<unknown>)[] = [
      () => raise(world.db.pool, key),
      () => raise(world.db.pool, key),
      () => acknowledgeAlert(world.db.pool, heard[0]?.id ?? '', { name: 'ann' }),
      () => resolveAlert(world.db.pool, RULE, key),
    ];
    for (const [i, step] of steps.entries()) {
      await step();
      wakeup.send();
      await expect.poll(() => heard.length).toBe(i + 1);
    }
    expect(heard).toMatchObject([
      { occurrences: 1, acknowledgedAt: null, resolvedAt: null, openedAt: expect.any(Date), payoutId: null },
      { occurrences: 2, acknowledgedAt: null, resolvedAt: null },
      { occurrences: 2, acknowledgedBy: 'ann', resolvedAt: null },
      { occurrences: 2, acknowledgedBy: 'ann', resolvedAt: expect.any(Date) },
    ]);
    const { rows } = await world.db.pool.query('SELECT log_xid FROM alerts WHERE key = $1', [key]);
    const found = await world.db.prisma.alert.findFirstOrThrow({ where: { key } });
    expect(heard.at(-1)).toEqual(found);
    expect(found.logXid).toBe(BigInt(rows[0].log_xid));
  });

  it('is told of without a wake-up', async () => {
    const { feed } = await startFeed({ pollMs: 50 });
    const key = randomUUID();
    const { heard } = listen(feed, of(key));
    await raise(world.db.pool, key);
    await expect.poll(() => heard.length).toBe(1);
    await raise(world.db.pool, key);
    await expect.poll(() => heard.length).toBe(2);
  });

  it('that changes right after somebody listens is not missed, nor one that was not read before', async () => {
    const { feed, wakeup } = await startFeed();
    const [before, after] = [randomUUID(), randomUUID()];
    await raise(world.db.pool, before);
    const { heard } = listen(feed, (key) => key === before || key === after);
    await raise(world.db.pool, after);
    wakeup.send();
    await expect.poll(() => new Set(heard.map(({ key }) => key))).toEqual(new Set([before, after]));
  });

  it('that came from another server, with a number that this one has not reached, is not told of', async () => {
    const { feed, wakeup } = await startFeed();
    const [loaded, key] = [randomUUID(), randomUUID()];
    await late.query('SET session_replication_role = replica');
    await raise(late, loaded);
    await late.query('UPDATE alerts SET log_xid = 2 ^ 40 WHERE key = $1', [loaded]);
    await late.query('SET session_replication_role = DEFAULT');
    const { heard } = listen(feed, (one) => one === loaded || one === key);
    await raise(world.db.pool, key);
    wakeup.send();
    await expect.poll(() => heard.map((alert) => alert.key)).toEqual([key]);
  });

  it('is told of though its reading failed', async () => {
    let failing = true;
    const query = (...args: unknown[]) =>
      failing
        ? Promise.reject(new Error('gone'))
        : (world.db.pool.query as (...a: unknown[]) => unknown)(...args);
    const { feed } = await startFeed({ pool: { query } as unknown as pg.Pool, pollMs: 50 });
    const key = randomUUID();
    const { heard } = listen(feed, of(key));
    await raise(world.db.pool, key);
    failing = false;
    await expect.poll(() => heard.length).toBe(1);
  });
});

describe('a late commit', () => {
  it('is told of when it comes, and nothing waits for it', async () => {
    const { feed, wakeup } = await startFeed();
    const [slow, quick] = [randomUUID(), randomUUID()];
    const { heard } = listen(feed, (key) => key === slow || key === quick);
    await late.query('BEGIN');
    await raise(late, slow);
    await raise(world.db.pool, quick);
    wakeup.send();
    await expect.poll(() => heard.map(({ key }) => key)).toEqual([quick]);
    await late.query('COMMIT');
    wakeup.send();
    await expect.poll(() => heard.map(({ key }) => key)).toEqual([quick, slow]);
  });

  it('of an old transaction, that changes what a newer one has changed, is told of', async () => {
    const { feed, wakeup } = await startFeed();
    const key = randomUUID();
    const { heard } = listen(feed, of(key));
    await late.query('BEGIN');
    await raise(late, randomUUID());
    await raise(world.db.pool, key);
    wakeup.send();
    await expect.poll(() => heard.length).toBe(1);
    await raise(late, key);
    await late.query('COMMIT');
    wakeup.send();
    await expect.poll(() => heard.map(({ occurrences }) => occurrences)).toEqual([1, 2]);
    expect(heard[1]?.logXid).toBeLessThan(heard[0]?.logXid ?? 0n);
  });
});

it('many that change at once are all told of, each once, though they are more than are read at once', async () => {
  const { feed, wakeup } = await startFeed();
  const prefix = randomUUID();
  const { heard } = listen(feed, (key) => key.startsWith(prefix));
  await world.db.pool.query(
    `INSERT INTO alerts (rule, key, message, open_key)
     SELECT 'payout_stuck', $1 || n, 'Look.', $1 || n FROM generate_series(1, 1200) n`,
    [prefix],
  );
  wakeup.send();
  await expect.poll(() => new Set(heard.map(({ id }) => id)).size).toBe(1_200);
  expect(heard).toHaveLength(1_200);
});

it('who does not read is told of each alert once, as it stands then; the others have heard all', async () => {
  const { feed, wakeup } = await startFeed();
  const [busy, calm] = [randomUUID(), randomUUID()];
  const slow = feed.listen();
  const { heard } = listen(feed, (key) => key === busy || key === calm);
  for (const [i, key] of [busy, busy, calm, busy].entries()) {
    await raise(world.db.pool, key);
    wakeup.send();
    await expect.poll(() => heard.length).toBe(i + 1);
  }
  const told: Alert[] = [];
  while (told.at(-1)?.key !== calm) told.push((await slow.next()).value);
  expect(told.filter(({ key }) => key === busy)).toMatchObject([{ occurrences: 3 }]);
});

describe('letting go', () => {
  it('the last who leaves ends the reading; who comes then is told again', async () => {
    const asked = vi.fn();
    const query = (...args: unknown[]) => {
      asked();
      return (world.db.pool.query as (...a: unknown[]) => unknown)(...args);
    };
    const inner = localWakeup();
    let awake = 0;
    const wakeup: Wakeup = {
      ...inner,
      listen(onWake) {
        awake++;
        const end = inner.listen(onWake);
        return () => {
          awake--;
          end();
        };
      },
    };
    const { feed } = await startFeed({ pool: { query } as unknown as pg.Pool, wakeup, pollMs: 20 });
    const [one, other] = [listen(feed, () => true), listen(feed, () => true)];
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    expect([feed.listeners, awake]).toEqual([2, 1]);
    await one.leave();
    expect([feed.listeners, awake]).toEqual([1, 1]);
    await other.leave();
    await Promise.all([one.read, other.read]);
    expect([feed.listeners, awake]).toEqual([0, 0]);
    const key = randomUUID();
    const again = listen(feed, of(key));
    await raise(world.db.pool, key);
    // What changed just before may be told twice.
    await expect.poll(() => again.heard.length).toBeGreaterThanOrEqual(1);
    await again.leave();
    // What is under way ends; another reading would come within the interval.
    await sleep(200);
    asked.mockClear();
    inner.send();
    await sleep(200);
    expect(asked).not.toHaveBeenCalled();
  });

  it('the end of the process ends every reader, and who comes after it', async () => {
    const { feed } = await startFeed();
    const { read } = listen(feed, () => true);
    await feed.stop();
    await read;
    expect((await feed.listen().next()).done).toBe(true);
    expect(feed.listeners).toBe(0);
  });
});

const SESSIONS = 3;
const KEYS = 4;
const session = fc.nat(SESSIONS - 1);
const stepArb = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('begin' as const), session }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('change' as const), session, key: fc.nat(KEYS - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'rollback' as const), session }),
  },
);
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

/** Changes what no other transaction holds; waits for nobody. */
const CHANGE = `UPDATE alerts SET occurrences = occurrences + 1
  WHERE id = (SELECT id FROM alerts WHERE key = $1 FOR UPDATE SKIP LOCKED)`;

async function take(step: Step, clients: pg.Client[], keys: string[], wakeup: Wakeup): Promise<void> {
  if (step.do === 'read') return wakeup.send();
  const client = clients[step.session];
  // Its number is taken here: whoever changes an alert later may have an earlier one.
  if (step.do === 'begin') await client?.query('BEGIN; SELECT pg_current_xact_id()');
  else if (step.do === 'change') await client?.query(CHANGE, [keys[step.key]]);
  else await client?.query(step.do.toUpperCase());
}

it('after any history of open transactions each alert was told of as it stands', async () => {
  const clients = Array.from({ length: SESSIONS }, () => new pg.Client({ connectionString: world.url }));
  await Promise.all(clients.map((client) => client.connect()));
  const { feed, wakeup } = await startFeed();
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 10, maxLength: 40 }), async (steps) => {
      const keys = Array.from({ length: KEYS }, (): string => randomUUID());
      for (const key of keys) await raise(world.db.pool, key);
      const { heard, leave } = listen(feed, (key) => keys.includes(key));
      for (const step of steps) await take(step, clients, keys, wakeup);
      for (const client of clients) await client.query('COMMIT');
      wakeup.send();
      const { rows } = await world.db.pool.query('SELECT key, occurrences FROM alerts WHERE key = ANY($1)', [
        keys,
      ]);
      const stand = new Map(rows.map(({ key, occurrences }) => [key, occurrences]));
      await expect.poll(() => new Map(heard.map((one) => [one.key, one.occurrences]))).toEqual(stand);
      await leave();
    }),
    { numRuns: 20, endOnFailure: true },
  );
  await Promise.all(clients.map((client) => client.end()));
});

// GET /metrics: what Prometheus reads, with the real numbers of subscriptions over both transports.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPayout, signedInCreator, take } from '../graphql/ask.js';
import { openStream } from '../graphql/sse.js';
import { openLink } from '../support/link.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { openClient } from '../support/world.js';

const WATCH = { query: 'subscription { payoutStatusChanged { status } }' };

let app: RunningApp;
let worker: RunningApp;
let admin: string;

beforeAll(async () => {
  [app, worker] = await Promise.all([runApp(), runApp({ ROLE: 'worker' })]);
  admin = await app.token(ADMIN);
});
afterAll(() => Promise.all([app.close(), worker.close()]));

/** The value of a metric without labels. */
async function readingOf(name: string, of = app): Promise<number> {
  const text = await (await fetch(`${of.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

test('it is in the format of Prometheus, with a word on each metric, and kept by no cache', async () => {
  const response = await fetch(`${app.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  for (const name of ['subscriptions_active', 'subscription_lag_seconds', 'process_resident_memory_bytes']) {
    expect(text).toMatch(
      new RegExp(`^# HELP ${name} .{10}.*\n# TYPE ${name} gauge\n${name} [\\d.e+-]+$`, 'm'),
    );
  }
});

test('it can be read and nothing else', async () => {
  expect((await fetch(`${app.url}/metrics`, { method: 'POST' })).status).toBe(405);
});

describe('subscriptions_active', () => {
  test('counts those over both transports, and no more those that have ended', async () => {
    expect(await readingOf('subscriptions_active')).toBe(0);
    const client = app.socket(admin);
    const [one, two] = [client.iterate(WATCH), client.iterate(WATCH)];
    const stream = await openStream(app.url, WATCH, admin);
    await expect.poll(() => readingOf('subscriptions_active')).toBe(3);
    await one.return?.();
    await expect.poll(() => readingOf('subscriptions_active')).toBe(2);
    stream.abort();
    await expect.poll(() => readingOf('subscriptions_active')).toBe(1);
    await two.return?.();
    await client.dispose();
    await expect.poll(() => readingOf('subscriptions_active')).toBe(0);
  });

  test('counts neither a socket without subscriptions nor a subscription that was refused', async () => {
    const client = app.socket(admin);
    client.iterate(WATCH);
    await take(client.iterate({ query: '{ viewer { role } }' }), 1);
    const refused = await openStream(app.url, { query: 'subscription { nothing }' }, admin);
    for await (const { errors } of refused) expect(errors).toHaveLength(1);
    expect(await readingOf('subscriptions_active')).toBe(1);
    await client.dispose();
    await expect.poll(() => readingOf('subscriptions_active')).toBe(0);
  });

  test('is each process’s own', async () => {
    const stream = await openStream(app.url, WATCH, admin);
    await expect.poll(() => readingOf('subscriptions_active')).toBe(1);
    expect(await readingOf('subscriptions_active', worker)).toBe(0);
    stream.abort();
  });
});

describe('subscription_lag_seconds', () => {
  test('grows while a transaction that began earlier holds changes back; the next change is told at once', async () => {
    const creator = await signedInCreator(app);
    const holder = await openClient(app.world);
    await holder.query('BEGIN');
    await holder.query('SELECT pg_current_xact_id()');
    await createPayout(app, { creatorId: creator.id });
    await expect.poll(() => readingOf('subscription_lag_seconds')).toBeGreaterThan(1);
    await holder.query('COMMIT');
    await holder.end();
    await createPayout(app, { creatorId: creator.id });
    await expect.poll(() => readingOf('subscription_lag_seconds')).toBeLessThan(0.5);
  });
});

test('a worker has them too', async () => {
  expect(await readingOf('subscription_lag_seconds', worker)).toBeLessThan(60);
  expect(await readingOf('process_resident_memory_bytes', worker)).toBeGreaterThan(1_000_000);
});

test('a database that hangs or is gone holds no scrape up: what the process knows is told, the rest is left out', async () => {
  const link = await openLink(app.world.databaseUrl);
  const cut = await runApp({ ROLE: 'api', DATABASE_URL: link.url }, app);
  const up = () => readingOf('payouts_scrape_database_up', cut);
  await expect.poll(up).toBe(1);
  link.freeze();
  await expect.poll(up).toBe(0);
  expect(await readingOf('payouts_due', cut)).toBeNaN();
  expect(await readingOf('process_resident_memory_bytes', cut)).toBeGreaterThan(1_000_000);
  link.thaw();
  await expect.poll(up, { timeout: 10_000 }).toBe(1);
  expect(await readingOf('payouts_due', cut)).toBe(0);
  await cut.close();
  await link.close();
}, 40_000);

test('fifty scrapes at once are one question to the database', async () => {
  const began = performance.now();
  const texts = await Promise.all(
    Array.from({ length: 50 }, async () => (await fetch(`${app.url}/metrics`)).text()),
  );
  const swept = texts.map((text) => /^jobs_last_sweep_seconds (\S+)$/m.exec(text)?.[1]);
  // It is told to a part of a millisecond, so that two readings differ; there is one a second at most.
  expect(swept).not.toContain(undefined);
  expect(new Set(swept).size).toBeLessThanOrEqual(2 + (performance.now() - began) / 1_000);
});

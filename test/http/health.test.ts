// Health: alive as long as the process answers, ready as long as what it needs answers in time.
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { type Backlog, backlogOf } from '../../src/http/backlog.js';
import { type Checks, healthRoutes } from '../../src/http/health.js';
import { createHttpServer, type HttpServer } from '../../src/http/server.js';
import type { DatabaseFigures } from '../../src/observability/figures.js';
import { watchedLog } from '../support/canary.js';
import { type Link, openLink } from '../support/link.js';
import { type RunningApp, runApp } from '../support/running-app.js';

let http: HttpServer | undefined;
afterEach(async () => {
  await http?.close();
  http = undefined;
});

async function healthOf(needed: Checks, path: 'live' | 'ready', helpful: Checks = {}, backlog?: Backlog) {
  const options = { needed, helpful, patienceMs: 100, ...(backlog && { backlog: async () => backlog }) };
  http = createHttpServer(healthRoutes(options), watchedLog());
  const port = await http.listen(0, '127.0.0.1');
  const response = await fetch(`http://127.0.0.1:${port}/health/${path}`);
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    cache: response.headers.get('cache-control'),
  };
}

const up = () => Promise.resolve();
const down = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432'));

test('it is ready when all that it needs answers', async () => {
  expect(await healthOf({ postgres: up, redis: up }, 'ready')).toEqual({
    status: 200,
    body: { status: 'ok', checks: { postgres: 'ok', redis: 'ok' } },
    cache: 'no-store',
  });
});

test('it says which dependency is down, and not where that is', async () => {
  expect(await healthOf({ postgres: down, redis: up }, 'ready')).toMatchObject({
    status: 503,
    body: { status: 'unavailable', checks: { postgres: 'down', redis: 'ok' } },
  });
});

test('a dependency that does not answer is down, after a while and not for ever', async () => {
  const { status, body } = await healthOf({ postgres: () => new Promise(() => {}) }, 'ready');
  expect([status, body]).toMatchObject([503, { checks: { postgres: 'down' } }]);
});

test('a check that throws rather than rejects is down as well', async () => {
  const throws = () => {
    throw new Error('no');
  };
  expect((await healthOf({ postgres: throws }, 'ready')).status).toBe(503);
});

test('it is alive whatever is down: a restart would not bring the database back', async () => {
  expect(await healthOf({ postgres: down }, 'live')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

test('a Redis that is down is told, and takes no instance out of service', async () => {
  expect(await healthOf({ postgres: up }, 'ready', { redis: down })).toMatchObject({
    status: 200,
    body: { status: 'degraded', checks: { postgres: 'ok', redis: 'down' } },
  });
  await http?.close();
  expect(await healthOf({ postgres: down }, 'ready', { redis: up })).toMatchObject({
    status: 503,
    body: { status: 'unavailable', checks: { postgres: 'down', redis: 'ok' } },
  });
});

const FIGURES: DatabaseFigures = {
  payouts: [],
  transitions: [],
  completions: [],
  retries: 0,
  webhookEvents: [],
  alertsOpen: [],
  due: 3,
  processingOldestMs: 0,
  webhooksPending: 2,
  webhooksPendingOldestMs: 4_000,
  sweptMsAgo: 10_000,
  paused: false,
};

test.for([
  ['nothing', {}, [], 'ok'],
  ['events of Stripe', { webhooksPendingOldestMs: 301_000 }, ['webhooks'], 'degraded'],
  ['live updates', { lagMs: 31_000 }, ['events'], 'degraded'],
  ['jobs', { sweptMsAgo: 181_000 }, ['jobs'], 'degraded'],
] as const)('what piles up is told and takes nobody out of service: %s', async ([, over, behind, status]) => {
  const { lagMs = 0, ...figures } = over as { lagMs?: number };
  const backlog = backlogOf({ figures: { ...FIGURES, ...figures }, lagMs, sweepIntervalMs: 30_000 });
  const { status: code, body } = await healthOf({ postgres: up }, 'ready', {}, backlog);
  expect([code, body.status]).toEqual([200, status]);
  const piles = Object.entries(body.backlog as Backlog);
  expect(piles.map(([name]) => name)).toEqual(['webhooks', 'events', 'jobs']);
  expect(piles.filter(([, pile]) => pile.status === 'behind').map(([name]) => name)).toEqual(behind);
});

test('a backlog is numbers; those of a database that does not answer are not told', () => {
  const told = { lagMs: 1_500, sweepIntervalMs: 30_000 };
  expect(backlogOf({ figures: FIGURES, ...told })).toEqual({
    webhooks: { status: 'ok', pending: 2, oldestSeconds: 4 },
    events: { status: 'ok', behindSeconds: 1.5 },
    jobs: { status: 'ok', lastSweepSeconds: 10, due: 3 },
  });
  expect(backlogOf({ figures: null, ...told })).toEqual({ events: { status: 'ok', behindSeconds: 1.5 } });
});

let worker: RunningApp;
let link: Link;
beforeAll(async () => {
  link = await openLink(inject('redisUrl'));
  worker = await runApp({ ROLE: 'worker', REDIS_URL: link.url });
});
afterAll(async () => {
  await worker.close();
  await link.close();
});

test('each dependency that has a setting is named, also one that hangs', async () => {
  const ready = async () => {
    const response = await fetch(`${worker.url}/health/ready`);
    return { code: response.status, ...((await response.json()) as object) };
  };
  const checks = { postgres: 'ok', live: 'ok', jobs: 'ok', redis: 'ok' };
  expect(await ready()).toMatchObject({ code: 200, status: 'ok', checks });
  link.freeze();
  expect(await ready()).toMatchObject({
    code: 200,
    status: 'degraded',
    checks: { ...checks, redis: 'down' },
  });
  link.thaw();
  await expect.poll(ready).toMatchObject({ code: 200, status: 'ok', checks });
});

test('a worker answers for its health, and serves nothing else', async () => {
  expect((await fetch(`${worker.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${worker.url}/health/ready`)).status).toBe(200);
  for (const path of ['/graphql', '/api/webhooks/stripe', '/', '/dev/sign-in/admin']) {
    expect((await fetch(`${worker.url}${path}`, { method: 'POST' })).status).toBe(404);
  }
});

test('it is not ready while the event log cannot be read, although the database answers', async () => {
  const { pool } = worker.world.db;
  const ready = async () => {
    const response = await fetch(`${worker.url}/health/ready`);
    return [response.status, ((await response.json()) as { checks: object }).checks];
  };
  const PATIENCE = { timeout: 10_000, interval: 100 };
  await pool.query('ALTER TABLE payout_events RENAME TO payout_events_elsewhere');
  const down = [503, { postgres: 'ok', live: 'down', jobs: 'ok', redis: 'ok' }];
  // Five seconds without a reading, and the second in which there need be none: the clock goes faster.
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  await vi.waitFor(async () => {
    vi.setSystemTime(Date.now() + 2_000);
    expect(await ready()).toEqual(down);
  }, PATIENCE);
  vi.useRealTimers();
  await pool.query('ALTER TABLE payout_events_elsewhere RENAME TO payout_events');
  const up = [200, { postgres: 'ok', live: 'ok', jobs: 'ok', redis: 'ok' }];
  await vi.waitFor(async () => expect(await ready()).toEqual(up), PATIENCE);
});

test('its backlog is that of its database', async () => {
  const { pool } = worker.world.db;
  const ready = async () => {
    const response = await fetch(`${worker.url}/health/ready`);
    const { backlog } = (await response.json()) as { backlog: Backlog };
    return { code: response.status, webhooks: backlog['webhooks'] };
  };
  await pool.query(
    `INSERT INTO webhook_events (id, type, livemode, payload, received_at, wait_until)
     VALUES ('evt_waits', 'transfer.created', false, '{}', now() - interval '10 minutes', now() + interval '1 hour')`,
  );
  const PATIENCE = { timeout: 20_000, interval: 200 };
  const told = { status: 'behind', pending: 1, oldestSeconds: expect.any(Number) };
  await vi.waitFor(async () => expect(await ready()).toMatchObject({ code: 200, webhooks: told }), PATIENCE);
  await pool.query('DELETE FROM webhook_events');
}, 30_000);

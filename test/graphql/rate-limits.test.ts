// Rate limits as callers meet them: two instances, two transports, one count in Redis.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Viewer } from '../../src/payouts/viewer.js';
import { openSocket, type RunningApp, runApp } from '../support/running-app.js';
import { overSocket } from './ask.js';

const QUERIES = 20;
const MUTATIONS = 6;
const VIEWER = { query: '{ viewer { role } }' };
const RETRY = { query: 'mutation { retryPayout(input: { payoutId: "x" }) { __typename } }' };

let apps: RunningApp[];
let one: RunningApp;
let other: RunningApp;

beforeAll(async () => {
  const settings = {
    REDIS_URL: inject('redisUrl'),
    RATE_LIMIT_QUERIES: `${QUERIES}/h`,
    RATE_LIMIT_MUTATIONS: `${MUTATIONS}/h`,
    TRUST_PROXY: '1',
    ROLE: 'api',
  };
  apps = [await runApp(settings), await runApp(settings)];
  [one, other] = apps as [RunningApp, RunningApp];
});
afterAll(() => Promise.all(apps.map((app) => app.close())));

/** Nobody has asked as this one before. */
const somebody = (): Viewer => ({ role: 'ADMIN', sub: `admin-${randomUUID()}` });
/** An address that nobody has asked from before: documentation's own network. */
const somewhere = () => `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`;

interface Refusal {
  status: number;
  retryAfter: string | null;
  errors: { extensions: Record<string, unknown> }[] | undefined;
}

async function ask(app: RunningApp, body: object, headers: Record<string, string>): Promise<Refusal> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const { errors } = (await response.json()) as Pick<Refusal, 'errors'>;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), errors };
}

const isRefused = (errors: readonly { extensions?: unknown }[] | undefined) =>
  (errors ?? []).some(({ extensions }) => (extensions as { code?: unknown })?.code === 'RATE_LIMITED');

/** Parallel calls, in turn to each instance over HTTP and over a socket of its own: how many pass. */
async function passing(count: number, operation: { query: string }, viewer: Viewer): Promise<number> {
  const tokens = await Promise.all(apps.map((app) => app.token(viewer)));
  // To open one again is charged too: each stays open.
  const sockets = apps.map((app, n) => openSocket(app.url, tokens[n] ?? '', 60_000));
  const calls = Array.from({ length: count }, async (_, n) => {
    const app = apps[n % 2] as RunningApp;
    const { errors } =
      n % 4 < 2
        ? await ask(app, operation, { authorization: `Bearer ${tokens[n % 2]}` })
        : await overSocket(sockets[n % 2] as (typeof sockets)[number], operation);
    return isRefused(errors as never);
  });
  const refused = await Promise.all(calls);
  await Promise.all(sockets.map((socket) => socket.dispose()));
  return refused.filter((is) => !is).length;
}

test('of parallel queries, exactly as many pass as there are, over both instances and transports', async () => {
  const viewer = somebody();
  expect(await passing(100, VIEWER, viewer)).toBe(QUERIES);
  // Mutations are counted apart, another user too.
  expect(await passing(40, RETRY, viewer)).toBe(MUTATIONS);
  expect(await passing(40, VIEWER, somebody())).toBe(QUERIES);
});

test('subscriptions, documents that are none and those that are refused count as queries', async () => {
  const viewer = somebody();
  const headers = { authorization: `Bearer ${await one.token(viewer)}` };
  const watch = 'subscription { payoutStatusChanged { cursor } }';
  const others = [
    '{ nothing }',
    '{{',
    `{ ${'a '.repeat(3_000)} }`,
    'query A { viewer { role } } query B { viewer { role } }',
  ];
  for (const query of others) expect(isRefused((await ask(one, { query }, headers)).errors)).toBe(false);
  const client = one.socket(await one.token(viewer));
  const stream = client.iterate({ query: watch });
  void stream.next().catch(() => undefined);
  await overSocket(client, VIEWER);
  expect(await passing(40, VIEWER, viewer)).toBe(QUERIES - others.length - 2);
  await client.dispose();
});

test('several mutations in one operation are several', async () => {
  const viewer = somebody();
  const three = RETRY.query.replace(/\{ (.+) \}$/, (_, field) => `{ a: ${field} b: ${field} c: ${field} }`);
  expect(await passing(10, { query: three }, viewer)).toBe(MUTATIONS / 3);
});

test('who is refused is told when to ask again, over HTTP and over a socket', async () => {
  const viewer = somebody();
  await passing(QUERIES, VIEWER, viewer);
  const authorization = `Bearer ${await one.token(viewer)}`;
  const json = await ask(one, VIEWER, { authorization, accept: 'application/json' });
  const modern = await ask(one, VIEWER, { authorization, accept: 'application/graphql-response+json' });
  expect([json.status, modern.status]).toEqual([429, 429]);
  for (const { errors, retryAfter } of [json, modern]) {
    const [error] = errors ?? [];
    expect(error?.extensions).toEqual({
      code: 'RATE_LIMITED',
      retryAfter: expect.any(Number),
      requestId: expect.any(String),
    });
    expect(retryAfter).toBe(String(error?.extensions.retryAfter));
    expect(Number(retryAfter)).toBeGreaterThan(3_000);
    expect(Number(retryAfter)).toBeLessThanOrEqual(3_600);
  }
  const { errors } = await overSocket(one.socket(await one.token(viewer)), VIEWER);
  expect(errors?.[0]?.extensions).toEqual({
    code: 'RATE_LIMITED',
    retryAfter: expect.any(Number),
    requestId: expect.any(String),
  });
});

test('who has no token is an address; the token’s user is not', async () => {
  const from = { 'x-forwarded-for': somewhere() };
  const calls = Array.from({ length: 60 }, (_, n) => ask(apps[n % 2] as RunningApp, VIEWER, from));
  const refused = (await Promise.all(calls)).filter(({ errors }) => isRefused(errors));
  expect(refused).toHaveLength(60 - QUERIES);
  expect(isRefused((await ask(one, VIEWER, { 'x-forwarded-for': somewhere() })).errors)).toBe(false);
  const authorization = `Bearer ${await one.token(somebody())}`;
  expect(isRefused((await ask(one, VIEWER, { ...from, authorization })).errors)).toBe(false);
});

const JSON_TYPE = { 'content-type': 'application/json' };

test.each<[what: string, status: number, init: RequestInit]>([
  ['no JSON', 400, { body: '{', headers: JSON_TYPE }],
  ['no object', 400, { body: '7', headers: JSON_TYPE }],
  ['a batch', 400, { body: '[{"query":"{ viewer { role } }"}]', headers: JSON_TYPE }],
  ['a form', 415, { body: 'query=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ['too large a body', 413, { body: ' '.repeat(256 * 1024 + 1), headers: JSON_TYPE }],
  ['another method', 405, { method: 'PUT' }],
  ['nothing', 200, { method: 'GET' }],
])('what is refused before it is read is counted by address: %s', async (_, status, init) => {
  const headers = { ...init.headers, 'x-forwarded-for': somewhere() };
  const statuses: number[] = [];
  for (let n = 0; n < QUERIES + 2; n += 1) {
    const response = await fetch(`${(apps[n % 2] as RunningApp).url}/graphql`, {
      method: 'POST',
      ...init,
      headers,
    });
    statuses.push(response.status);
    await response.text();
  }
  expect(statuses).toEqual([...Array.from({ length: QUERIES }, () => status), 429, 429]);
});

test('tokens that do not hold are counted by address, on both transports together', async () => {
  const from = { 'x-forwarded-for': somewhere() };
  const bad = { ...from, authorization: 'Bearer abc' };
  for (let n = 0; n < QUERIES - 1; n += 1) expect((await ask(one, VIEWER, bad)).status).toBe(401);
  expect(await guessOverSocket(from)).toBe(4403);
  expect(await guessOverSocket(from)).toBe(4429);
  expect(isRefused((await ask(other, VIEWER, bad)).errors)).toBe(true);
});

async function guessOverSocket(headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${other.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers,
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer abc' } }));
  const [code] = await once(socket, 'close');
  return code;
}

test('health and webhooks are not limited', async () => {
  const from = { 'x-forwarded-for': somewhere() };
  for (let n = 0; n < QUERIES + 5; n += 1) {
    expect((await fetch(`${one.url}/health/live`, { headers: from })).status).toBe(200);
    const webhook = await fetch(`${one.url}/api/webhooks/stripe`, {
      method: 'POST',
      headers: from,
      body: '{}',
    });
    expect(webhook.status).toBe(400);
  }
  expect(isRefused((await ask(one, VIEWER, from)).errors)).toBe(false);
});

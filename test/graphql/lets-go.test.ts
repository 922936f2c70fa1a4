// The GraphQL edge with nothing behind it: what it asks of the live log it gives back, and what it hides it logs.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { GraphQLServices, Identify } from '../../src/graphql/context.js';
import { createGraphQL, type Yoga } from '../../src/graphql/server.js';
import { serveWebSocket } from '../../src/graphql/websocket.js';
import { graphqlRoute } from '../../src/http/graphql.js';
import { createAlertFeed } from '../../src/live/alert-feed.js';
import { createCursors } from '../../src/live/cursors.js';
import type { Listener } from '../../src/live/interest.js';
import type { LogEntry } from '../../src/live/log.js';
import type { Relay } from '../../src/live/relay.js';
import { createWakeup } from '../../src/live/wakeup.js';
import { watchedLog } from '../support/canary.js';
import { type Operation, openSocket, post } from '../support/running-app.js';
import { take } from './ask.js';
import { openStream } from './sse.js';

const WATCH: Operation = { query: 'subscription { payoutStatusChanged { status } }' };

let server: Server;
let url: string;
let stop: () => Promise<void>;
const error = vi.fn();
const query = vi.fn();
const connect = vi.fn();
/** Hands on what the tests tell, and nothing else. */
const listeners = new Set<Listener>();
const live: Relay = {
  queueLimit: 2,
  position: () => ({ xid: 0n, id: 0n }),
  lagMs: () => 0,
  check: async () => undefined,
  start: async () => undefined,
  stop: async () => undefined,
  listen(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  async *past() {},
  subscribe: () => {
    throw new Error('not asked for here');
  },
};

/** No alert ever changes. */
const alerts = createAlertFeed({
  pool: { query: async () => ({ rows: [] }) } as never,
  wakeup: createWakeup(undefined, watchedLog()),
  position: () => ({ xid: 0n, id: 0n }),
  log: watchedLog(),
  pollMs: 10,
});

let yoga: Yoga;

const identify: Identify = async (authorization) => {
  if (authorization === 'Bearer keys-are-away') throw new Error('connect ECONNREFUSED 10.0.0.7:443');
  return authorization ? { viewer: { role: 'ADMIN', sub: 'ann' }, expiresAt: Date.now() + 60_000 } : null;
};

beforeAll(async () => {
  yoga = createGraphQL({
    services: {
      pool: { query, connect },
      live,
      alerts,
      cursors: createCursors(randomBytes(16)),
      limits: { approvalAboveCents: null },
    } as unknown as GraphQLServices,
    settings: { production: true, streamsPerUser: 100, corsOrigins: [] },
    identify,
    takePoints: async () => 0,
    trustedDocuments: null,
    log: Object.assign(watchedLog(), { error }),
  });
  const addressOf = () => '127.0.0.1';
  const route = graphqlRoute({ path: yoga.graphqlEndpoint, serve: yoga.serve, addressOf, corsOrigins: [] });
  server = createServer((request, response) => void route.handle(request, response, new URL('http://api')));
  stop = serveWebSocket({ server, yoga, identify, addressOf });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  error.mockClear();
  for (const listener of [...listeners]) listener.end();
});
afterAll(async () => {
  await stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** So many are open, and nothing is listened to when none is. */
const opened = (count: number) =>
  vi.waitFor(() => {
    expect(yoga.open.streams.open).toBe(count);
    expect(listeners.size).toBe(Math.min(count, 1));
  });

let told = 0n;
function tell(): void {
  told += 1n;
  const entry = { toStatus: 'PENDING', position: { xid: told, id: told } } as LogEntry;
  for (const listener of listeners) listener.deliver(entry);
}

test('an unsubscription over a socket lets go of the log, and leaves the others alone', async () => {
  const client = openSocket(url, 'ann');
  const [first, second] = [client.iterate(WATCH), client.iterate(WATCH)];
  await opened(2);
  const heard = take(second, 1);
  await first.return?.();
  await opened(1);
  tell();
  expect(await heard).toEqual([{ data: { payoutStatusChanged: { status: 'PENDING' } } }]);
  await client.dispose();
});

test('a socket that closes lets go of all its subscriptions', async () => {
  const client = openSocket(url, 'ann');
  for (let i = 0; i < 3; i++) client.iterate(WATCH);
  await opened(3);
  await client.dispose();
  await opened(0);
});

test('a stream over HTTP that its reader leaves lets go of the log, though nothing happens in it', async () => {
  const stream = await openStream(url, WATCH, 'ann');
  await opened(1);
  stream.abort();
  await opened(0);
});

test('a subscription whose answer nobody accepts lets go of the log', async () => {
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: 'ann' };
  const refused = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(WATCH) });
  expect([refused.status, refused.headers.get('accept')]).toEqual([406, 'text/event-stream']);
  await opened(0);
});

test.each(['a socket', 'HTTP'])(
  'who listens to alerts over %s and leaves, leaves nothing behind',
  async (transport) => {
    const watch: Operation = { query: 'subscription { alertChanged { key } }' };
    const listening = (count: number) =>
      vi.waitFor(() => expect([alerts.listeners, yoga.open.streams.open]).toEqual([count, count]));
    const client = openSocket(url, 'ann');
    const over = async () => (transport === 'HTTP' ? openStream(url, watch, 'ann') : client.iterate(watch));
    const [one, other] = [await over(), await over()];
    await listening(2);
    for (const [i, stream] of [one, other].entries()) {
      if ('abort' in stream) stream.abort();
      else await stream.return?.();
      await listening(1 - i);
    }
    await client.dispose();
  },
);

test('a reader of a stream that is too slow is told SLOW_READER', async () => {
  const results = await openStream(url, WATCH, 'ann');
  await opened(1);
  // All at once: the second one waits, the third one too, the fourth one is too much.
  for (let i = 0; i < 4; i++) tell();
  const told: unknown[] = [];
  try {
    for await (const { errors } of results) told.push(...(errors ?? []));
  } catch (errors) {
    told.push(...(errors as unknown[]));
  }
  expect(told).toMatchObject([{ extensions: { code: 'SLOW_READER', requestId: expect.any(String) } }]);
  await opened(0);
});

test('what is hidden from the caller is in the log, under the same id', async () => {
  query.mockRejectedValueOnce(new Error('password authentication failed for user "payouts"'));
  const id = Buffer.from('Payout:p1').toString('base64');
  const { errors } = await post(url, { query: `{ payout(id: "${id}") { id } }` }, 'ann');
  expect(errors).toMatchObject([{ message: 'Something went wrong on our side.', path: ['payout'] }]);
  expect(error).toHaveBeenCalledTimes(1);
  expect(error.mock.calls[0]?.[0]).toMatchObject({
    requestId: errors?.[0]?.extensions.requestId,
    err: { message: expect.stringContaining('password') },
  });
});

test('two errors of one request have one id', async () => {
  query.mockRejectedValueOnce(new Error('a')).mockRejectedValueOnce(new Error('b'));
  const id = Buffer.from('Payout:p1').toString('base64');
  const { errors } = await post(
    url,
    { query: `{ a: payout(id: "${id}") { id } b: payout(id: "${id}") { id } }` },
    'ann',
  );
  const ids = errors?.map(({ extensions }) => extensions.requestId);
  expect(ids).toEqual([ids?.[0], ids?.[0]]);
});

test('that id is the one that the audit was given', async () => {
  const audited: unknown[] = [];
  const run = async (sql: string | { name?: string; values?: unknown[] }) => {
    if (typeof sql !== 'string' && sql.name === 'apply-transition') {
      audited.push(sql.values?.[3]);
      throw new Error('the disk is full');
    }
    return { rows: [{ id: 'p1', status: 'FAILED', royaltyStatementId: null }] };
  };
  connect.mockResolvedValueOnce({ query: run, release: () => undefined });
  const payoutId = Buffer.from('Payout:p1').toString('base64');
  const retry = `mutation { retryPayout(input: { payoutId: "${payoutId}" }) { __typename } }`;
  const { errors } = await post(url, { query: retry }, 'ann');
  expect(audited).toEqual([errors?.[0]?.extensions.requestId]);
});

test('what the caller did wrong is not logged as our error', async () => {
  await post(url, { query: '{ nothing }' }, 'ann');
  await post(url, { query: '{ viewer {' }, 'ann');
  await post(url, { query: '{ viewer { role } }' }, null);
  expect(error).not.toHaveBeenCalled();
});

test('keys that cannot be fetched are our trouble: no 401, which would sign everybody out', async () => {
  const { status, errors } = await post(url, { query: '{ viewer { role } }' }, 'keys-are-away');
  expect(status).not.toBe(401);
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(JSON.stringify(errors)).not.toContain('10.0.0.7');
  expect(error).toHaveBeenCalledTimes(1);
});

test('over a socket such a sign-in is refused for now, and logged', async () => {
  const client = openSocket(url, 'keys-are-away');
  await expect(client.iterate(WATCH).next()).rejects.toMatchObject({ code: 4403 });
  expect(error.mock.calls[0]?.[0]).toMatchObject({
    err: { message: expect.stringContaining('ECONNREFUSED') },
  });
  await client.dispose();
});

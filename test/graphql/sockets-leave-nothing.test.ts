// Whatever opens also ends: sockets and streams by the thousand, closed in good order or cut at any step, leave no
// subscription, no listener and no timer behind. SOCKETS says how many; 10,000 take a while.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Viewer } from '../../src/payouts/viewer.js';
import { insert, newCreator } from '../live/support.js';
import { type LiveEdge, openLiveEdge } from './live-edge.js';
import { RawSocket } from './raw-socket.js';
import { openEvents } from './sse.js';

const SOCKETS = Number(process.env['SOCKETS'] ?? 1_000);
const BATCH = 100;
/** Timers of the waiting itself, of the relay and of connections; what leaks, leaks by the hundred. */
const SPARE = 10;
const PATIENCE = { timeout: 10_000, interval: 20 };
const WATCH = { query: 'subscription ($after: String) { payoutStatusChanged(after: $after) { cursor } }' };
const fromTheStart = () => ({ ...WATCH, variables: { after: edge.cursors.encode({ xid: 0n, id: 0n }) } });

let edge: LiveEdge;
let before: Record<string, number>;

beforeAll(async () => {
  edge = await openLiveEdge();
  const { pool } = edge.world.db;
  await insert(pool, await newCreator(pool), 300);
  edge.wakeup.send();
  // Its connections stay open for a while, each with a timer: all of them are there from now on.
  await Promise.all(Array.from({ length: 2 * pool.options.max }, () => pool.query('SELECT pg_sleep(0.01)')));
});
beforeEach(() => {
  before = resources();
});
afterAll(() => edge.close());

/** What keeps this process alive, by kind: both ends of the sockets are in it. */
function resources(): Record<string, number> {
  const count: Record<string, number> = { Timeout: 0, TCPSocketWrap: 0 };
  for (const kind of process.getActiveResourcesInfo())
    if (kind in count) count[kind] = (count[kind] ?? 0) + 1;
  return count;
}

/** As it was before. */
async function expectNothingLeft(): Promise<void> {
  const { sockets, streams, groups } = edge.open;
  await vi.waitFor(() => {
    expect([sockets.open, streams.open, groups.size, edge.listening()]).toEqual([0, 0, 0, 0]);
    const after = resources();
    for (const [kind, count] of Object.entries(before))
      expect(after[kind], kind).toBeLessThanOrEqual(count + SPARE);
  }, PATIENCE);
}

/** A token that the server has not seen: checking it takes a moment. */
const freshToken = () => edge.token(somebody());
const somebody = (): Viewer => ({ role: 'ADMIN', sub: randomUUID() });

/** `work` so often, a batch at a time. */
async function manyTimes(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done += BATCH)
    await Promise.all(Array.from({ length: Math.min(BATCH, count - done) }, (_, i) => work(done + i)));
}

test('sockets that subscribe, hear and close', async () => {
  const token = await edge.token();
  let most = 0;
  await manyTimes(SOCKETS, async (number) => {
    const one = await RawSocket.signedIn(edge.url, token);
    one.subscribe('1', number % 10 ? WATCH : fromTheStart());
    // Answered after the subscription that was asked for before it.
    one.subscribe('2', { query: '{ viewer { role } }' });
    await one.until(() => one.messages.some(({ id }) => id === '2'));
    most = Math.max(most, edge.open.streams.open);
    if (number % 3 === 0) one.send({ type: 'complete', id: '1' });
    if (number % 2) one.socket.terminate();
    else one.socket.close();
    await one.closed;
  });
  expect(most).toBeGreaterThan(1);
  await expectNothingLeft();
}, 120_000);

const authorization = async () => `Bearer ${await freshToken()}`;
const init = async (one: RawSocket) =>
  one.send({ type: 'connection_init', payload: { authorization: await authorization() } });

async function open(): Promise<RawSocket> {
  const one = new RawSocket(edge.url);
  await once(one.socket, 'open');
  return one;
}

/** So far a socket gets before it is cut. */
const STEPS: [string, () => Promise<RawSocket>][] = [
  ['before the handshake is answered', async () => new RawSocket(edge.url)],
  ['before the sign-in', open],
  [
    'while the token is checked',
    async () => {
      const one = await open();
      await init(one);
      return one;
    },
  ],
  [
    'having subscribed before it was signed in',
    async () => {
      const one = await open();
      await init(one);
      one.subscribe('1', WATCH);
      return one;
    },
  ],
  [
    'while it subscribes',
    async () => {
      const one = await RawSocket.signedIn(edge.url, await freshToken());
      one.subscribe('1', WATCH);
      return one;
    },
  ],
  [
    'while its past is read',
    async () => {
      const one = await RawSocket.signedIn(edge.url, await freshToken());
      one.subscribe('1', fromTheStart());
      await one.until(() => one.messages.length > 0);
      return one;
    },
  ],
  [
    'while a fresh token is checked',
    async () => {
      const viewer = somebody();
      const one = await RawSocket.signedIn(edge.url, await edge.token(viewer));
      one.subscribe('1', WATCH);
      one.send({ type: 'ping', payload: { authorization: `Bearer ${await edge.token(viewer, 700)}` } });
      return one;
    },
  ],
];

test.each(STEPS)('a socket that is cut %s', async (_, begin) => {
  await manyTimes(BATCH, async (number) => {
    const one = await begin();
    // Now, or in the middle of what the server does about it.
    for (let turns = number % 5; turns > 0; turns--) await new Promise(setImmediate);
    one.socket.terminate();
    await one.closed;
  });
  await expectNothingLeft();
});

test('a connection that is cut in the middle of its handshake’s lines', async () => {
  const { port, hostname } = new URL(edge.url);
  const lines = 'GET /graphql HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  await manyTimes(BATCH, async (number) => {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(lines.slice(0, number % lines.length));
    socket.destroy();
    await once(socket, 'close');
  });
  await expectNothingLeft();
});

test('a stream over HTTP that is cut before its answer, at its beginning or in the middle', async () => {
  await manyTimes(BATCH, async (number) => {
    const operation = number % 2 ? WATCH : fromTheStart();
    const token = await freshToken();
    // Of a connection of its own, which ends with it.
    const alone = { connection: 'close' };
    if (number % 4 < 2) {
      const { events, abort } = await openEvents(edge.url, operation, token, alone);
      if (operation === fromTheStart()) await events.next();
      abort();
      return;
    }
    const signal = AbortSignal.timeout(number % 20);
    const headers = {
      ...alone,
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    };
    const body = JSON.stringify(operation);
    const asked = fetch(`${edge.url}/graphql`, { method: 'POST', headers, body, signal });
    // Cut while it waits for the answer, or afterwards with its body.
    const response = await asked.catch(() => null);
    await response?.text().catch(() => undefined);
  });
  await expectNothingLeft();
});

test('the server still serves', async () => {
  const one = await RawSocket.signedIn(edge.url, await freshToken());
  one.subscribe('1', WATCH);
  await vi.waitFor(() => expect(edge.open.groups.size).toBe(1), PATIENCE);
  await insert(edge.world.db.pool, await newCreator(edge.world.db.pool));
  edge.wakeup.send();
  await one.until(() => one.messages.length === 1);
  expect(one.socket.readyState).toBe(WebSocket.OPEN);
  one.socket.terminate();
});

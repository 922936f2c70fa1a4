// A thousand subscribers of which a hundred never read: these cost as much memory as the limit says and then nothing,
// and nobody else notices.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { changesOf, insert, newCreator } from '../live/support.js';
import { globalId } from './ask.js';
import { type LiveEdge, openLiveEdge } from './live-edge.js';
import { RawSocket } from './raw-socket.js';

const SUBSCRIBERS = 1_000;
/** One of ten never reads. */
const SLOW = SUBSCRIBERS / 10;
/** Of those, so many look again when they have been closed. */
const LATE = 10;
const MOST_WAITING = 20;
const HIGH_WATER = 64 * 1024;
/** Bytes of a name that those who do not read ask for: so the network's own memory is soon full. */
const NAME = 64 * 1024;
const PATIENCE = { timeout: 20_000, interval: 20 };

const QUERY = 'subscription ($of: ID) { payoutStatusChanged(filter: { creatorId: $of }) { cursor } }';
const LARGE = QUERY.replace('{ cursor }', '{ cursor payout { creator { displayName } } }');

let edge: LiveEdge;
let creatorId: string;
/** What the server still held in the process for each socket that it closed as too slow, in bytes. */
let givenUp: number[];
let lookAgain: Map<number, RawSocket>;

beforeAll(async () => {
  edge = await openLiveEdge({ mostWaiting: MOST_WAITING, queueLimit: 100 });
});
beforeEach(async () => {
  const { pool } = edge.world.db;
  creatorId = await newCreator(pool);
  await pool.query('UPDATE creators SET display_name = $2 WHERE id = $1', [creatorId, 'x'.repeat(NAME)]);
  givenUp = [];
  lookAgain = new Map();
  const close = WebSocket.prototype.close;
  vi.spyOn(WebSocket.prototype, 'close').mockImplementation(function (this: WebSocket, code, reason) {
    // The client's end has an address, and answers the close with one of its own.
    if (code === 4410 && !this.url) {
      givenUp.push(this.bufferedAmount);
      lookAgain.get(portsOf(this).remotePort)?.resume();
    }
    close.call(this, code, reason);
  });
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => edge.close());

type Ports = { localPort: number; remotePort: number };
const portsOf = (socket: WebSocket) => (socket as unknown as { _socket: Ports })._socket;

/** Signed in and subscribed, a few at a time. */
async function subscribe(count: number, query: string): Promise<RawSocket[]> {
  const token = await edge.token();
  const all: RawSocket[] = [];
  while (all.length < count) {
    const batch = Array.from({ length: 50 }, () => RawSocket.signedIn(edge.url, token));
    for (const socket of await Promise.all(batch)) {
      socket.subscribe('1', { query, variables: { of: globalId('Creator', creatorId) } });
      all.push(socket);
    }
  }
  return all;
}

test('the others get everything in order; those who do not read are closed with 4410 and held no longer', async () => {
  const fast = await subscribe(SUBSCRIBERS - SLOW, QUERY);
  const slow = await subscribe(SLOW, LARGE);
  await vi.waitFor(() => expect(edge.open.streams.open).toBe(SUBSCRIBERS), PATIENCE);
  for (const socket of slow) socket.pause();
  const late = slow.slice(0, LATE);
  for (const socket of late) lookAgain.set(portsOf(socket.socket).localPort, socket);

  let changes = 0;
  while (givenUp.length < SLOW) {
    await insert(edge.world.db.pool, creatorId, 5);
    edge.wakeup.send();
    changes += 5;
    const behind = fast.filter(({ messages }) => messages.length < changes);
    await Promise.all(behind.map((socket) => socket.until(() => socket.messages.length >= changes)));
  }
  expect(givenUp).toHaveLength(SLOW);
  for (const held of givenUp) expect(held).toBeLessThan(HIGH_WATER + 2 * NAME);
  expect(await Promise.all(late.map(({ closed }) => closed))).toEqual(late.map(() => 4410));
  await vi.waitFor(() => expect(edge.open.sockets.open).toBe(SUBSCRIBERS - SLOW), PATIENCE);
  expect([edge.open.streams.open, edge.open.groups.size, edge.listening()]).toEqual([
    SUBSCRIBERS - SLOW,
    1,
    1,
  ]);

  const log = (await changesOf(edge.world.db.pool, creatorId)).map(({ cursor }) => cursor);
  expect(log).toHaveLength(changes);
  for (const socket of fast) expect(socket.cursors('1')).toEqual(log);
  for (const { socket } of [...fast, ...slow]) socket.terminate();
  await vi.waitFor(() => expect(edge.open.sockets.open).toBe(0), PATIENCE);
  expect([edge.open.streams.open, edge.open.groups.size, edge.listening()]).toEqual([0, 0, 0]);
}, 60_000);

// Sockets that send without end what is no operation, or what is no message at all, or do not take the answers.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Edge, openEdge } from './edge.js';
import { RawSocket } from './raw-socket.js';

const MOST_PINGS = 300;
const TOO_MANY = 4429;

let edge: Edge;
/** Whose sign-ins and operations were charged. */
let charged: string[] = [];
/** Who has nothing left. */
let exhausted: string | null = null;

beforeAll(async () => {
  edge = await openEdge({
    async takePoints(caller) {
      charged.push(caller);
      return caller === exhausted ? 60 : 0;
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  charged = [];
  exhausted = null;
});
afterAll(() => edge.close());

const signedIn = async () => RawSocket.signedIn(edge.url, await edge.token());

function ping(socket: RawSocket, times: number, payload?: object): void {
  for (let n = 0; n < times; n += 1) socket.send({ type: 'ping', ...(payload && { payload }) });
}

const answered = (socket: RawSocket, times: number) =>
  socket.until(() => socket.messages.filter(({ type }) => type === 'pong').length === times);

test('so many pings in a minute are answered, then the socket is closed; nobody else’s', async () => {
  const [one, other] = [await signedIn(), await signedIn()];
  ping(one, MOST_PINGS, { n: 1 });
  await answered(one, MOST_PINGS);
  one.send({ type: 'ping' });
  expect(await one.closed).toBe(TOO_MANY);
  ping(other, 1);
  await answered(other, 1);
  other.socket.terminate();
});

test('a minute later there are as many again', async () => {
  const socket = await signedIn();
  ping(socket, MOST_PINGS);
  await answered(socket, MOST_PINGS);
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
  ping(socket, MOST_PINGS);
  await answered(socket, 2 * MOST_PINGS);
  ping(socket, 1);
  expect(await socket.closed).toBe(TOO_MANY);
});

test.each<[what: string, send: (socket: RawSocket) => void]>([
  ['before it has signed in', (socket) => socket.send({ type: 'ping' })],
  ['of WebSocket itself', ({ socket }) => socket.ping('x')],
  ['that are pongs', (socket) => socket.send({ type: 'pong' })],
])('pings %s count too', async (_, send) => {
  const socket = new RawSocket(edge.url);
  await once(socket.socket, 'open');
  let sent = 0;
  // Not all at once, for which ws itself would cut the connection.
  while (socket.socket.readyState === WebSocket.OPEN && sent < 2 * MOST_PINGS) {
    for (let n = 0; n < 10; n += 1) send(socket);
    sent += 10;
    await new Promise(setImmediate);
  }
  expect(await socket.closed).toBe(TOO_MANY);
  expect(sent).toBeGreaterThan(MOST_PINGS);
});

test('of one who goes on after that nothing is looked at, and it is cut off', async () => {
  const [close, terminate] = [
    vi.spyOn(WebSocket.prototype, 'close'),
    vi.spyOn(WebSocket.prototype, 'terminate'),
  ];
  const socket = await signedIn();
  // It does not read, and so does not say goodbye.
  socket.pause();
  charged = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  ping(socket, MOST_PINGS + 1);
  while (close.mock.calls.length === 0) await new Promise(setImmediate);
  socket.subscribe('1', { query: '{ viewer { role } }' });
  for (let n = 0; n < 50; n += 1) await new Promise(setImmediate);
  vi.advanceTimersByTime(1_900);
  expect(terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(terminate).toHaveBeenCalledOnce();
  expect(charged).toEqual([]);
  socket.resume();
  await socket.closed;
});

test('who does not take its answers is not read until it does; then all are there', async () => {
  const [pause, resume] = [vi.spyOn(WebSocket.prototype, 'pause'), vi.spyOn(WebSocket.prototype, 'resume')];
  const socket = await signedIn();
  socket.pause();
  const times = 250;
  ping(socket, times, { text: 'x'.repeat(60_000) });
  await expect.poll(() => pause.mock.calls.length).toBeGreaterThan(0);
  // It stands still: the network holds the rest.
  expect(resume).not.toHaveBeenCalled();
  expect(socket.socket.bufferedAmount).toBeGreaterThan(1_000_000);
  socket.resume();
  await answered(socket, times);
  expect(resume).toHaveBeenCalled();
  socket.socket.terminate();
});

test('to sign in is charged, and again with each fresh token, apart from what is asked', async () => {
  const socket = await signedIn();
  socket.send({ type: 'ping', payload: { authorization: `Bearer ${await edge.token()}` } });
  await answered(socket, 1);
  expect(charged).toEqual(['sign-in:admin@platform', 'sign-in:admin@platform']);
  exhausted = 'sign-in:admin@platform';
  socket.subscribe('1', { query: '{ viewer { role } }' });
  await socket.until(() => socket.messages.some(({ type }) => type === 'complete'));
  expect(charged.at(-1)).toBe('user:admin@platform');
  socket.send({ type: 'ping', payload: { authorization: `Bearer ${await edge.token()}` } });
  expect(await socket.closed).toBe(TOO_MANY);
});

test('who has signed in too often is closed with 4429 and has no place among the open ones', async () => {
  exhausted = 'sign-in:admin@platform';
  const socket = new RawSocket(edge.url);
  await once(socket.socket, 'open');
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${await edge.token()}` } });
  expect(await socket.closed).toBe(TOO_MANY);
  expect(socket.messages).toEqual([]);
});

test.each([
  ['null', 'null'],
  ['no JSON', '{'],
  ['an acknowledgement', '{"type":"connection_ack"}'],
  ['a result', '{"type":"next","id":"1","payload":{}}'],
  ['an error', '{"type":"error","id":"1","payload":[{"message":"x"}]}'],
  ['no operation', '{"type":"subscribe","id":"1"}'],
])('a message of none that clients send is closed with 4400, and nothing is printed: %s', async (_, text) => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const socket = new RawSocket(edge.url);
  await once(socket.socket, 'open');
  socket.socket.send(text);
  expect(await socket.closed).toBe(4400);
  expect(print).not.toHaveBeenCalled();
});

test('what is within a message is left as it is, whatever it is called', async () => {
  const socket = await signedIn();
  ping(socket, 1, { type: 'next', of: { type: 'error' } });
  await answered(socket, 1);
  expect(socket.messages).toEqual([{ type: 'pong', payload: { type: 'next', of: { type: 'error' } } }]);
  socket.socket.terminate();
});

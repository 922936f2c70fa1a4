// What a socket has not taken: sent when the network takes it, in order, as much as the limit says and no more.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { frameOf } from '../../src/graphql/streams/frame.js';
import { Outbox } from '../../src/graphql/streams/outbox.js';

const LIMIT = 10;
const HIGH_WATER = 64 * 1024;

let server: WebSocketServer;
/** The two ends of one socket. */
let near: WebSocket;
let far: WebSocket;
let heard: { id: string; payload: { data: number } }[];
let outbox: Outbox;

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
beforeEach(async () => {
  const connected = once(server, 'connection');
  far = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  heard = [];
  far.on('message', (data) => {
    const text = String(data);
    if (!text.startsWith('filler')) heard.push(JSON.parse(text));
  });
  const [socket, request] = await connected;
  near = socket;
  if (far.readyState !== WebSocket.OPEN) await once(far, 'open');
  outbox = new Outbox(near, request.socket, LIMIT);
});
afterEach(() => {
  far.terminate();
  near.terminate();
});
afterAll(() => server.close());

const frame = (data: number) => frameOf(`cursor ${data}`, { data: data as never });
const numbers = () => heard.map(({ payload }) => payload.data);
const arrived = (count: number) => vi.waitFor(() => expect(heard).toHaveLength(count), { timeout: 10_000 });

/** Its reader reads nothing, and the network takes no more: what is sent to it now waits in the process. */
async function fill(): Promise<void> {
  far.pause();
  let before = -1;
  while (near.bufferedAmount < HIGH_WATER || near.bufferedAmount !== before) {
    before = near.bufferedAmount;
    if (before < HIGH_WATER) near.send(`filler${'x'.repeat(1024 * 1024)}`);
    await new Promise(setImmediate);
  }
}

test('a reader that keeps up gets each frame at once, under its subscription’s id', async () => {
  const [one, other] = [outbox.channel('1'), outbox.channel('"quoted"')];
  one.push(frame(1));
  other.push(frame(2));
  expect(one.room()).toBeUndefined();
  await arrived(2);
  expect(heard).toEqual([
    { id: '1', type: 'next', payload: { data: 1 } },
    { id: '"quoted"', type: 'next', payload: { data: 2 } },
  ]);
});

test('what waits behind answers that are not ours goes out when they have, in order', async () => {
  await fill();
  const channel = outbox.channel('1');
  for (let n = 0; n < LIMIT; n++) channel.push(frame(n));
  const held = near.bufferedAmount;
  expect(held).toBeGreaterThanOrEqual(HIGH_WATER);
  far.resume();
  await arrived(LIMIT);
  channel.push(frame(LIMIT));
  await arrived(LIMIT + 1);
  expect(numbers()).toEqual(Array.from({ length: LIMIT + 1 }, (_, n) => n));
});

test('much more than the limit reaches one who waits for room', async () => {
  await fill();
  const channel = outbox.channel('1');
  const total = 20 * LIMIT;
  const writing = (async () => {
    for (let n = 0; n < total; n++) {
      await channel.room();
      channel.push(frame(n));
    }
  })();
  far.resume();
  await writing;
  await arrived(total);
  expect(numbers()).toEqual(Array.from({ length: total }, (_, n) => n));
});

test('one more than the limit closes it with 4410; what waited is dropped, and who waits for room is told', async () => {
  await fill();
  const channel = outbox.channel('1');
  for (let n = 0; n < LIMIT; n++) channel.push(frame(n));
  const room = channel.room();
  expect(room).toBeInstanceOf(Promise);
  expect(near.readyState).toBe(WebSocket.OPEN);
  channel.push(frame(LIMIT));
  expect(near.readyState).toBe(WebSocket.CLOSING);
  await room;
  expect(channel.room()).toBeUndefined();
  const held = near.bufferedAmount;
  for (let n = 0; n < 100; n++) channel.push(frame(n));
  expect(near.bufferedAmount).toBe(held);
  const closed = once(far, 'close');
  far.resume();
  expect((await closed).map(String)).toEqual(['4410', 'Too slow: subscribe again with your last cursor']);
  expect(heard).toEqual([]);
});

test('one that does not even read why it is closed is cut', async () => {
  await fill();
  const channel = outbox.channel('1');
  for (let n = 0; n <= LIMIT; n++) channel.push(frame(n));
  const [code] = await once(near, 'close', { signal: AbortSignal.timeout(10_000) });
  expect(code).toBe(1006);
});

test('what waits for a subscription that has ended is not sent to the next one of its name', async () => {
  await fill();
  const [ended, other] = [outbox.channel('1'), outbox.channel('2')];
  for (let n = 0; n < 3; n++) {
    ended.push(frame(n));
    other.push(frame(n));
  }
  ended.close();
  outbox.channel('1').push(frame(7));
  far.resume();
  await arrived(4);
  expect(heard.map(({ id, payload }) => [id, payload.data])).toEqual([
    ['2', 0],
    ['2', 1],
    ['2', 2],
    ['1', 7],
  ]);
});

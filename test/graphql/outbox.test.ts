// What a socket is sent of its subscriptions: every frame whole and in order, as few writes as can be, and nobody's memory
// grows for one who does not read.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Frame, frameOf } from '../../src/graphql/streams/frame.js';
import { Outbox } from '../../src/graphql/streams/outbox.js';

const LIMIT = 1_000;

let server: WebSocketServer;
let client: WebSocket;
let socket: WebSocket;
let stream: Socket;
let outbox: Outbox;
let received: string[];

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(() => {
  for (const one of server.clients) one.terminate();
  server.close();
});

beforeEach(async () => {
  const connected = once(server, 'connection');
  received = [];
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('message', (data) => received.push(String(data)));
  await once(client, 'open');
  let request: IncomingMessage;
  [socket, request] = (await connected) as [WebSocket, IncomingMessage];
  stream = request.socket;
  outbox = new Outbox(socket, stream, LIMIT);
});

const frame = (n: number, text = ''): Frame => frameOf(String(n), { data: { n, text } });
const message = (id: string, n: number, text = '') =>
  JSON.stringify({ id, type: 'next', payload: { data: { n, text } } });
const numbers = () => received.map((text) => JSON.parse(text).payload.data.n);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

// Of the message: where the length in its header takes another form, on both sides.
test.each([1, 125, 126, 127, 65_535, 65_536, 65_537, 300_000])('a message of %i bytes more', async (size) => {
  const channel = outbox.channel('1');
  const short = message('1', 0).length;
  const text = 'x'.repeat(size < short ? size : size - short);
  channel.push(frame(0, text));
  channel.push(frame(1, 'é€🎉'));
  await expect.poll(() => received).toEqual([message('1', 0, text), message('1', 1, 'é€🎉')]);
});

test('a short message', async () => {
  outbox.channel('').push(frameOf('1', {}));
  await expect.poll(() => received).toEqual(['{"id":"","type":"next","payload":{}}']);
});

test('ids as clients choose them', async () => {
  for (const id of ['"', '\\', 'é', 'x'.repeat(200)]) outbox.channel(id).push(frame(1));
  await expect.poll(() => received).toEqual(['"', '\\', 'é', 'x'.repeat(200)].map((id) => message(id, 1)));
});

test('what is pushed at once is one write', async () => {
  const write = vi.spyOn(stream, 'write');
  const [one, another] = [outbox.channel('1'), outbox.channel('2')];
  for (const n of upTo(20)) (n % 2 ? one : another).push(frame(n));
  await expect.poll(numbers).toEqual(upTo(20));
  expect(write).toHaveBeenCalledTimes(1);
});

test('a lot at once comes whole and in order', async () => {
  const channel = outbox.channel('1');
  for (const n of upTo(900)) channel.push(frame(n, 'x'.repeat(2_000)));
  await expect.poll(numbers).toEqual(upTo(900));
});

test('between the answers of others it comes whole', async () => {
  const channel = outbox.channel('1');
  for (const n of upTo(100)) {
    channel.push(frame(n));
    if (n % 10 === 0) socket.send(message('other', 1_000 + n, 'x'.repeat(40_000)));
    if (n % 7 === 0) await new Promise(setImmediate);
  }
  await expect.poll(() => received.length).toBe(110);
  expect(numbers().filter((n) => n < 1_000)).toEqual(upTo(100));
});

test('a socket that is full of other answers is sent the rest once they are read', async () => {
  client.pause();
  while (socket.bufferedAmount === 0) {
    socket.send('{"payload":{"data":{}}}'.padEnd(1_000_000));
    await new Promise(setImmediate);
  }
  const others = socket.bufferedAmount;
  const channel = outbox.channel('1');
  for (const n of upTo(10)) channel.push(frame(n));
  await new Promise(setImmediate);
  expect(socket.bufferedAmount).toBeLessThanOrEqual(others);
  client.resume();
  await expect.poll(() => numbers().filter((n) => n !== undefined)).toEqual(upTo(10));
});

test('who does not read is closed, and little waits in the socket', async () => {
  client.pause();
  const channel = outbox.channel('1');
  const closed = once(client, 'close');
  let pushed = 0;
  while (socket.readyState === socket.OPEN) {
    channel.push(frame(pushed++, 'x'.repeat(1_000)));
    if (pushed % 100 === 0) await new Promise(setImmediate);
    expect(socket.bufferedAmount).toBeLessThan(150_000);
  }
  client.resume();
  expect((await closed)[0]).toBe(4410);
  // All that went out came, and nothing behind the close frame.
  expect(numbers()).toEqual(upTo(received.length));
  expect(received.length).toBeGreaterThan(0);
  expect(received.length).toBeLessThan(pushed - LIMIT);
});

test('whoever can wait is told when there is room', async () => {
  client.pause();
  const channel = outbox.channel('1');
  let pushed = 0;
  while (channel.room() === undefined) {
    channel.push(frame(pushed++, 'x'.repeat(1_000)));
    if (pushed % 100 === 0) await new Promise(setImmediate);
  }
  const room = channel.room();
  client.resume();
  await room;
  await expect.poll(numbers).toEqual(upTo(pushed));
});

test('nothing comes behind the end of a subscription, all before it does', async () => {
  const channel = outbox.channel('1');
  channel.push(frame(0));
  channel.close();
  socket.send(message('complete', 1));
  channel.push(frame(2));
  outbox.channel('2').push(frame(3));
  await expect.poll(numbers).toEqual([0, 1, 3]);
});

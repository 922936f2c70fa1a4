// Handshakes of sockets that nobody means well: none may end the process, and none may hold up its end.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { sendRaw, statusOf } from './raw.js';

const HANDSHAKE = [
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

let app: RunningApp;
const uncaught = vi.fn();

beforeAll(async () => {
  app = await runApp();
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
});
afterAll(async () => {
  process.off('uncaughtException', uncaught);
  process.off('unhandledRejection', uncaught);
  await app.close();
});

/** Still there, and nothing was thrown where nobody could catch it. */
async function unharmed(): Promise<void> {
  expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
  expect(uncaught).not.toHaveBeenCalled();
}

test.each([
  ['//', 404],
  ['http://[', 404],
  ['/%', 404],
  ['/', 404],
  ['/graphql/../graphql', 404],
  ['/api/webhooks/stripe', 404],
])('a handshake at %s is refused', async (target, status) => {
  expect(statusOf(await sendRaw(app.url, [`GET ${target} HTTP/1.1`, ...HANDSHAKE]))).toBe(status);
  await unharmed();
});

test.each([
  ['without a key', HANDSHAKE.filter((line) => !line.startsWith('Sec-WebSocket-Key'))],
  ['of another version', HANDSHAKE.map((line) => line.replace('13', '1'))],
  ['with an origin of nonsense', [...HANDSHAKE, 'Origin: ://']],
])('a handshake %s is refused', async (_, lines) => {
  const status = statusOf(await sendRaw(app.url, ['GET /graphql HTTP/1.1', ...lines]));
  expect(status).toBeGreaterThanOrEqual(400);
  await unharmed();
});

test.each(['/', '/graphql'])(
  'one who hangs up in the middle of a handshake at %s costs nothing',
  async (path) => {
    for (let i = 0; i < 20; i++) {
      const socket = await dial(path);
      socket.resetAndDestroy();
    }
    await unharmed();
  },
);

test('a protocol that is not ours has no socket', async () => {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-ws');
  const [error] = await once(socket, 'error').catch((e) => [e]);
  expect(error.message).toMatch(/protocol/i);
  await unharmed();
});

test('a frame that is too large or broken closes its socket with a code, and is not printed', async () => {
  const printed = vi.spyOn(console, 'error');
  const large = await openSocket();
  large.send('x'.repeat(64 * 1024 + 1));
  expect((await once(large, 'close'))[0]).toBe(1009);
  const broken = await openSocket();
  // A text frame whose reserved bits are set.
  (broken as unknown as { _socket: Socket })._socket.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
  expect((await once(broken, 'close'))[0]).toBe(1002);
  expect(printed).not.toHaveBeenCalled();
  await unharmed();
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  return socket;
}

test('the server’s end waits neither for a peer that says nothing nor for a stream (last: it ends the server)', async () => {
  const dead = await dial('/graphql');
  await once(dead, 'data');
  const authorization = `Bearer ${await app.token(ADMIN)}`;
  const stream = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
    body: JSON.stringify({ query: 'subscription { payoutStatusChanged { cursor } }' }),
  });
  expect(stream.status).toBe(200);
  const read = stream.text().catch(() => 'cut');
  const began = performance.now();
  await app.app.close();
  expect(performance.now() - began).toBeLessThan(3_500);
  await read;
  dead.destroy();
  expect(uncaught).not.toHaveBeenCalled();
});

/** Asks for a socket, and then says nothing of the protocol any more. */
async function dial(path: string): Promise<Socket> {
  const { hostname, port } = new URL(app.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write([`GET ${path} HTTP/1.1`, ...HANDSHAKE, '', ''].join('\r\n'));
  return socket;
}

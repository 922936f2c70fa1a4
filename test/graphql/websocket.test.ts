// The socket itself: who may open one, how long it lives, and what closes it.
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { createPayout, overSocket, signedInCreator, take } from './ask.js';

const FRIEND = 'https://dashboard.example.com';

let app: RunningApp;
let admin: string;

beforeAll(async () => {
  app = await runApp({ CORS_ORIGINS: FRIEND });
  admin = await app.token(ADMIN);
});
afterAll(() => app.close());

const address = () => `${app.url.replace('http', 'ws')}/graphql`;

/** A bare socket of the protocol. */
function open(headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(address(), 'graphql-transport-ws', { headers });
}

/** Opens one and signs in. */
async function signedIn(token: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = open(headers);
  await once(socket, 'open');
  send(socket, { type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  const [message] = await once(socket, 'message');
  expect(JSON.parse(String(message))).toEqual({ type: 'connection_ack' });
  return socket;
}

const send = (socket: WebSocket, message: object) => socket.send(JSON.stringify(message));

async function closing(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, 'close', { signal: AbortSignal.timeout(4_000) });
  return code;
}

test.each([
  ['no token', undefined],
  ['no bearer token', { authorization: 'Basic YTpi' }],
  ['a bad token', { authorization: 'Bearer abc' }],
  ['a token of no text', { authorization: 42 }],
  ['a token without a signature', { authorization: `Bearer ${unsigned()}` }],
  ['a list with a good token', async () => ({ authorization: [`Bearer ${await app.token(ADMIN)}`] })],
])('%s: closed with 4403', async (_, told) => {
  const payload = typeof told === 'function' ? await told() : told;
  const socket = open();
  await once(socket, 'open');
  send(socket, { type: 'connection_init', payload });
  expect(await closing(socket)).toBe(4403);
});

function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.ceil(Date.now() / 1000) + 600;
  const claims = { sub: 'admin', role: 'ADMIN', iss: 'payouts', aud: 'payouts', exp };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

test('an operation before the sign-in closes it', async () => {
  const socket = open();
  await once(socket, 'open');
  send(socket, { id: '1', type: 'subscribe', payload: { query: '{ viewer { role } }' } });
  expect(await closing(socket)).toBe(4401);
});

test('it is closed with 4403 when its token expires', async () => {
  const began = Date.now();
  const short = await signedIn(await app.token(ADMIN, 2));
  const closed = closing(short);
  const long = await signedIn(admin);
  send(short, {
    id: '1',
    type: 'subscribe',
    payload: { query: 'subscription { payoutStatusChanged { cursor } }' },
  });
  expect(await closed).toBe(4403);
  // A token is good for whole seconds.
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(long.readyState).toBe(WebSocket.OPEN);
  long.close();
});

test('a token that has expired opens none', async () => {
  const socket = open();
  await once(socket, 'open');
  const authorization = `Bearer ${await app.token(ADMIN, -1)}`;
  send(socket, { type: 'connection_init', payload: { authorization } });
  expect(await closing(socket)).toBe(4403);
});

test.each([
  ['another site', () => 'https://evil.example.com'],
  ['a friend’s name within another', () => `${FRIEND}.evil.example.com`],
  ['a friend over plain http', () => FRIEND.replace('https', 'http')],
  ['a page without an origin', () => 'null'],
  ['our host, another port', () => 'http://127.0.0.1:1'],
])('the handshake of %s is refused', async (_, origin) => {
  const socket = open({ origin: origin() });
  const [error] = await once(socket, 'error');
  expect(error.message).toBe('Unexpected server response: 403');
});

test.each([
  ['our own page', () => ({ origin: app.url })],
  ['a page of CORS_ORIGINS', () => ({ origin: FRIEND })],
  ['no browser', () => ({})],
])('the handshake of %s is accepted', async (_, headers) => {
  const socket = await signedIn(admin, headers() as Record<string, string>);
  socket.close();
});

test('another path has no socket', async () => {
  const [error] = await once(new WebSocket(`${address()}/other`, 'graphql-transport-ws'), 'error');
  expect(error.message).toBe('Unexpected server response: 404');
});

test('64 kB may be one message, more closes the socket', async () => {
  const viewer = (size: number) => {
    const message = { id: 'a', type: 'subscribe', payload: { query: '{ viewer { role } } #' } };
    message.payload.query += 'x'.repeat(size - JSON.stringify(message).length);
    return message;
  };
  const socket = await signedIn(admin);
  send(socket, viewer(64 * 1024));
  const [answer] = await once(socket, 'message');
  expect(JSON.parse(String(answer))).toMatchObject({
    type: 'next',
    payload: { data: { viewer: { role: 'ADMIN' } } },
  });
  send(socket, viewer(64 * 1024 + 1));
  expect(await closing(socket)).toBe(1009);
});

test.each([
  ['syntax', '{ viewer {'],
  ['nothing', ''],
  ['an unknown field', '{ viewer { nothing } }'],
  ['a wrong argument', '{ payout(id: 1.5) { id } }'],
  ['a missing variable', 'query ($id: ID!) { payout(id: $id) { id } }'],
  ['an unknown operation', 'query A { viewer { role } } query B { viewer { role } }'],
])('an error of %s is an answer with a code, and the socket goes on', async (_, query) => {
  const client = app.socket(admin);
  // Without anything to listen to, the client itself would close it.
  client.iterate({ query: 'subscription { payoutStatusChanged { cursor } }' });
  let closed = false;
  client.on('closed', () => {
    closed = true;
  });
  const { errors } = await overSocket(client, { query });
  expect(errors?.length).toBeGreaterThan(0);
  for (const { extensions } of errors ?? []) {
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', requestId: expect.any(String) });
  }
  expect(await overSocket(client, { query: '{ viewer { role } }' })).toEqual({
    data: { viewer: { role: 'ADMIN' } },
  });
  expect(closed).toBe(false);
  await client.dispose();
});

test('one operation’s error leaves the subscriptions beside it alone', async () => {
  const creator = await signedInCreator(app);
  const client = app.socket(creator.token);
  const changes = client.iterate({ query: 'subscription { payoutStatusChanged { status } }' });
  await overSocket(client, { query: '{ viewer {' });
  await overSocket(client, { query: '{ payouts { totalCount } }' });
  await createPayout(app, { creatorId: creator.id });
  const heard = await take(changes, 1);
  expect(heard).toEqual([{ data: { payoutStatusChanged: { status: 'PENDING' } } }]);
  await client.dispose();
});

test('the server’s end closes it with 1001 (last: it ends the server)', async () => {
  const socket = await signedIn(admin);
  const code = closing(socket);
  await app.app.close();
  expect(await code).toBe(1001);
});

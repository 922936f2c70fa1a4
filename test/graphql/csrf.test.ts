// What a foreign web page can make a browser send: it must do nothing here, and learn nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';
import { globalId } from './ask.js';

const FRIEND = 'https://dashboard.example.com';
const QUERY = '{ viewer { role } }';

let app: RunningApp;
let admin: string;
let mutation: string;

beforeAll(async () => {
  app = await runApp({ CORS_ORIGINS: FRIEND });
  admin = await app.token(ADMIN);
  const { id } = await addCreator(app.world);
  const input = `{ creatorId: "${globalId('Creator', id)}", amountCents: 500, idempotencyKey: "k" }`;
  mutation = `mutation { createPayout(input: ${input}) { __typename } }`;
});
afterAll(() => app.close());

const payouts = async () => (await app.world.db.pool.query('SELECT id FROM payouts')).rowCount;

function send(body: BodyInit | null, headers: Record<string, string> = {}, method = 'POST') {
  const authorization = `Bearer ${admin}`;
  return fetch(`${app.url}/graphql`, { method, headers: { authorization, ...headers }, body });
}

/** `null`: none at all, as of bytes that say nothing of themselves. */
const FORMS: [name: string, type: string | null, body: () => BodyInit][] = [
  ['a form', 'application/x-www-form-urlencoded', () => new URLSearchParams({ query: mutation }).toString()],
  ['plain text', 'text/plain', () => JSON.stringify({ query: mutation })],
  ['text that names JSON', 'text/plain; application/json', () => JSON.stringify({ query: mutation })],
  ['bare GraphQL', 'application/graphql', () => mutation],
  ['JSON by another name', 'application/jsonp', () => JSON.stringify({ query: mutation })],
  ['no type', null, () => new TextEncoder().encode(JSON.stringify({ query: mutation }))],
  ['multipart', null, () => upload()],
];

function upload(): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: mutation }));
  form.set('map', '{}');
  return form;
}

test.each(FORMS)('a POST of %s is refused', async (_, type, body) => {
  const response = await send(body(), type === null ? {} : { 'content-type': type });
  expect(response.status).toBe(415);
  const { errors } = (await response.json()) as { errors: object[] };
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }]);
  expect(await payouts()).toBe(0);
});

test.each(['application/json', 'application/json; charset=utf-8', 'application/graphql+json'])(
  'a POST of %s is taken',
  async (type) => {
    const response = await send(JSON.stringify({ query: QUERY }), { 'content-type': type });
    expect(await response.json()).toEqual({ data: { viewer: { role: 'ADMIN' } } });
  },
);

test('a GET reads, and changes nothing', async () => {
  const get = (query: string, accept: string) =>
    fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { authorization: `Bearer ${admin}`, accept },
    });
  const read = await get(QUERY, 'application/json');
  expect([read.status, await read.json()]).toEqual([200, { data: { viewer: { role: 'ADMIN' } } }]);
  for (const accept of ['application/json', 'text/event-stream', 'application/graphql-response+json']) {
    const write = await get(mutation, accept);
    expect(write.status).toBe(405);
    expect(await write.text()).not.toContain('"data"');
  }
  expect(await payouts()).toBe(0);
});

describe('CORS', () => {
  const json = { 'content-type': 'application/json' };
  const corsOf = (response: Response) =>
    Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-')));

  test('a page of the list may call, without credentials of the browser', async () => {
    const response = await send(JSON.stringify({ query: QUERY }), { ...json, origin: FRIEND });
    const cors = corsOf(response);
    expect(cors['access-control-allow-origin']).toBe(FRIEND);
    expect(cors['access-control-allow-credentials']).not.toBe('true');
  });

  test.each(['https://evil.example.com', `${FRIEND}.evil.example.com`, 'null', FRIEND.toUpperCase()])(
    'a page of %s reads nothing',
    async (origin) => {
      const response = await send(JSON.stringify({ query: QUERY }), { ...json, origin });
      expect(corsOf(response)).toEqual({});
    },
  );

  test('a preflight is answered for the list alone', async () => {
    const preflight = (origin: string) =>
      send(
        null,
        {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
        'OPTIONS',
      );
    expect(corsOf(await preflight(FRIEND))['access-control-allow-origin']).toBe(FRIEND);
    expect(corsOf(await preflight('https://evil.example.com'))).toEqual({});
  });
});

describe('a body', () => {
  const LIMIT = 256 * 1024;
  const sized = (bytes: number) => JSON.stringify({ query: `${QUERY} #` }).padEnd(bytes, ' ');
  const json = { 'content-type': 'application/json' };

  test('of 256 kB is read', async () => {
    const response = await send(sized(LIMIT), json);
    expect(await response.json()).toEqual({ data: { viewer: { role: 'ADMIN' } } });
  });

  test('of more is refused with 413, whether it says its length or not', async () => {
    expect((await send(sized(LIMIT + 1), json)).status).toBe(413);
    const stream = new Blob([sized(LIMIT + 1)]).stream();
    const chunked = {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${admin}` },
      body: stream,
      duplex: 'half',
    };
    const response = await fetch(`${app.url}/graphql`, chunked as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.text()).not.toContain('"data"');
  });
});

test.each(['PUT', 'DELETE', 'PATCH'])('%s is not allowed', async (method) => {
  const response = await send(
    JSON.stringify({ query: mutation }),
    { 'content-type': 'application/json' },
    method,
  );
  expect(response.status).toBe(405);
  expect(await payouts()).toBe(0);
});

// What an answer tells a browser besides itself: on every way that there is, also where it is a refusal.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';

const FRIEND = 'https://dashboard.example.com';
const OTHER = 'https://another.example.com';
const JSON_TYPE = { 'content-type': 'application/json' };

let app: RunningApp;
let authorization: string;
beforeAll(async () => {
  app = await runApp({ CORS_ORIGINS: `${FRIEND}, ${OTHER}` });
  authorization = `Bearer ${await app.token(ADMIN)}`;
});
afterAll(() => app.close());

const open = (path: string, init: RequestInit = {}) =>
  fetch(`${app.url}${path}`, { redirect: 'manual', ...init });

const post = (body: unknown, headers: Record<string, string> = {}) =>
  open('/graphql', {
    method: 'POST',
    headers: { ...JSON_TYPE, authorization, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const bring = (body: string, headers: Record<string, string> = {}) =>
  open('/imports/statements', {
    method: 'POST',
    headers: { 'content-type': 'text/csv', authorization, ...headers },
    body,
  });

const QUERY = { query: '{ viewer { role } }' };
const TOO_LARGE = ' '.repeat(256 * 1024 + 1);

const ANSWERS: [what: string, status: number, ask: () => Promise<Response>][] = [
  ['a query', 200, () => post(QUERY)],
  ['a query by GET', 200, () => open('/graphql?query=%7B__typename%7D')],
  ['no JSON', 400, () => post('{')],
  ['a form', 415, () => post('a', { 'content-type': 'text/plain' })],
  ['a body that is too large', 413, () => post(TOO_LARGE)],
  ['a token that is none', 401, () => post(QUERY, { authorization: 'Bearer x' })],
  ['nothing that fits', 406, () => post(QUERY, { accept: 'image/png' })],
  ['another method', 405, () => open('/graphql', { method: 'PUT' })],
  ['a preflight', 204, () => open('/graphql', { method: 'OPTIONS' })],
  ['health', 200, () => open('/health/ready')],
  ['no path', 404, () => open('/nothing')],
  ['a method that a path has not', 405, () => open('/health/live', { method: 'DELETE' })],
  ['a webhook without a signature', 400, () => open('/api/webhooks/stripe', { method: 'POST', body: '{}' })],
  ['a statement file', 422, () => bring('no statements')],
  ['a statement file without a token', 401, () => bring('', { authorization: '' })],
  ['the start page', 200, () => open('/')],
  ['GraphiQL', 200, () => open('/graphql', { headers: { accept: 'text/html' } })],
  ['a sign-in', 302, () => open('/dev/sign-in/admin')],
  ['nobody’s sign-in', 404, () => open('/dev/sign-in/nobody')],
];

test.each(ANSWERS)('%s: nobody keeps it, guesses its type or frames it', async (_, status, ask) => {
  const response = await ask();
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringMatching(/default-src 'none';.*frame-ancestors 'none'/),
  });
  await response.body?.cancel();
});

test('GraphiQL may run what stands in its page, and ask nobody but us', async () => {
  const page = await open('/graphql', { headers: { accept: 'text/html' } });
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'unsafe-inline' blob:;");
  expect(policy).toContain("connect-src 'self';");
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
  await page.body?.cancel();
});

test('a refusal has an id, wherever it was refused', async () => {
  for (const [, status, ask] of ANSWERS.filter(([, number]) => number >= 400)) {
    const response = await ask();
    const text = await response.text();
    expect([status, text]).toEqual([status, expect.stringMatching(/"requestId":"[\w-]{36}"/)]);
  }
});

test('what is accepted and cannot be had is 406, with a code and with what can be', async () => {
  const response = await post(QUERY, { accept: 'text/html' });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    406,
    'application/json; charset=utf-8',
  ]);
  const extensions = { code: 'BAD_USER_INPUT', requestId: expect.any(String) };
  const message = expect.stringContaining('application/json');
  expect(await response.json()).toEqual({ errors: [{ message, extensions }] });
});

test.each([
  ['/health/live', 'DELETE', 'GET, HEAD'],
  ['/api/webhooks/stripe', 'GET', 'POST'],
  ['/graphql', 'PUT', 'GET, POST'],
])('%s says which methods it has', async (path, method, allowed) => {
  const response = await open(path, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, allowed]);
});

describe('to a page of another origin', () => {
  /** Both ways: a query that comes again is answered by the short one. */
  const asks: [string, () => Promise<Response>][] = ANSWERS.slice(0, 9).map(([what, , ask]) => [what, ask]);

  test.each(asks)('%s: what stands between must not give one page’s answer to another', async (_, ask) => {
    const response = await ask();
    expect(response.headers.get('vary')).toBe('Origin');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    ['a query', () => post(QUERY, { origin: FRIEND }), 200],
    ['the same once more', () => post(QUERY, { origin: FRIEND }), 200],
    ['a body that is too large', () => post(TOO_LARGE, { origin: FRIEND }), 413],
    ['no JSON', () => post('{', { origin: FRIEND }), 400],
    ['a token that is none', () => post(QUERY, { origin: FRIEND, authorization: 'Bearer x' }), 401],
  ])('%s can be read by a page of the list, with when to ask again', async (_, ask, status) => {
    const { status: answered, headers } = await ask();
    expect(answered).toBe(status);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': FRIEND,
      'access-control-expose-headers': 'Retry-After',
      vary: 'Origin',
    });
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('a preflight says what may be sent, for ten minutes', async () => {
    const headers = {
      origin: OTHER,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    };
    const response = await open('/graphql', { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': OTHER,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Headers',
    });
  });
});

// The start page of development: one click signs in, on this machine alone, and the token stays out of every address.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { devRoutes, devToken } from '../../src/http/dev-pages.js';
import { createHttpServer } from '../../src/http/server.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { watchedLog } from '../support/canary.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, type TestCreator } from '../support/world.js';
import { sendRaw, statusOf } from './raw.js';

let app: RunningApp;
let creator: TestCreator;

beforeAll(async () => {
  app = await runApp();
  creator = await addCreator(app.world);
});
afterAll(() => app.close());

const JWT = /eyJ[\w-]+\.eyJ[\w-]+\./;

const open = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, { headers, redirect: 'manual' });

/** The cookie of a sign-in, as the browser gives it back. */
async function cookieOf(slug: string): Promise<string> {
  const response = await open(`/dev/sign-in/${slug}`);
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function roleOf(cookie: string): Promise<string | undefined> {
  const token = cookie.split('=')[1] ?? '';
  const { data } = await app.query({ query: '{ viewer { role } }' }, token);
  return data?.viewer.role;
}

test('a click signs in: a cookie that scripts and other sites cannot reach, and an address without a token', async () => {
  const response = await open('/dev/sign-in/admin');
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe('/graphql');
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^payouts_dev=[\w.-]+; /);
  expect(cookie.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict']);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await roleOf(cookie.split(';')[0] ?? '')).toBe('ADMIN');
  expect(await roleOf(await cookieOf(creator.id))).toBe('CREATOR');
});

test('a click opens a dashboard, with the token in the fragment, which no server is sent', async () => {
  const opened = async (slug: string) =>
    (await open(`/dev/sign-in/${slug}?to=dashboard`)).headers.get('location');
  expect(await opened('admin')).toMatch(new RegExp(`^/admin#token=${JWT.source}`));
  expect(await opened(creator.id)).toMatch(new RegExp(`^/creator#token=${JWT.source}`));
});

test('the start page links to each sign-in and holds no token', async () => {
  const response = await open('/', { cookie: await cookieOf('admin') });
  const html = await response.text();
  expect(html).toContain('href="/dev/sign-in/admin"');
  expect(html).toContain(`href="/dev/sign-in/${creator.id}"`);
  expect(html).toContain('href="/dev/sign-in/admin?to=dashboard"');
  expect(html).not.toMatch(JWT);
  expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
});

test('GraphiQL begins with the token of the last sign-in, and asks no other host for anything', async () => {
  const cookie = await cookieOf('admin');
  const html = await (await open('/graphql', { accept: 'text/html', cookie })).text();
  // The page is megabytes long: no matcher that would print it.
  expect(html.includes(cookie.split('=')[1] ?? 'no token')).toBe(true);
  expect(/<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?\/\//.exec(html)?.[0]).toBeUndefined();
  const nobody = await (await open('/graphql', { accept: 'text/html' })).text();
  expect(JWT.test(nobody)).toBe(false);
});

test('the cookie is for GraphiQL alone: an operation that carries nothing else is nobody’s', async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: await cookieOf('admin') },
    body: JSON.stringify({ query: '{ viewer { role } }' }),
  });
  const { errors } = (await response.json()) as { errors: object[] };
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test.each([
  'evil.example.com',
  'evil.example.com:4000',
  'localhost.evil.example.com',
  '127.0.0.1.evil.example',
  '',
])('asked for as “%s”, it signs nobody in', async (host) => {
  const lines = ['GET /dev/sign-in/admin HTTP/1.1', `Host: ${host}`, 'Connection: close'];
  const answer = await sendRaw(app.url, lines);
  expect(statusOf(answer)).toBe(403);
  expect(answer).not.toMatch(/set-cookie/i);
});

test.each(['cross-site', 'same-site', 'SAME-ORIGIN, x'])(
  'sent here by a page of another origin (%s), it signs nobody in',
  async (from) => {
    const response = await open('/dev/sign-in/admin', { 'sec-fetch-site': from });
    expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null]);
  },
);

test.each(['same-origin', 'none'])('asked for by our own page or by hand (%s), it signs in', async (from) => {
  expect((await open('/dev/sign-in/admin', { 'sec-fetch-site': from })).status).toBe(302);
});

test.each(['nobody', '', '%E0%A4%A', '..%2Fadmin', 'admin%00'])('nobody is called “%s”', async (slug) => {
  const response = await open(`/dev/sign-in/${slug}`);
  expect([response.status, response.headers.get('set-cookie')]).toEqual([404, null]);
});

test('only what can be a token is read from the cookie', async () => {
  const read = (cookie: string) => devToken(new Request('http://localhost', { headers: { cookie } }));
  expect(await read('a=b; payouts_dev=aa.bb-c_.dd; c=d')).toBe('aa.bb-c_.dd');
  expect(await read('payouts_dev=aa</script><script>alert(1)')).toBe('aa');
  expect(await read('other_payouts_dev=aa')).toBeNull();
});

test('a name is a name on the page, whatever is in it', async () => {
  const label = `<img src=x onerror="alert('1')">`;
  const viewer: Viewer = { role: 'CREATOR', sub: 'x', creatorId: 'x' };
  const routes = devRoutes({
    accounts: async () => [{ slug: `"><script>`, label, viewer }],
    sign: async () => 'token',
    simulatorUrl: null,
    showsMail: false,
  });
  const http = createHttpServer(routes, watchedLog());
  const port = await http.listen(0, '127.0.0.1');
  const html = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  await http.close();
  expect(html).not.toMatch(/<script|<img/);
});

test('where tokens come from a key set there is nothing to sign in with, and no page for it', async () => {
  const other = await runApp({ JWT_SECRET: '', JWT_JWKS_URL: 'http://127.0.0.1:1/jwks' });
  try {
    for (const path of ['/', '/dev/sign-in/admin']) {
      expect((await fetch(`${other.url}${path}`)).status).toBe(404);
    }
  } finally {
    await other.close();
  }
});

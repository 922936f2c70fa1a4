// How the dashboards are served: under a policy that lets nothing in but their own files, pages anew and assets for a year,
// compressed where a browser takes that.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dashboardRoutes } from '../../src/http/dashboards.js';
import { createHttpServer, type HttpServer } from '../../src/http/server.js';
import { createLogger } from '../../src/observability/logger.js';
import { sendRaw, statusOf } from './raw.js';

const PAGE =
  '<html><meta name="login-url" content="" /><script src="/dashboard/assets/a.js"></script></html>';
const LOGIN = 'https://platform.example.com/login?for="payouts"&x=<y>';

const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4);

let folder: string;
let http: HttpServer;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'payouts-dashboards-'));
  await mkdir(path.join(folder, 'assets'));
  for (const name of ['admin', 'creator']) await writeFile(path.join(folder, `${name}.html`), PAGE);
  for (const end of ['', '.br', '.gz']) await writeFile(path.join(folder, `assets/a-1.js${end}`), `as${end}`);
  await writeFile(path.join(folder, 'persisted-documents.json'), '{}');
  http = createHttpServer(dashboardRoutes({ folder, loginUrl: LOGIN }), createLogger('silent'));
  url = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
});
afterAll(async () => {
  await http.close();
  await rm(folder, { recursive: true });
});

test.each(['/admin', '/admin/payouts/UGF5?x=1', '/creator', '/creator/statement'])(
  '%s is a page',
  async (at) => {
    const response = await fetch(`${url}${at}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  },
);

test('a page says where one signs in, and nothing of that address gets out of its place', async () => {
  const html = await (await fetch(`${url}/admin`)).text();
  const content = /name="login-url" content="([^"]*)"/.exec(html)?.[1] ?? '';
  expect(content.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))).toBe(LOGIN);
});

test.each([
  ['br, gzip', 'as.br', 'br'],
  ['gzip', 'as.gz', 'gzip'],
  ['identity', 'as', undefined],
])('an asset for who takes %s', async (accepted, body, encoding) => {
  const lines = [
    'GET /dashboard/assets/a-1.js HTTP/1.1',
    'Host: x',
    `Accept-Encoding: ${accepted}`,
    'Connection: close',
  ];
  const answer = await sendRaw(url, lines);
  expect(statusOf(answer)).toBe(200);
  expect(answer).toMatch(/^cache-control: public,max-age=31536000,immutable\r$/im);
  expect(answer).toMatch(/^content-type: text\/javascript\r$/im);
  expect(answer).toMatch(/^vary: accept-encoding\r$/im);
  expect(/^content-encoding: (\w+)\r$/im.exec(answer)?.[1]).toBe(encoding);
  expect(bodyOf(answer)).toBe(body);
});

test.each(['b.js', '..%2Fpersisted-documents.json', '../admin.html', '%2e%2e/admin.html', ''])(
  'there is no asset “%s”, and nobody keeps that',
  async (name) => {
    const answer = await sendRaw(url, [
      `GET /dashboard/assets/${name} HTTP/1.1`,
      'Host: x',
      'Connection: close',
    ]);
    expect(statusOf(answer)).toBe(404);
    expect(answer).toMatch(/^cache-control: no-store\r$/im);
    expect(answer).toMatch(/"requestId":/);
  },
);

test('where nothing was built there is no dashboard', () => {
  expect(dashboardRoutes({ folder: path.join(folder, 'nothing'), loginUrl: null })).toEqual([]);
});

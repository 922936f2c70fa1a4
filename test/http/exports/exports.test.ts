// The exports over HTTP, beside the API on one database: the same rows, and the same walls around them.
import { once } from 'node:events';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { FIELDS, headerLine, type Node, rowLine } from '../../../bench/export-csv.js';
import { createAddressOf } from '../../../src/http/address.js';
import { exportRoute } from '../../../src/http/exports/route.js';
import { createIdentify } from '../../../src/http/identity.js';
import { createHttpServer, type HttpServer } from '../../../src/http/server.js';
import { createLogger } from '../../../src/observability/logger.js';
import { walkPayouts } from '../../../src/payouts/exports/walk.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { creatorViewer, globalId } from '../../graphql/ask.js';
import { type Edge, openEdge } from '../../graphql/edge.js';
import { ADMIN, JWT_SECRET } from '../../support/running-app.js';

const ROWS = 2_400;
const HOSTILE = [
  '=HYPERLINK("http://x","y")',
  '<script>alert(1)</script>',
  'Quist, "Ida"\r\nX',
  '+49',
  'Åsa 灯',
];
const log = createLogger('silent');
const limit = { seconds: 0 };

let edge: Edge;
let server: HttpServer;
let url: string;
let creators: string[];

beforeAll(async () => {
  edge = await openEdge();
  creators = HOSTILE.map((_, index) => `creator-${index}`);
  await fill();
  const identify = createIdentify({ secret: JWT_SECRET, issuer: 'payouts', audience: 'payouts' });
  const route = exportRoute({
    pool: edge.world.db.pool,
    identify,
    take: async () => limit.seconds,
    addressOf: createAddressOf(0),
    corsOrigins: ['https://books.example'],
    log,
  });
  server = createHttpServer([route], log);
  // What waits for a next request alone is soon gone, so that what is left is in use.
  server.server.keepAliveTimeout = 1_000;
  url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
});
afterAll(async () => {
  await server.close();
  await edge.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  limit.seconds = 0;
});

/** Two payouts in three share the moment of their creation, so that the id has to break ties. */
async function fill(): Promise<void> {
  const { pool } = edge.world.db;
  await pool.query(
    `INSERT INTO creators (id, external_id, display_name, email, updated_at)
     SELECT id, 'ext-' || id, name, id || '@example.com', now() FROM unnest($1::text[], $2::text[]) AS c(id, name)`,
    [creators, HOSTILE],
  );
  await pool.query(
    `INSERT INTO payouts (id, creator_id, amount_cents, status, stripe_transfer_id, failure_code, failed_reason,
       retry_count, last_retry_at, next_attempt_at, processed_at, created_at, updated_at)
     SELECT 'p' || md5(n::text), 'creator-' || n % 5, 100 + n, status::"PayoutStatus",
       CASE status WHEN 'COMPLETED' THEN 'tr_' || n END, CASE status WHEN 'FAILED' THEN 'balance_insufficient' END,
       CASE status WHEN 'FAILED' THEN '-Insufficient, "funds"' || chr(10) || 'in Stripe' END, n % 3,
       CASE WHEN n % 3 > 0 THEN made END, CASE WHEN status = 'FAILED' AND n % 2 = 0 THEN made + interval '1 day' END,
       CASE status WHEN 'COMPLETED' THEN made + interval '1 hour' END, made, made
     FROM generate_series(1, $1::int) AS n,
       LATERAL (SELECT timestamp '2025-01-01' + (n / 3) * interval '4 hours 7 milliseconds' AS made,
         (ARRAY['COMPLETED', 'PENDING', 'FAILED', 'PROCESSING'])[1 + n % 4] AS status) AS facts`,
    [ROWS],
  );
}

interface AskOptions {
  viewer?: Viewer;
  headers?: Record<string, string>;
  method?: string;
}

async function ask(path: string, { viewer = ADMIN, headers = {}, method = 'GET' }: AskOptions = {}) {
  const authorization = `Bearer ${await edge.token(viewer)}`;
  return fetch(url + path, { method, headers: { authorization, ...headers } });
}

async function rowsOf(path: string, viewer?: Viewer): Promise<Record<string, string>[]> {
  const response = await ask(path, viewer && { viewer });
  expect(response.status).toBe(200);
  return parse(await response.text(), { columns: true, record_delimiter: '\r\n' });
}

const OWN_FIELDS = FIELDS.replace('email externalId', '').replace('stripeTransferId', '');

/** All of the API's list, page by page, as the export is said to spell it. */
async function listed(viewer: Viewer, filter: object): Promise<string> {
  const isAdmin = viewer.role === 'ADMIN';
  const [list, fields] = isAdmin ? ['payouts', FIELDS] : ['myPayouts', OWN_FIELDS];
  const query = `query ($after: String, $filter: PayoutFilter) { ${list}(first: 100, after: $after, filter: $filter) {
    nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;
  let text = headerLine(isAdmin);
  for (let after: string | null = null; ; ) {
    const headers = { authorization: `Bearer ${await edge.token(viewer)}` };
    const answer = await edge.post({ query, variables: { after, filter } }, headers);
    // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
    const connection = ((await answer.json()) as any).data[list];
    text += connection.nodes.map((node: Node) => rowLine(node, isAdmin)).join('');
    if (!connection.pageInfo.hasNextPage) return text;
    after = connection.pageInfo.endCursor;
  }
}

const OWN = creatorViewer('creator-2');

it.each<[string, Viewer, string, object]>([
  ['all of it', ADMIN, '', {}],
  [
    'some statuses',
    ADMIN,
    '?status=FAILED,PENDING&creatorId=&from=&to=',
    { status: { in: ['FAILED', 'PENDING'] } },
  ],
  [
    'one creator',
    ADMIN,
    `?creatorId=${encodeURIComponent(globalId('Creator', 'creator-1'))}`,
    { creatorId: globalId('Creator', 'creator-1') },
  ],
  [
    'one creator by its own id',
    ADMIN,
    '?creatorId=creator-1',
    { creatorId: globalId('Creator', 'creator-1') },
  ],
  [
    'a time',
    ADMIN,
    '?from=2025-02-01&to=2025-03-01T00:00:00%2B01:00&status=COMPLETED',
    { createdAt: { gte: '2025-02-01T00:00:00Z', lt: '2025-02-28T23:00:00Z' }, status: { in: ['COMPLETED'] } },
  ],
  ['a creator, all its own', OWN, '', {}],
  ['a creator, some of its own', OWN, '?status=FAILED', { status: { in: ['FAILED'] } }],
])('is the list, byte for byte and in its order: %s', async (_, viewer, query, filter) => {
  const text = await (await ask(`/exports/payouts.csv${query}`, { viewer })).text();
  expect(text.length).toBeGreaterThan(1_000);
  expect(text).toBe(await listed(viewer, filter));
});

it('hands creators nothing of others, and no column that is for admins', async () => {
  const own = await rowsOf('/exports/payouts.csv', OWN);
  expect(own).toHaveLength(ROWS / 5);
  expect(Object.keys(own[0] ?? {})).not.toEqual(expect.arrayContaining(['stripeTransferId']));
  expect(JSON.stringify(own)).not.toMatch(/Insufficient|tr_\d|@example/);
  const another = await (await ask('/exports/payouts.csv?creatorId=creator-1', { viewer: OWN })).text();
  const nobody = await (await ask('/exports/payouts.csv?creatorId=no-such', { viewer: OWN })).text();
  expect(another).toBe(nobody);
  expect(another.trim().split('\r\n')).toHaveLength(1);
});

it.each([
  ['/exports/payouts.csv?status=failed', /status is none of PENDING/],
  ['/exports/payouts.csv?status=FAILED,', /status is none of/],
  ['/exports/payouts.csv?from=2026-02-30', /from is not a date/],
  ['/exports/payouts.csv?to=tomorrow', /to is not a date/],
  ['/exports/payouts.csv?from=2026-01-01&from=2026-01-02', /from is there twice/],
  [`/exports/payouts.csv?creatorId=${globalId('Payout', 'x')}`, /not the id of a creator/],
  ['/exports/payouts.csv?creatorId=%00', /not the id of a creator/],
  ['/exports/payouts.csv?search=x', /no parameter of this name/],
  ['/exports/payouts.csv?token=x', /no parameter of this name/],
  ['/exports/statement?year=26&creatorId=creator-1', /year must be/],
  ['/exports/statement?year=2026', /whose statement/],
  ['/exports/statement?year=2026&creatorId=creator-1&format=pdf', /html or csv/],
  ['/exports/payouts/%E0/audit', /not a reference/],
])('refuses %s with a reason', async (path, error) => {
  const response = await ask(path);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: expect.stringMatching(error),
    code: 'BAD_USER_INPUT',
    requestId: expect.any(String),
  });
});

it('is for who is signed in, and the audit for admins', async () => {
  const path = '/exports/payouts.csv';
  for (const headers of [{}, { authorization: 'Bearer x.y.z' }, { authorization: 'Basic eDp5' }]) {
    const response = await fetch(url + path, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  expect((await ask('/exports/payouts/x/audit', { viewer: OWN })).status).toBe(403);
  expect((await ask('/exports/statement?year=2025&creatorId=creator-1', { viewer: OWN })).status).toBe(404);
  expect((await ask('/exports/payouts/no-such/audit')).status).toBe(404);
  expect((await ask('/exports/anything')).status).toBe(404);
  const posted = await ask(path, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
});

it('is limited, with the seconds to wait', async () => {
  limit.seconds = 7;
  const response = await ask('/exports/payouts.csv');
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  expect(await response.json()).toMatchObject({ code: 'RATE_LIMITED' });
});

it('names the file, packs it where that is taken, and answers HEAD without it', async () => {
  const plain = await ask('/exports/payouts.csv', { headers: { 'accept-encoding': 'gzip;q=0' } });
  expect(plain.headers.get('content-encoding')).toBe(null);
  expect(plain.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
  expect(plain.headers.get('content-disposition')).toMatch(
    /^attachment; filename="payouts-\d{4}-\d\d-\d\d\.csv"$/,
  );
  expect(plain.headers.get('cache-control')).toBe('no-store');
  const text = await plain.text();
  const packed = await raw('/exports/payouts.csv', { 'accept-encoding': 'br, gzip' });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.body).toString()).toBe(text);
  const before = await exported();
  const head = await ask('/exports/payouts.csv', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect(head.headers.get('content-disposition')).toMatch(/^attachment/);
  expect(await exported()).toEqual(before);
});

it('lets pages of an allowed origin ask, and tells others nothing', async () => {
  const preflight = await fetch(`${url}/exports/payouts.csv`, {
    method: 'OPTIONS',
    headers: { origin: 'https://books.example', 'access-control-request-headers': 'authorization' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://books.example');
  const other = await ask('/exports/payouts.csv', {
    method: 'HEAD',
    headers: { origin: 'https://evil.example' },
  });
  expect(other.headers.get('access-control-allow-origin')).toBe(null);
});

/** As it comes, unpacked by nobody. */
async function raw(path: string, headers: Record<string, string>) {
  const authorization = `Bearer ${await edge.token()}`;
  const [response] = await once(http.get(url + path, { headers: { authorization, ...headers } }), 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response as http.IncomingMessage) chunks.push(chunk as Buffer);
  return { headers: (response as http.IncomingMessage).headers, body: Buffer.concat(chunks) };
}

async function exported() {
  const { rows } = await edge.world.db.pool.query(
    `SELECT actor, action, after FROM audit_events WHERE chain = 'exports' ORDER BY sequence`,
  );
  return rows;
}

it('writes down who took what', async () => {
  await rowsOf('/exports/payouts.csv?status=FAILED&from=2025-02-01', OWN);
  expect((await exported()).at(-1)).toEqual({
    actor: OWN.sub,
    action: 'payouts_exported',
    after: { status: ['FAILED'], createdAt: { gte: '2025-02-01T00:00:00.000Z' } },
  });
});

/** Every page is a full one, so that the list has no end. */
function endlessPages() {
  const { pool } = edge.world.db;
  const query = pool.query.bind(pool) as (...all: unknown[]) => Promise<unknown>;
  const read = { pages: 0, at: Date.now() };
  vi.spyOn(pool, 'query').mockImplementation((async (text: unknown, values: unknown) => {
    if (!isPage(text)) return query(text, values);
    read.pages++;
    read.at = Date.now();
    return query(String(text).replace('(created_at, id) <', '(created_at, id) <>'), values);
  }) as never);
  return read;
}

const isPage = (text: unknown) => String(text).includes('json_agg');

it('reads no further than its client does, and nothing more for one that has hung up', async () => {
  const read = endlessPages();
  const authorization = `Bearer ${await edge.token()}`;
  const request = http.get(`${url}/exports/payouts.csv`, { headers: { authorization } });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  await once(response, 'readable');
  // What fits between the two is full, and nothing more is read.
  await vi.waitUntil(() => Date.now() - read.at > 500, { timeout: 15_000, interval: 50 });
  const pages = read.pages;
  expect(pages).toBeGreaterThan(1);
  response.destroy();
  await expect.poll(connections).toBe(0);
  expect(read.pages - pages).toBeLessThanOrEqual(1);
});

const connections = () =>
  new Promise<number>((resolve) => server.server.getConnections((_, count) => resolve(count)));

it('cuts the connection where it fails in the middle, and answers where it fails at once', async () => {
  const { pool } = edge.world.db;
  const query = pool.query.bind(pool) as (...all: unknown[]) => Promise<unknown>;
  const failing = { from: 3, asked: 0 };
  vi.spyOn(pool, 'query').mockImplementation((async (text: unknown, values: unknown) => {
    if (isPage(text) && ++failing.asked >= failing.from) throw new Error('the disk is gone');
    return query(text, values);
  }) as never);
  const error = vi.spyOn(log, 'error');
  const response = await ask('/exports/payouts.csv');
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  expect(error).toHaveBeenCalledWith(
    expect.objectContaining({ path: '/exports/payouts.csv' }),
    expect.any(String),
  );
});

it('tells each payout once, as it stood when its page was read, while others come and change', async () => {
  const { pool } = edge.world.db;
  const walk = walkPayouts(pool, ADMIN, {}, ['id']);
  const told = (await walk.next()).value as { id: string; retryCount: number }[];
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM payouts ORDER BY created_at LIMIT 1');
  const oldest = rows[0]?.id;
  await pool.query('UPDATE payouts SET retry_count = 99 WHERE id = $1', [oldest]);
  await pool.query(
    `INSERT INTO payouts (id, creator_id, amount_cents, updated_at) VALUES ('came-later', 'creator-0', 100, now())`,
  );
  for await (const page of walk) told.push(...page);
  expect(told).toHaveLength(ROWS);
  expect(new Set(told.map(({ id }) => id)).size).toBe(ROWS);
  expect(told.find(({ id }) => id === oldest)?.retryCount).toBe(99);
  expect(told.map(({ id }) => id)).not.toContain('came-later');
});

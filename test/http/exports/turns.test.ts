// Many exports at once, slow readers, and exports that fail: nobody holds up the others, and no half of one looks whole.
import { once } from 'node:events';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { exportRoute } from '../../../src/http/exports/route.js';
import { MOST_AT_ONCE, MOST_OF_ONE } from '../../../src/http/exports/turns.js';
import { createHttpServer, type HttpServer } from '../../../src/http/server.js';
import { createLogger } from '../../../src/observability/logger.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { sendRaw, statusOf } from '../raw.js';

const ROWS = 2_000;
const PATIENCE_MS = 1_500;
const log = createLogger('silent');

let database: TestDatabase;
let pool: pg.Pool;
let server: HttpServer;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, options: '-c TimeZone=UTC', max: 3 });
  // One that is ending is cut off where its database is dropped first.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await pool.query(
    `INSERT INTO creators (id, external_id, display_name, email, updated_at) VALUES ('c', 'c', 'C', 'c@example.com', now())`,
  );
  await pool.query(
    `INSERT INTO payouts (id, creator_id, amount_cents, created_at, updated_at)
     SELECT 'p' || n, 'c', 100 + n, timestamp '2026-01-01' + n * interval '1 minute', now()
     FROM generate_series(1, $1::int) AS n`,
    [ROWS],
  );
  const route = exportRoute({
    pool,
    // Who asks is what it says.
    identify: async (sub = '') => ({ viewer: { role: 'ADMIN', sub }, expiresAt: Number.POSITIVE_INFINITY }),
    take: async () => 0,
    addressOf: () => '127.0.0.1',
    corsOrigins: [],
    log,
    patienceMs: PATIENCE_MS,
  });
  server = createHttpServer([route], log);
  // What waits for a next request alone is soon gone, so that what is left is in use.
  server.server.keepAliveTimeout = 1_000;
  url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
});
afterAll(async () => {
  await server.close();
  await pool.end();
  await database.drop();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const PATH = '/exports/payouts.csv';
const ask = (sub: string) => fetch(url + PATH, { headers: { authorization: sub } });

type Query = (text: unknown, values: unknown) => Promise<unknown>;

/** Stands before every page of the list. */
function beforePages(work: (page: number) => unknown, change = (text: string) => text): { pages: number } {
  const query = pool.query.bind(pool) as unknown as Query;
  const read = { pages: 0 };
  vi.spyOn(pool, 'query').mockImplementation((async (text: unknown, values: unknown) => {
    if (!String(text).includes('json_agg')) return query(text, values);
    await work(++read.pages);
    return query(change(String(text)), values);
  }) as never);
  return read;
}

/** Every page is a full one, so that the list has no end. */
const endlessPages = () =>
  beforePages(
    () => undefined,
    (text) => text.replace('(created_at, id) <', '(created_at, id) <>'),
  );

/** Asks, and reads nothing of the answer. */
async function stalled(sub: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET ${PATH} HTTP/1.1\r\nhost: x\r\nauthorization: ${sub}\r\n\r\n`);
  await once(socket, 'connect');
  return socket;
}

const connections = () =>
  new Promise<number>((resolve) => server.server.getConnections((_, n) => resolve(n)));

it('refuses one export too many of one caller and of all, and says when to come back', async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const read = beforePages(() => gate);
  const callers = Array.from({ length: MOST_AT_ONCE }, (_, n) => `caller-${Math.floor(n / MOST_OF_ONE)}`);
  const running = callers.map((caller) => ask(caller).then((answer) => answer.text()));
  await expect.poll(() => read.pages).toBe(MOST_AT_ONCE);
  const mine = await ask('caller-0');
  expect([mine.status, mine.headers.get('retry-after')]).toEqual([429, '10']);
  expect(await mine.json()).toMatchObject({
    code: 'RATE_LIMITED',
    error: 'You are reading 2 exports already: read one to its end, or ask again in 10 s.',
  });
  const other = await ask('somebody-else');
  expect([other.status, other.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await other.json()).toMatchObject({
    code: 'BUSY',
    error: expect.stringMatching(/ask again in 10 s/),
  });
  open();
  expect((await Promise.all(running)).map(lines)).toEqual(callers.map(() => ROWS + 1));
  expect(lines(await (await ask('somebody-else')).text())).toBe(ROWS + 1);
  const { rows } = await pool.query(
    `SELECT count(*)::int AS told FROM audit_events WHERE chain = 'exports' AND actor = 'somebody-else'`,
  );
  expect(rows).toEqual([{ told: 1 }]); // what was refused was taken by nobody
});

const lines = (text: string) => text.trim().split('\r\n').length;

it('cuts off who reads nothing, who holds no connection of the database meanwhile and no turn after it', async () => {
  const read = endlessPages();
  const sockets = await Promise.all(Array.from({ length: MOST_OF_ONE }, () => stalled('sleeper')));
  await expect.poll(async () => (await ask('sleeper')).status).toBe(429);
  // They wait for their readers now, and the whole pool is free.
  await expect
    .poll(() => [read.pages > 2, pool.totalCount - pool.idleCount, pool.waitingCount])
    .toEqual([true, 0, 0]);
  await expect.poll(connections, { timeout: 10_000 }).toBe(0);
  vi.restoreAllMocks();
  const next = await ask('sleeper');
  expect([next.status, lines(await next.text())]).toEqual([200, ROWS + 1]);
  for (const socket of sockets) socket.destroy();
});

it('answers with an error of its own, and no header of a file, where the first page cannot be read', async () => {
  beforePages(() => {
    throw new Error('the disk is gone');
  });
  const answer = await sendRaw(url, [`GET ${PATH} HTTP/1.1`, 'host: x', 'connection: close']);
  expect(statusOf(answer)).toBe(500);
  expect(answer).toMatch(/content-type: application\/json/);
  expect(answer).not.toMatch(/reference,|disk is gone|content-disposition/i);
});

it.each(['identity', 'gzip'])(
  'breaks off a transfer that fails in the middle, so that all see it: %s',
  async (coding) => {
    beforePages((page) => {
      if (page === 3) throw new Error('the disk is gone');
    });
    const request = http.get(url + PATH, { headers: { authorization: 'x', 'accept-encoding': coding } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).toBe(200);
    const chunks: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(response.complete).toBe(false);
    const body = Buffer.concat(chunks);
    if (coding === 'gzip') expect(() => gunzipSync(body)).toThrow(/unexpected end/);
    else expect(lines(body.toString())).toBeLessThan(ROWS + 1);
    vi.restoreAllMocks();
    expect(lines(await (await ask('x')).text())).toBe(ROWS + 1);
  },
);

it('hands out a header alone where the list is empty', async () => {
  const answer = await ask('x');
  const header = (await answer.text()).split('\r\n')[0];
  const none = await fetch(`${url}${PATH}?creatorId=nobody`, { headers: { authorization: 'x' } });
  expect(await none.text()).toBe(`${header}\r\n`);
});

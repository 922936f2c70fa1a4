// Statement files over HTTP: who may bring one, what it answers, and that nothing is half done whatever becomes of the client.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createAddressOf } from '../../../src/http/address.js';
import { createIdentify, signToken } from '../../../src/http/identity.js';
import { importRoute } from '../../../src/http/imports/route.js';
import { createHttpServer, type HttpServer } from '../../../src/http/server.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { creatorViewer } from '../../graphql/ask.js';
import {
  addCreator,
  atTheSameMoment,
  createWorld,
  distrokidFile,
  everything,
  ownFile,
  statementsOf,
  type World,
} from '../../statements/support.js';
import { CANARY, watchedLog } from '../../support/canary.js';
import { ADMIN, JWT_SECRET } from '../../support/running-app.js';
import { chunked, sendRaw, statusOf } from '../raw.js';

const LARGEST = 2_000_000;
const PATIENCE_MS = 1_500;
const TOKENS = { secret: JWT_SECRET, issuer: 'payouts', audience: 'payouts' };
const log = watchedLog();

let world: World;
let folder: string;
let server: HttpServer;
let url: string;
let nova: string;
let email: string;
let round = 0;
const charged: unknown[] = [];
const limit = { seconds: 0 };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'payouts-imports-'));
  vi.stubEnv('TMPDIR', folder);
  world = await createWorld();
  const route = importRoute({
    pool: world.pool,
    currency: 'usd',
    largestBytes: LARGEST,
    identify: createIdentify(TOKENS),
    take: async (...all) => {
      charged.push(all);
      return limit.seconds;
    },
    addressOf: createAddressOf(0),
    corsOrigins: ['https://books.example'],
    log,
    patienceMs: PATIENCE_MS,
  });
  server = createHttpServer([route], log);
  // Else those of fetch stay open for longer than a test waits.
  server.server.keepAliveTimeout = 1_000;
  url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}/imports/statements`;
});
afterAll(async () => {
  await server.close();
  await world.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  round += 1;
  email = `nova${round}@${CANARY}.example.com`;
  nova = await addCreator(world, { name: `Nova ${round}`, email, aliases: [`Nova ${round}`] });
  charged.length = 0;
});
afterEach(async () => {
  vi.restoreAllMocks();
  limit.seconds = 0;
  expect((await readdir(folder)).filter((name) => name.startsWith('payouts-import-'))).toEqual([]);
});

interface SendOptions {
  query?: string;
  viewer?: Viewer;
  headers?: Record<string, string>;
}

const tokenOf = (viewer: Viewer = ADMIN) => signToken(TOKENS, viewer, 600);

async function send(body: BodyInit, { query = '', viewer, headers = {} }: SendOptions = {}) {
  const response = await fetch(url + query, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf(viewer)}`, 'content-type': 'text/csv', ...headers },
    body,
    duplex: 'half',
  } as RequestInit);
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

const august = (cents = '1250') => ownFile([[email, '2026-08-01', '2026-08-31', cents]]);

it('says what it would do, does it, and the same file again changes nothing', async () => {
  const before = await everything(world);
  const looked = await send(august(), { query: '?dryRun=true&fileName=august.csv' });
  expect([looked.status, looked.body]).toEqual([
    200,
    expect.objectContaining({
      outcome: 'dry_run',
      wouldBe: 'imported',
      fileName: 'august.csv',
      importId: null,
    }),
  ]);
  expect(looked.body.totals).toMatchObject({ statements: 1, amountCents: '1250' });
  expect(await everything(world)).toEqual(before);

  const brought = await send(august(), { query: '?fileName=august.csv&reason=The+label+sent+it' });
  expect([brought.status, brought.body.outcome]).toEqual([200, 'imported']);
  expect(brought.body.statements).toEqual(looked.body.statements);
  expect(await statementsOf(world, nova)).toMatchObject([{ start: '2026-08-01', cents: 1250 }]);
  expect(await lastAudit()).toEqual({
    actor: ADMIN.sub,
    action: 'statements_imported',
    reason: 'The label sent it',
    requestId: expect.stringMatching(/^[\w-]{36}$/),
    importId: brought.body.importId,
  });

  const after = await everything(world);
  const again = await send(august(), { headers: { 'content-type': 'application/octet-stream' } });
  expect([again.status, again.body]).toEqual([
    200,
    expect.objectContaining({
      outcome: 'already_imported',
      previousImport: expect.objectContaining({ fileName: 'august.csv', importedBy: ADMIN.sub }),
    }),
  ]);
  expect(await everything(world)).toEqual(after);
});

async function lastAudit() {
  const { rows } = await world.pool.query(
    `SELECT actor, action, reason, request_id AS "requestId", after->>'importId' AS "importId"
     FROM audit_events ORDER BY sequence DESC LIMIT 1`,
  );
  return rows[0];
}

it('names the lines of a broken file and why, and nothing of it goes in without a word', async () => {
  const before = await everything(world);
  const file = `${august()}${email},2026-09-01,2026-09-30,12.5\nnobody@example.com,2026-09-01,2026-09-30,7\n`;
  const { status, body } = await send(file);
  expect([status, body.outcome]).toEqual([422, 'refused']);
  expect(body.problems).toEqual([
    { line: 3, code: 'bad_amount', reason: expect.any(String) },
    { line: 4, code: 'unknown_creator', reason: expect.any(String) },
  ]);
  expect(body.unknownCreators).toEqual([
    { name: 'nobody@example.com', reason: 'unknown', rows: 1, sum: '0.07' },
  ]);
  expect(await everything(world)).toEqual(before);
  const rest = await send(file, { query: '?skipBad=true' });
  expect([rest.status, rest.body.outcome, rest.body.totals.badRows]).toEqual([200, 'imported', 2]);
  expect(await statementsOf(world, nova)).toHaveLength(1);
});

it('lets in what shares days with an earlier statement on the admin’s word alone', async () => {
  await send(august());
  const quarter = ownFile([[email, '2026-07-01', '2026-09-30', '900']]);
  const refused = await send(quarter);
  expect([refused.status, refused.body.problems[0].code]).toEqual([422, 'period_overlap']);
  const { status, body } = await send(quarter, { query: '?allowOverlap=true' });
  expect([status, body.statements[0].overlaps.periodStart]).toEqual([200, '2026-08-01']);
});

it('imports the sum that was looked at, or nothing', async () => {
  const looked = (await send(august(), { query: '?dryRun=true' })).body.totals.amountCents;
  // A carried amount makes it another sum by then.
  await world.pool.query('UPDATE creators SET royalty_carry = 0.02 WHERE id = $1', [nova]);
  const before = await everything(world);
  const refused = await send(august(), { query: `?expectedCents=${looked}` });
  expect([refused.status, refused.body.code]).toEqual([422, 'TOTAL_CHANGED']);
  expect(await everything(world)).toEqual(before);
  const again = await send(august(), { query: '?expectedCents=1252' });
  expect([again.status, again.body.outcome, again.body.totals.amountCents]).toEqual([
    200,
    'imported',
    '1252',
  ]);
});

it.each([
  ['', /The file is empty/, 'UNKNOWN_FORMAT'],
  ['<html>not a statement</html>', /no statement file that we know/, 'UNKNOWN_FORMAT'],
  ['creator_email,creator_email,period_start,period_end,amount_cents\n', /stands there twice/, 'BAD_HEADER'],
  ['creator_email,period_start,period_end,amount_cents\n"never closed,', /quot/i, 'UNREADABLE_FILE'],
])('refuses what is no statement file: %s', async (text, error, code) => {
  const before = await everything(world);
  const { status, body } = await send(text);
  expect([status, body]).toEqual([
    422,
    { error: expect.stringMatching(error), code, requestId: expect.any(String) },
  ]);
  expect(await everything(world)).toEqual(before);
});

it('is for admins', async () => {
  const before = await everything(world);
  for (const authorization of ['', 'Bearer x.y.z', 'Basic eDp5']) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...(authorization && { authorization }), 'content-type': 'text/csv' },
      body: august(),
    });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  const creator = await send(august(), { viewer: creatorViewer(nova), query: '?dryRun=true' });
  expect([creator.status, creator.body.code]).toEqual([403, 'FORBIDDEN']);
  expect(await everything(world)).toEqual(before);
  expect(charged).toEqual([
    ...Array(3).fill([expect.stringMatching(/^address:/), 'mutation', 1]),
    [`user:${creatorViewer(nova).sub}`, 'mutation', 5],
  ]);
});

it('is limited, with the seconds to wait', async () => {
  limit.seconds = 7;
  const { status, headers, body } = await send(august());
  expect([status, headers.get('retry-after'), body.code]).toEqual([429, '7', 'RATE_LIMITED']);
});

it.each([
  ['?dryRun=1', /dryRun is true or false/],
  ['?dryRun=true&dryRun=false', /dryRun is there twice/],
  ['?expectedCents=12.5', /whole number of cents/],
  ['?token=x', /no parameter of this name/],
  ['?fileName=a%0Ab', /not the name of a file/],
  ['?fileName=months/', /not the name of a file/],
  [`?fileName=${'x'.repeat(256)}`, /not the name of a file/],
  [`?reason=${'x'.repeat(1_001)}`, /must have 1 to 1000 characters/],
])('refuses %s with a reason, and imports nothing', async (query, error) => {
  const { status, body } = await send(august(), { query });
  expect([status, body]).toEqual([
    400,
    { error: expect.stringMatching(error), code: 'BAD_USER_INPUT', requestId: expect.any(String) },
  ]);
  expect(await statementsOf(world, nova)).toEqual([]);
});

it.each([
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'text/plain' },
  { 'content-encoding': 'gzip' },
])('takes nothing that a form could send, and nothing packed: %o', async (headers) => {
  const { status, body } = await send(august(), { headers: headers as Record<string, string> });
  expect([status, body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  expect(await statementsOf(world, nova)).toEqual([]);
});

it('is asked by POST alone, and by pages of allowed origins', async () => {
  const authorization = `Bearer ${await tokenOf()}`;
  const got = await fetch(url, { headers: { authorization } });
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  const preflight = (origin: string) =>
    fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-headers': 'authorization' } });
  const [own, evil] = [await preflight('https://books.example'), await preflight('https://evil.example')];
  expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([
    204,
    'https://books.example',
  ]);
  expect(evil.headers.get('access-control-allow-origin')).toBe(null);
});

it('takes a file up to its limit, and no larger one, whether its length is announced or not', async () => {
  const rows = (bytes: number) =>
    `${august()}${`${email},2026-09-01,2026-09-30,1\n`.repeat(1_000_000)}`.slice(0, bytes);
  const whole = await send(rows(LARGEST), { query: '?dryRun=true' });
  expect([whole.status, whole.body.outcome]).toEqual([200, 'dry_run']);
  const authorization = `authorization: Bearer ${await tokenOf()}`;
  const lines = ['POST /imports/statements HTTP/1.1', 'host: x', authorization, 'content-type: text/csv'];
  const body = Buffer.from(rows(LARGEST + 1));
  const origin = new URL(url).origin;
  for (const answer of [
    await sendRaw(origin, [...lines, `content-length: ${body.length}`, 'connection: close'], body),
    await sendRaw(origin, [...lines, 'transfer-encoding: chunked', 'connection: close'], chunked(body)),
  ]) {
    expect(statusOf(answer)).toBe(413);
    expect(answer).toMatch(/"code":"TOO_LARGE"/);
  }
  expect(await statementsOf(world, nova)).toEqual([]);
});

it('answers a client that is still sending, and reads no further', async () => {
  const authorization = `Bearer ${await tokenOf()}`;
  const request = http.request(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv', 'content-length': LARGEST * 10 },
  });
  request.on('error', () => undefined);
  request.write(august());
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  expect([response.statusCode, response.headers.connection]).toEqual([413, 'close']);
  request.destroy();
});

/** Begins a file that is said to be longer than what comes. */
async function begun(): Promise<http.ClientRequest> {
  const authorization = `Bearer ${await tokenOf()}`;
  const request = http.request(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv', 'content-length': august().length + 100 },
  });
  request.on('error', () => undefined);
  request.write(august());
  return request;
}

const connections = () =>
  new Promise<number>((resolve) => server.server.getConnections((_, count) => resolve(count)));

it('does nothing for a client that leaves, or falls silent, in the middle of its file', async () => {
  const before = await everything(world);
  const failed = vi.spyOn(log, 'error');
  const leaver = await begun();
  await expect.poll(() => charged.length).toBe(1);
  // It has its turn: another one of the same admin has to wait.
  await expect.poll(async () => (await send(august(), { query: '?dryRun=true' })).status).toBe(429);
  leaver.destroy();
  await expect.poll(async () => (await send(august(), { query: '?dryRun=true' })).status).toBe(200);
  const silent = await begun();
  await new Promise((resolve) => silent.once('close', resolve));
  await expect.poll(async () => (await send(august(), { query: '?dryRun=true' })).status).toBe(200);
  expect(await everything(world)).toEqual(before);
  expect(failed).not.toHaveBeenCalled();
});

it('stops for a client that leaves while its file is read', async () => {
  const before = await everything(world);
  const read = world.pool.query.bind(world.pool) as (...all: unknown[]) => Promise<unknown>;
  let reached: () => void = () => undefined;
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  vi.spyOn(world.pool, 'query').mockImplementationOnce((async (...all: unknown[]) => {
    reached();
    await gate;
    return read(...all);
  }) as never);
  const authorization = `Bearer ${await tokenOf()}`;
  const request = http.request(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv' },
  });
  request.on('error', () => undefined);
  request.end(august());
  await isReached;
  request.destroy();
  await expect.poll(connections).toBe(0);
  goOn();
  await expect.poll(async () => (await send(august(), { query: '?dryRun=true' })).status).toBe(200);
  expect(await everything(world)).toEqual(before);
});

it('of the same file twice at once one goes in, and the other is told so', async () => {
  const other = { viewer: { role: 'ADMIN', sub: 'second@platform' } } as const;
  const reports = await atTheSameMoment(world, nova, [
    async () => (await send(august())).body,
    async () => (await send(august(), other)).body,
  ]);
  expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['already_imported', 'imported']);
  expect(await statementsOf(world, nova)).toHaveLength(1);
});

/** While the creator's row is held, so that an import waits where it begins to write. In the end it is let go, come what may. */
async function holdingCreator<T>(work: () => Promise<T>): Promise<T> {
  const holder = await world.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM creators WHERE id = $1 FOR UPDATE', [nova]);
    return await work();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

it('imports nothing where it is cut off from the database in the middle, and all of it the next time', async () => {
  const before = await everything(world);
  const cut = await holdingCreator(async () => {
    const sent = send(august());
    // It has begun to write: it waits for the creator.
    await expect
      .poll(async () => {
        const { rows } = await world.pool.query(
          `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows;
      })
      .toEqual([{ done: true }]);
    return [sent];
  });
  expect((await cut[0])?.status).toBe(500);
  expect(await everything(world)).toEqual(before);
  expect((await send(august())).body.outcome).toBe('imported');
});

it('takes in two files at once, one of each admin, and sends others away for a moment', async () => {
  const viewers = ['a', 'b'].map((sub) => ({ role: 'ADMIN', sub }) as const);
  const running = await holdingCreator(async () => {
    const sent = viewers.map((viewer, at) =>
      send(august(String(100 + at)), { viewer, query: '?fileName=x' }),
    );
    await expect
      .poll(
        async () =>
          (await send(august(), { viewer: { role: 'ADMIN', sub: 'c' }, query: '?dryRun=true' })).body.code,
      )
      .toBe('BUSY');
    const mine = await send(august(), { viewer: { role: 'ADMIN', sub: 'a' } });
    expect([mine.body.code, mine.headers.get('retry-after')]).toEqual(['RATE_LIMITED', '10']);
    return sent;
  });
  const outcomes = (await Promise.all(running)).map(({ body }) => body.outcome);
  expect(outcomes.sort()).toEqual(['imported', 'refused']);
});

it('reads a file of any dialect as the command does, also one that is sent piece by piece', async () => {
  const file = await world.file('d.tsv', distrokidFile([[`Nova ${round}`, '2026-08', '10.123456789012']]));
  const body = Readable.toWeb(createReadStream(file, { highWaterMark: 7 })) as unknown as BodyInit;
  const { body: report } = await send(body);
  expect(report).toMatchObject({ outcome: 'imported', format: 'distrokid', fileName: 'upload' });
  expect(await statementsOf(world, nova)).toMatchObject([{ cents: 1012, carriedOut: '0.003456789012' }]);
});

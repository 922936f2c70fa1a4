// The doctor, on what is sick: each misconfiguration is found, by its name, and what is well is said to be.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { checkAgenda } from '../../src/cli/doctor/agenda.js';
import {
  checkConnections,
  checkListening,
  checkTransactions,
  isSameServer,
} from '../../src/cli/doctor/connections.js';
import { checkMigrations, checkObjects, checkRights } from '../../src/cli/doctor/database.js';
import { checkDocuments } from '../../src/cli/doctor/documents.js';
import { examine } from '../../src/cli/doctor/examine.js';
import { checkMail, checkSecrecy } from '../../src/cli/doctor/mail.js';
import { checkKeySet, checkRedis } from '../../src/cli/doctor/others.js';
import { checkClock, checkServer } from '../../src/cli/doctor/postgres.js';
import { checkPublic, lookThrough } from '../../src/cli/doctor/public.js';
import { checkApprovals, checkRefusals } from '../../src/cli/doctor/records.js';
import { checkWork } from '../../src/cli/doctor/work.js';
import { raiseAlert } from '../../src/payouts/alerts.js';
import { pauseProcessing } from '../../src/payouts/processing.js';
import { MIGRATIONS } from '../../src/wiring/database.js';
import { pay } from '../payouts/support.js';
import { createWorld, openClient, type World } from '../support/world.js';
import { type Answers, configOf, deafPooler, NOWHERE, PRODUCTION, serveAt, sick } from './doctor-support.js';

let world: World;
let client: pg.Client;
const ends: (() => unknown)[] = [];
const serve = (answers: Answers, sees?: (server: http.Server) => void) => serveAt(answers, ends, sees);

beforeAll(async () => {
  world = await createWorld();
  client = await openClient(world);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(async () => {
  await client.end();
  await world.close();
});

describe('the database', () => {
  it('is well as the tests have it', async () => {
    expect(sick(await checkClock(client))).toEqual([]);
    expect(sick(await checkMigrations(world.databaseUrl, MIGRATIONS))).toEqual([]);
    expect(sick(await checkObjects(client, MIGRATIONS))).toEqual([]);
  });

  const server = {
    number: '150000',
    version: '15.0',
    encoding: 'UTF8',
    fsync: 'on',
    synchronousCommit: 'on',
    fullPageWrites: 'on',
    replica: 'false',
  };

  it.each([
    [{}, []],
    [{ number: '130011' }, ['error postgres-version']],
    [{ encoding: 'SQL_ASCII' }, ['error postgres-encoding']],
    [{ replica: 'true' }, ['error postgres-replica']],
    [{ fsync: 'off' }, ['error postgres-durability']],
    [
      { synchronousCommit: 'off', fullPageWrites: 'off' },
      ['error postgres-durability', 'error postgres-durability'],
    ],
  ])('that says %j of itself', async (said, findings) => {
    const told = { query: async () => ({ rows: [{ ...server, ...said }] }) } as unknown as pg.Client;
    expect(sick(await checkServer(told, true))).toEqual(findings);
  });

  it.each([
    [100, 10, []],
    [60, 10, []],
    [59, 10, ['warning connections']],
    [20, 3, ['warning connections']],
  ])('that allows %i connections, for pools of %i', async (most, poolSize, findings) => {
    const told = { query: async () => ({ rows: [{ most }] }) } as unknown as pg.Client;
    expect(sick(await checkConnections(told, poolSize))).toEqual(findings);
  });

  it('that allows our user fewer connections than the server has', async () => {
    expect(sick(await checkConnections(client, 10))).toEqual([]);
    await client.query('BEGIN');
    ends.push(() => client.query('ROLLBACK'));
    await client.query('ALTER ROLE CURRENT_USER CONNECTION LIMIT 30');
    expect(await checkConnections(client, 10)).toMatchObject([
      { status: 'warning', message: expect.stringContaining('30 connections: room for 2 processes') },
    ]);
  });

  it.each([
    [5_000, 'warning clock'],
    [-5_000, 'warning clock'],
    [120_000, 'error clock'],
  ])('whose clock is %i ms off', async (ms, finding) => {
    expect(sick(await checkClock(client, () => Date.now() + ms))).toEqual([finding]);
  });

  it('behind a pooler that swallows what listeners are told', async () => {
    expect(await checkListening(world.databaseUrl, 'DATABASE_URL')).toEqual([]);
    const deaf = await deafPooler(world.databaseUrl, ends);
    expect(await checkListening(deaf, 'DATABASE_URL', 200)).toMatchObject([
      { check: 'pooler', status: 'error', message: expect.stringContaining('DATABASE_URL') },
    ]);
  });

  it('in which a transaction stays open', async () => {
    const idle = await openClient(world);
    ends.push(() => idle.end());
    await idle.query('BEGIN');
    const { rows } = await idle.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // The server has other tests' transactions, too, and the oldest of all is told.
    const isTold = async (longMs?: number) => {
      const found = await checkTransactions(client, longMs);
      return found.some(({ message }) => message.includes(`(process ${rows[0]?.pid})`));
    };
    // Who only reads holds nobody up.
    expect(await isTold(0)).toBe(false);
    await idle.query('SELECT pg_current_xact_id()');
    expect(await isTold()).toBe(false);
    await expect.poll(() => isTold(0)).toBe(true);
    expect(sick(await checkTransactions(client, 0))).toEqual(['warning transactions']);
  });

  it('that lets our role not write', async () => {
    expect(await checkRights(client)).toEqual([]);
    await client.query('BEGIN');
    ends.push(() => client.query('ROLLBACK'));
    await client.query('CREATE ROLE doctor_second; SET ROLE doctor_second');
    const [finding] = await checkRights(client);
    expect(finding).toMatchObject({ check: 'postgres-rights', status: 'error' });
    expect(finding?.message).toMatch(/may not read or write .*\bpayouts\b/);
  });

  it('that lacks a migration', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'doctor-'));
    ends.push(() => rm(folder, { recursive: true }));
    await mkdir(path.join(folder, '999_later'));
    await writeFile(path.join(folder, '999_later/migration.sql'), 'SELECT 1;');
    expect(await checkMigrations(world.databaseUrl, folder)).toMatchObject([
      { check: 'migrations', status: 'error', message: expect.stringContaining('999_later') },
    ]);
  });

  it('that lacks an index, has a broken one, and a trigger that is off', async () => {
    await client.query('BEGIN');
    ends.push(() => client.query('ROLLBACK'));
    await client.query('DROP INDEX payouts_creator_id_status_idx');
    await client.query(
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'payouts_status_created_at_idx'::regclass`,
    );
    await client.query('ALTER TABLE audit_events DISABLE TRIGGER USER');
    const findings = await checkObjects(client, MIGRATIONS);
    expect(findings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'The index payouts_creator_id_status_idx is missing.',
        'The index payouts_status_created_at_idx is invalid.',
        expect.stringMatching(/^The trigger audit_events\./),
      ]),
    );
    expect(new Set(sick(findings))).toEqual(new Set(['error indexes', 'error triggers']));
  });
});

it('finds paused processing, workers that are gone, waiting events and open alerts', async () => {
  await world.db.pool.query('UPDATE metric_position SET swept_at = now()');
  expect(sick(await checkWork(client, 30_000))).toEqual([]);
  await pay(world);
  expect(sick(await checkWork(client, 30_000))).toEqual([]);
  await world.db.pool.query(`UPDATE payouts SET updated_at = now() - interval '3 minutes'`);
  await world.db.pool.query(
    `INSERT INTO webhook_events (id, type, livemode, payload, received_at) VALUES ('evt_1', 't', false, '{}', now() - interval '1 hour')`,
  );
  await raiseAlert(world.db.pool, { rule: 'payout_stuck', key: 'x', message: 'Look.' });
  const findings = await checkWork(client, 30_000);
  expect(sick(findings)).toEqual(['error workers', 'warning inbox', 'warning alerts']);
  expect(findings[0]?.message).toContain('1 payout overdue');
  await pauseProcessing(world.db.pool, 'a test', { name: 'admin' });
  expect(sick(await checkWork(client, 30_000))).toEqual([
    'warning processing',
    'warning inbox',
    'warning alerts',
  ]);
});

it('finds that nobody sweeps, though nothing is due', async () => {
  await client.query('BEGIN');
  ends.push(() => client.query('ROLLBACK'));
  await client.query('UPDATE payouts SET updated_at = now()');
  await client.query(`UPDATE metric_position SET swept_at = now() - interval '170 seconds'`);
  expect(sick(await checkWork(client, 30_000))).not.toContain('error workers');
  await client.query(`UPDATE metric_position SET swept_at = now() - interval '190 seconds'`);
  const findings = await checkWork(client, 30_000);
  expect(findings).toContainEqual(expect.objectContaining({ message: 'No worker has swept for 190 s.' }));
});

it('finds a channel that has refused what it was told', async () => {
  expect(await checkRefusals(client)).toEqual([]);
  await client.query(
    `INSERT INTO alert_deliveries (alert_id, channel, step, state, error)
     SELECT id, 'slack', 'raised', 'refused', 'no_service' FROM alerts LIMIT 1`,
  );
  expect(await checkRefusals(client)).toMatchObject([
    {
      check: 'alert-channels',
      status: 'warning',
      message: '1 notice of the last week refused for good by slack: no_service.',
    },
  ]);
});

it('finds who creates payouts under another limit than ours', async () => {
  await pay(world);
  expect(sick(await checkApprovals(client, world.deps.limits.approvalAboveCents))).toEqual([]);
  const findings = await checkApprovals(client, 77_700);
  expect(sick(findings)).toEqual(['warning approval']);
  expect(findings[0]?.message).toMatch(/payouts? of the last hour .* not set; here it is 77700\.$/);
});

describe('the others', () => {
  it('Redis that is away, refuses us, or is too old', async () => {
    expect(sick(await checkRedis(`redis://:secret@${NOWHERE}`))).toEqual(['error redis']);
    const strict = net.createServer((socket) =>
      socket.on('data', () => socket.write('-NOAUTH Authentication required.\r\n')),
    );
    await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve));
    ends.push(() => strict.close());
    const [refused] = await checkRedis(`redis://127.0.0.1:${(strict.address() as AddressInfo).port}`);
    expect(refused).toMatchObject({ status: 'error', message: expect.stringContaining('NOAUTH') });
    // To every command it says the same.
    const old = net.createServer((socket) =>
      socket.on('data', (asked) => {
        const commands = asked.toString().match(/^\*\d+\r$/gm) ?? [];
        socket.write(commands.map(() => '$20\r\nredis_version:5.0.14\r\n').join(''));
      }),
    );
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    ends.push(() => old.close());
    const [finding] = await checkRedis(`redis://127.0.0.1:${(old.address() as AddressInfo).port}`);
    expect(finding).toMatchObject({ status: 'error', message: expect.stringContaining('Redis is 5.0.14') });
  });

  it("Agenda's store", async () => {
    const kept = (url: string) =>
      checkAgenda(configOf({ ...PRODUCTION, AGENDA_URL: url, DATABASE_URL: `postgres://${NOWHERE}/x` }));
    expect(sick(await kept(`postgres://${NOWHERE}/jobs`))).toEqual(['error agenda']);
    expect(sick(await kept(world.databaseUrl))).toEqual([]);
    expect(sick(await kept(await deafPooler(world.databaseUrl, ends)))).toEqual(['error pooler']);
    const name = new URL(world.databaseUrl).pathname.slice(1);
    await client.query(`ALTER DATABASE ${name} CONNECTION LIMIT 30`);
    ends.push(() => client.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`));
    expect(await kept(world.databaseUrl)).toMatchObject([
      { status: 'ok' },
      { status: 'warning', message: expect.stringContaining("Agenda's Postgres allows us 30 connections") },
    ]);
  });

  it.each([
    ['postgres://a/jobs', 'postgres://b/payouts', false],
    ['postgres://a:5432/jobs', 'postgres://me:x@a/payouts', true],
    ['postgres://a:5433/jobs', 'postgres://a/payouts', false],
  ])('%s and %s as one server, or two', (agenda, ours, one) => {
    expect(isSameServer(agenda, ours)).toBe(one);
  });

  it.each([
    [{ kty: 'OKP' }, true],
    [{ kty: 'OKP', crv: 'X25519' }, false],
    [{ kty: 'RSA', use: 'sig' }, true],
    [{ kty: 'RSA', use: 'enc' }, false],
    [{ kty: 'RSA', alg: 'RS512' }, false],
    [{ kty: 'EC', crv: 'P-256', alg: 'ES256' }, true],
    [{ kty: 'EC', crv: 'P-384' }, false],
    [{ kty: 'oct' }, false],
  ])('a key set of %j', async (key, taken) => {
    const url = await serve({ '/keys': [200, { keys: [key] }] });
    expect(sick(await checkKeySet(`${url}/keys`))).toEqual(taken ? [] : ['error tokens']);
  });

  it('a key set that is not there', async () => {
    expect(sick(await checkKeySet(`${await serve({})}/keys`))).toEqual(['error tokens']);
    expect(await checkKeySet(`http://${NOWHERE}/x`)).toMatchObject([
      { check: 'tokens', status: 'error', message: expect.stringContaining('ECONNREFUSED') },
    ]);
  });

  it('a mail server', async () => {
    const smtp = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'] });
    await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise<void>((resolve) => smtp.close(resolve)));
    const { port } = smtp.server.address() as AddressInfo;
    expect(sick(await checkMail(`smtp://127.0.0.1:${port}`, true))).toEqual([]);
    expect(sick(await checkMail(`smtp://${NOWHERE}`, true))).toEqual(['error mail']);
    expect(sick(await checkMail(undefined, true))).toEqual(['warning mail']);
    expect(sick(await checkMail(undefined, false))).toEqual([]);
    expect(sick(await checkSecrecy(`smtp://127.0.0.1:${port}`))).toEqual(['warning plain-connection']);
  });

  it('a mail server that offers STARTTLS', async () => {
    const smtp = new SMTPServer({ authOptional: true, logger: false });
    await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise<void>((resolve) => smtp.close(resolve)));
    const { port } = smtp.server.address() as AddressInfo;
    // Nobody knows its certificate.
    expect(sick(await checkMail(`smtp://127.0.0.1:${port}`, true))).toEqual(['error mail']);
    const trusting = `smtp://127.0.0.1:${port}?tls.rejectUnauthorized=false`;
    expect(sick(await checkMail(trusting, true))).toEqual([]);
    expect(await checkSecrecy(trusting)).toEqual([]);
  });

  it('a mail server that wants another password', async () => {
    const smtp = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      onAuth: (_, __, callback) => callback(new Error('no such user')),
    });
    await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise<void>((resolve) => smtp.close(resolve)));
    const { port } = smtp.server.address() as AddressInfo;
    const found = await checkMail(`smtp://me:hush@127.0.0.1:${port}`, true);
    expect(sick(found)).toEqual(['error mail']);
    expect(JSON.stringify(found)).not.toContain('hush');
  });

  it('a mail server that takes the connection and says nothing', async () => {
    const silent = net.createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    ends.push(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    expect(sick(await checkMail(`smtp://127.0.0.1:${port}`, true, 200))).toEqual(['error mail']);
  });

  it('a list of documents that is not there', async () => {
    const config = configOf({ ...PRODUCTION, TRUSTED_DOCUMENTS: '/no/such/file.json' });
    expect(sick(await checkDocuments(config))).toEqual(['error documents']);
  });

  it.each([
    ['what is no JSON', '{', true],
    ['what is no list of documents', '[]', true],
    ['a document that does not fit the schema', '{"abc": "{ nothing }"}', true],
    ['a document that does', '{"abc": "{ viewer { role } }"}', false],
  ])('a list of documents with %s', async (_, content, isSick) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'doctor-'));
    ends.push(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'documents.json');
    await writeFile(file, content);
    const found = await checkDocuments(configOf({ ...PRODUCTION, TRUSTED_DOCUMENTS: file }));
    expect(sick(found)).toEqual(isSick ? ['error documents'] : []);
  });
});

describe('what people reach at PUBLIC_URL', () => {
  /** The service, as far as it is looked at, behind a proxy that passes WebSockets on or does not. */
  async function behind(passesSockets: boolean, more: Answers = {}): Promise<string> {
    return serve({ '/health/live': [200, { status: 'ok' }], ...more }, (server) => {
      if (passesSockets) new WebSocketServer({ server });
    });
  }

  it('is the service, and live', async () => {
    expect(await lookThrough(await behind(true))).toMatchObject([{ check: 'public-url', status: 'ok' }]);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['a proxy that passes no WebSockets', () => behind(false), /^No WebSocket opens at PUBLIC_URL/],
    ['another service', () => serve({ '/health/live': [200, 'a shop'] }), /not this service/],
    ['nothing of the kind', () => serve({}), /answers 404/],
    ['nobody', async () => `http://${NOWHERE}`, /cannot be reached from here: .*ECONNREFUSED/],
  ])('is %s', async (_, open, message) => {
    expect(await lookThrough(await open())).toMatchObject([
      { check: 'public-url', status: 'warning', message: expect.stringMatching(message) },
    ]);
  });

  it('are the metrics too', async () => {
    const url = await behind(true, { '/metrics': [200, '# TYPE payouts_total gauge'] });
    expect(sick(await lookThrough(url))).toEqual(['warning public-metrics']);
  });

  it('is looked at in production alone', async () => {
    const here = { PUBLIC_URL: 'https://localhost', DASHBOARD_LOGIN_URL: '' };
    expect(await checkPublic(configOf({ ...PRODUCTION, ...here }))).toEqual([]);
    const trial = { NODE_ENV: 'test', PUBLIC_URL: 'https://pay.example' };
    expect(await checkPublic(configOf({ ...PRODUCTION, ...trial }))).toEqual([]);
  });

  it.each([
    [200, []],
    [302, []],
    [401, []],
    [404, ['warning dashboard-login']],
  ])('is a sign-in that answers %i', async (status, findings) => {
    const login = `${await serve({ '/in': [status, ''] })}/in`;
    const settings = { PUBLIC_URL: 'https://localhost', DASHBOARD_LOGIN_URL: login };
    expect(sick(await checkPublic(configOf({ ...PRODUCTION, ...settings })))).toEqual(findings);
  });
});

it('finds nothing where all is well', async () => {
  const smtp = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'] });
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise<void>((resolve) => smtp.close(resolve)));
  const list = (data: object[]) => [200, { object: 'list', data, has_more: false }] as const;
  const endpoint = { url: 'https://127.0.0.1/api/webhooks/stripe', status: 'enabled', enabled_events: ['*'] };
  const others = await serve({
    '/v1/balance': [
      200,
      { object: 'balance', livemode: true, available: [{ currency: 'usd' }], pending: [] },
    ],
    '/v1/events': list([]),
    '/v1/webhook_endpoints': list([endpoint, endpoint]),
    '/slack': [400, 'no_text'],
    '/collector/v1/traces': [200, ''],
    '/sign-in': [200, ''],
  });
  const fresh = await createWorld();
  ends.push(() => fresh.close());
  await fresh.db.pool.query('UPDATE metric_position SET swept_at = now()');
  const config = configOf({
    ...PRODUCTION,
    DATABASE_URL: fresh.databaseUrl,
    REDIS_URL: inject('redisUrl'),
    STRIPE_API_URL: others,
    PUBLIC_URL: 'https://127.0.0.1',
    SLACK_WEBHOOK_URL: `${others}/slack`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${others}/collector`,
    DASHBOARD_LOGIN_URL: `${others}/sign-in`,
    SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    MAIL_FROM: 'Acme <pay@acme.example>',
  });
  const found = (await examine(config, MIGRATIONS)).filter(({ check }) => check !== 'postgres-durability');
  // The tests' Postgres forgets on purpose, and people cannot come to where they run.
  expect(sick(found)).toEqual(['warning public-url']);
});

it('says all of it at once, without the passwords of what it cannot reach', async () => {
  const config = configOf({
    ...PRODUCTION,
    DATABASE_URL: `postgres://me:hush@${NOWHERE}/x`,
    STRIPE_API_URL: `http://${NOWHERE}`,
    PUBLIC_URL: `https://${NOWHERE}`,
    DASHBOARD_LOGIN_URL: `https://${NOWHERE}/in`,
    SLACK_WEBHOOK_URL: `https://${NOWHERE}/services/hush`,
  });
  const findings = await examine(config, MIGRATIONS);
  expect(sick(findings)).toEqual([
    'warning public-url',
    'error postgres',
    'error stripe',
    'error redis',
    'warning mail',
    'error alert-channels',
    'warning dashboard-login',
  ]);
  expect(JSON.stringify(findings)).not.toContain('hush');
});

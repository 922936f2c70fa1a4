// The doctor, on what is sick: each misconfiguration is found, by its name, and what is well is said to be.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../src/cli/doctor/examine.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import {
  checkAgenda,
  checkDocuments,
  checkKeySet,
  checkMail,
  checkRedis,
} from '../../src/cli/doctor/others.js';
import {
  checkClock,
  checkConnections,
  checkMigrations,
  checkObjects,
  checkServer,
} from '../../src/cli/doctor/postgres.js';
import { checkSettings } from '../../src/cli/doctor/settings.js';
import { checkStripe } from '../../src/cli/doctor/stripe.js';
import { checkWork } from '../../src/cli/doctor/work.js';
import { assertReady, readConfig } from '../../src/config.js';
import { raiseAlert } from '../../src/payouts/alerts.js';
import { pauseProcessing } from '../../src/payouts/processing.js';
import { MIGRATIONS } from '../../src/wiring/database.js';
import { pay } from '../payouts/support.js';
import { createWorld, openClient, type World } from '../support/world.js';

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:9';

let world: World;
let client: pg.Client;
const ends: (() => unknown)[] = [];

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

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://127.0.0.1:9/x',
  REDIS_URL: 'redis://127.0.0.1:9',
  STRIPE_SECRET_KEY: 'sk_live_x',
  STRIPE_WEBHOOK_SECRET: 'whsec_a',
  STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_b',
  JWT_ISSUER: 'i',
  JWT_AUDIENCE: 'a',
  JWT_SECRET: 'q8Zr1vT4mK0xW7bJ3nP6sD9fG2hL5yC=',
};

const configOf = (environment: Record<string, string>) => assertReady(readConfig(environment));

/** `error stripe-key`, without those that are well. */
const sick = (findings: readonly Finding[]) =>
  findings.filter(({ status }) => status !== 'ok').map(({ status, check }) => `${status} ${check}`);

describe('settings', () => {
  it('are well as production should have them', () => {
    expect(checkSettings(configOf(PRODUCTION))).toEqual([
      { check: 'settings', status: 'ok', message: expect.any(String) },
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a test key in production', { STRIPE_SECRET_KEY: 'sk_test_x' }, 'error stripe-key'],
    ['a publishable key', { STRIPE_SECRET_KEY: 'pk_live_x' }, 'error stripe-key'],
    ['a live key in development', { NODE_ENV: 'development' }, 'warning stripe-key'],
    ['a webhook secret that is none', { STRIPE_WEBHOOK_SECRET: 'whsec_a,we_1' }, 'error webhook-secret'],
    ['one secret for both endpoints', { STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_a' }, 'warning webhook-secret'],
    ['Stripe over http', { STRIPE_API_URL: 'http://stripe.internal' }, 'warning plain-connection'],
    [
      'keys over http',
      { JWT_SECRET: '', JWT_JWKS_URL: 'http://keys.internal/jwks' },
      'warning plain-connection',
    ],
    ['a secret of few letters', { JWT_SECRET: 'a'.repeat(40) }, 'warning jwt-secret'],
    ['a secret out of a book', { JWT_SECRET: 'change-me-1234567890-abcdefghijkl' }, 'warning jwt-secret'],
    ['an origin with a path', { CORS_ORIGINS: 'https://app.example/' }, 'error cors-origins'],
    ['every proxy believed', { TRUST_PROXY: 'true' }, 'warning trust-proxy'],
    ['more than Stripe allows', { STRIPE_MAX_RPS: '100' }, 'warning stripe-rate'],
  ])('%s', (_, environment, finding) => {
    expect(sick(checkSettings(configOf({ ...PRODUCTION, ...environment })))).toEqual([finding]);
  });

  it('tell of plain smtp in production', () => {
    const config = configOf({ ...PRODUCTION, SMTP_URL: 'smtp://mail.internal' });
    expect(checkSettings(config)).toMatchObject([
      { check: 'plain-connection', message: expect.stringContaining('SMTP_URL') },
    ]);
  });
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

/** A server that answers by path; what it does not know is 404. */
async function serve(answers: Record<string, [status: number, body: unknown]>): Promise<string> {
  const server = http.createServer((request, response) => {
    const [status, body] = answers[(request.url ?? '').split('?')[0] ?? ''] ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('Stripe', () => {
  const asked = (apiUrl: string, more: Record<string, string> = {}) =>
    checkStripe(configOf({ ...PRODUCTION, STRIPE_API_URL: apiUrl, ...more }), client);
  const balance = (livemode: boolean) => ({ object: 'balance', livemode, available: [], pending: [] });
  const events = (...ids: string[]) => ({ object: 'list', data: ids.map((id) => ({ id })), has_more: false });

  it('is well: it answers, and its events arrive', async () => {
    await world.db.pool.query(
      `INSERT INTO webhook_events (id, type, livemode, payload) VALUES ('evt_here', 'transfer.created', true, '{}')`,
    );
    const url = await serve({ '/v1/balance': [200, balance(true)], '/v1/events': [200, events('evt_here')] });
    expect((await asked(url)).map(({ status, check }) => `${status} ${check}`)).toEqual([
      'ok stripe',
      'ok webhooks',
    ]);
    const some = await serve({
      '/v1/balance': [200, balance(true)],
      '/v1/events': [200, events('evt_here', 'evt_lost')],
    });
    expect(sick(await asked(some))).toEqual(['warning webhooks']);
    const none = await serve({
      '/v1/balance': [200, balance(true)],
      '/v1/events': [200, events('evt_lost')],
    });
    expect(sick(await asked(none))).toEqual(['error webhooks']);
  });

  it('answers to the simulator of the tests', async () => {
    expect(
      sick(
        await checkStripe(
          configOf({
            STRIPE_SECRET_KEY: 'sk_test_x',
            STRIPE_API_URL: world.simulatorUrl,
            DATABASE_URL: world.databaseUrl,
            STRIPE_WEBHOOK_SECRET: 'whsec_a',
          }),
          client,
        ),
      ),
    ).toEqual([]);
  });

  it.each([
    [401, /refuses STRIPE_SECRET_KEY/],
    [403, /may not read/],
  ])('answers %i', async (status, message) => {
    const url = await serve({
      '/v1/balance': [status, { error: { type: 'invalid_request_error', message: 'No.' } }],
    });
    expect(await asked(url)).toMatchObject([{ status: 'error', message: expect.stringMatching(message) }]);
  });

  it('does not answer', async () => {
    expect(sick(await asked(`http://${NOWHERE}`))).toEqual(['error stripe']);
  });
});

describe('the others', () => {
  it('Redis that is away, or too old', async () => {
    expect(sick(await checkRedis(`redis://:secret@${NOWHERE}`))).toEqual(['error redis']);
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
    expect(sick(await checkAgenda(`postgres://${NOWHERE}/jobs`))).toEqual(['error agenda']);
    expect(sick(await checkAgenda(world.databaseUrl))).toEqual([]);
  });

  it('a key set', async () => {
    const url = await serve({
      '/good': [200, { keys: [{ kty: 'OKP' }] }],
      '/empty': [200, { keys: [{ kty: 'oct' }] }],
    });
    expect(sick(await checkKeySet(`${url}/good`))).toEqual([]);
    expect(sick(await checkKeySet(`${url}/empty`))).toEqual(['error tokens']);
    expect(sick(await checkKeySet(`http://${NOWHERE}/x`))).toEqual(['error tokens']);
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
});

it('says all of it at once, without the passwords of what it cannot reach', async () => {
  const config = configOf({
    ...PRODUCTION,
    DATABASE_URL: `postgres://me:hush@${NOWHERE}/x`,
    STRIPE_API_URL: `http://${NOWHERE}`,
  });
  const findings = await examine(config, MIGRATIONS);
  expect(sick(findings)).toEqual([
    'warning plain-connection',
    'error postgres',
    'error stripe',
    'error redis',
    'warning mail',
  ]);
  expect(JSON.stringify(findings)).not.toContain('hush');
});

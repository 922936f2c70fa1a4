// Secrets in every input, and nowhere in what comes out: not in the log at `debug`, in a trace, in a report to Sentry or in
// the metrics. Each is planted where somebody could put it, and some are then met by an error that would quote them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { importStatements } from '../../src/statements/import.js';
import { CANARY, CARD, IBAN, listen, watch } from '../support/canary.js';
import { type EndpointServer, startEndpoint } from '../support/endpoint.js';
import { type Collector, startCollector } from '../support/otlp.js';
import { ADMIN, openSocket, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, PLATFORM_SECRET } from '../support/world.js';

/** Of the shapes that a secret has: all that Stripe or a client may quote. */
const SECRETS = `${CANARY}@example.com, card ${CARD}, account ${IBAN}, key sk_live_${CANARY}, whsec_${CANARY}`;

const lines: string[] = [];
let collector: Collector;
let sentry: EndpointServer;
let running: RunningApp;
let token: string;
let events = 0;

beforeAll(async () => {
  listen((what, text) => void (what === 'log' && lines.push(text)));
  [collector, sentry] = await Promise.all([startCollector(), startEndpoint()]);
  running = await runApp({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-key=${CANARY}`,
    SENTRY_DSN: `http://key@127.0.0.1:${sentry.port}/1`,
    PAYOUT_RETRY_DELAYS: '100ms',
  });
  token = await running.token({ ...ADMIN, sub: `admin-${CANARY}` });
});

afterAll(async () => {
  await running?.close();
  await sentry?.close();
  await collector?.close();
  listen(undefined);
});

const HEADERS = {
  'content-type': 'application/json',
  cookie: `session=${CANARY}`,
  'user-agent': CANARY,
  referer: `http://127.0.0.1/?token=${CANARY}`,
  'x-api-key': CANARY,
  'x-forwarded-for': CANARY,
  'x-request-id': CANARY,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  tracestate: `v=${CANARY}`,
  baggage: `token=${CANARY}`,
};

const send = (path: string, init: RequestInit = {}) =>
  fetch(`${running.url}${path}`, { ...init, headers: { ...HEADERS, ...init.headers } }).then((response) =>
    response.text(),
  );

const operation = (query: string, variables: object = {}, bearer = token) =>
  send('/graphql', {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ query, variables }),
  });

const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');

const pay = async (idempotencyKey: string) => {
  const { id } = await addCreator(running.world);
  const i = { creatorId: globalId('Creator', id), amountCents: 700, idempotencyKey };
  return operation('mutation Pay($i: CreatePayoutInput!) { createPayout(input: $i) { __typename } }', { i });
};

/** What the log says is waited for, so that what should be told of a canary has been told. */
const logs = (words: string) =>
  expect.poll(() => lines.filter((line) => line.includes(words)).length).toBeGreaterThan(0);

test('in headers, addresses and bodies that are refused', async () => {
  await send(`/nowhere/${CANARY}?token=${CANARY}`);
  await send(`/health/ready?token=${CANARY}`);
  await send(`/graphql?query={viewer{role}}&variables={"token":"${CANARY}"}`);
  await send(`/dev/sign-in/${CANARY}?token=${CANARY}`);
  await send('/graphql', { method: 'POST', body: `{"query": "{ viewer { role } }", "token": "${SECRETS}` });
  await send('/api/webhooks/stripe', {
    method: 'POST',
    headers: { 'stripe-signature': `t=1,v1=${CANARY}` },
    body: SECRETS,
  });
  await operation('{ viewer { role } }', {}, `${token}${CANARY}`);
  await operation('{ viewer { role } }', {}, CANARY);
  await operation(`{ payouts(first: 1, filter: {search: "${SECRETS}"}) { nodes { id } } }`);
  await operation(`{ ${CANARY}(token: "${SECRETS}") }`);
  await operation('query ($id: ID!) { payout(id: $id) { id } }', { id: SECRETS, token: SECRETS });
});

test('in what is sent over a socket', async () => {
  const client = openSocket(running.url, token);
  const refused = openSocket(running.url, `${token}${CANARY}`);
  const ask = (of: typeof client) =>
    of.iterate({ query: 'query ($id: ID!) { payout(id: $id) { id } }', variables: { id: SECRETS } }).next();
  await Promise.allSettled([ask(client), ask(refused)]);
  await Promise.all([client.dispose(), refused.dispose()]);
  const bare = new WebSocket(
    `${running.url.replace('http', 'ws')}/graphql?token=${CANARY}`,
    'graphql-transport-ws',
  );
  await new Promise((resolve) => bare.once('open', resolve));
  bare.send(`{"type": "connection_init", "payload": {"authorization": "Bearer ${token}", ${SECRETS}`);
  await new Promise((resolve) => bare.once('close', resolve));
});

test('in variables of a mutation, which the database then refuses and quotes', async () => {
  const { pool } = running.world.db;
  await pool.query(`ALTER TABLE creators ADD CONSTRAINT tells CHECK (display_name <> '${SECRETS}')`);
  const creators = [{ externalId: 'one', displayName: SECRETS, email: `${CANARY}@example.com` }];
  const query = 'mutation Upsert($i: UpsertCreatorsInput!) { upsertCreators(input: $i) { __typename } }';
  expect(await operation(query, { i: { creators } })).toContain('INTERNAL_SERVER_ERROR');
  await pool.query('ALTER TABLE creators DROP CONSTRAINT tells');
  await pool.query('ALTER TABLE idempotency_keys RENAME TO keys_elsewhere');
  expect(await pay(SECRETS)).toContain('INTERNAL_SERVER_ERROR');
  await pool.query('ALTER TABLE keys_elsewhere RENAME TO idempotency_keys');
  await logs('a request failed');
  const reason = `because of ${SECRETS}`;
  await operation(`mutation { pauseProcessing(input: {reason: ${JSON.stringify(reason)}}) { __typename } }`);
  await operation(`mutation { resumeProcessing(input: {reason: ${JSON.stringify(reason)}}) { __typename } }`);
});

test('in the words of Stripe, of refusals and of what does not answer', async () => {
  const { simulator } = running.world;
  const refusal = { fault: 'stripe_error', message: SECRETS } as const;
  await simulator.fault({ ...refusal, code: 'balance_insufficient', match: { method: 'POST' } });
  await simulator.fault({ ...refusal, status: 500, match: { method: 'GET' }, times: 2 });
  await simulator.fault({ ...refusal, status: 401, match: { method: 'POST' }, skip: 1 });
  expect(await pay('refused')).toContain('CreatePayoutPayload');
  await logs('not sent: Stripe does not say what is there');
});

test('in the reasons of what admins decide', async () => {
  await operation('mutation { pauseProcessing(input: {reason: "a while"}) { __typename } }');
  expect(await pay('decided')).toContain('CreatePayoutPayload');
  const { rows } = await running.world.db.pool.query(
    `SELECT id FROM payouts WHERE status = 'PENDING' ORDER BY created_at DESC LIMIT 1`,
  );
  const input = `{payoutId: "${globalId('Payout', rows[0].id)}", reason: ${JSON.stringify(SECRETS)}}`;
  for (const decide of ['holdPayout', 'releasePayout', 'rejectPayout']) {
    const answer = await operation(`mutation { ${decide}(input: ${input}) { __typename } }`);
    expect(answer).toContain('Payload');
  }
  await operation('mutation { resumeProcessing(input: {reason: "again"}) { __typename } }');
  await expect.poll(() => mailed(), { timeout: 10_000 }).toContain('We decided not to make this payment.');
});

/** All that creators were sent. */
async function mailed(): Promise<string> {
  const { rows } = await running.world.db.pool.query<{ mail: string }>(
    `SELECT concat_ws(' ', subject, html, text) AS mail FROM captured_emails ORDER BY email_id`,
  );
  return rows.map(({ mail }) => mail).join('\n');
}

/** All that people are told of. */
async function alerted(): Promise<string> {
  const { rows } = await running.world.db.pool.query('SELECT rule, key, message, details FROM alerts');
  return JSON.stringify(rows);
}

test('in what Stripe sends: whole, set aside, and impossible to apply', async () => {
  const bank = {
    object: 'bank_account',
    account_holder_name: CANARY,
    routing_number: '110000000',
    iban: IBAN,
  };
  await deliver('account.updated', {
    id: 'acct_1',
    email: `${CANARY}@example.com`,
    external_accounts: [bank],
  });
  await deliver('charge.succeeded', { id: 'ch_1', payment_method_details: { card: { number: CARD } } });
  await deliver('payout.failed', { id: 'po_1', failure_message: SECRETS }, 'acct_1');
  const metadata = { payout_id: SECRETS, idempotency_key: SECRETS, token: SECRETS };
  await deliver('transfer.created', { id: 'tr_1', object: 'transfer', amount: 1, metadata });
  // Of a payout of ours, by a transfer that is not.
  const { rows } = await running.world.db.pool.query('SELECT id, amount_cents AS amount FROM payouts');
  const of = { object: 'transfer', amount: rows[0].amount, currency: 'usd', transfer_group: SECRETS };
  await deliver('transfer.created', { ...of, id: 'tr_2', metadata: { ...metadata, payout_id: rows[0].id } });
  await deliver('transfer.created', { ...of, id: 'tr_3', metadata: { payout_id: rows[0].id } });
  await expect.poll(() => lines.filter((line) => line.includes('event quarantined')).length).toBe(3);
  await deliver('transfer.reversed', null);
  await logs('event not applied');
});

test('in the rows of a statement file that the database refuses', async () => {
  const { pool } = running.world.db;
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-canary-'));
  const file = path.join(folder, 'statements.csv');
  const { email } = await addCreator(running.world);
  const rows = [`${email},2026-06-01,2026-06-30,18450`, `"${SECRETS}",2026-06-01,2026-06-30,1`];
  const text = ['creator_email,period_start,period_end,amount_cents', ...rows].join('\n');
  await writeFile(file, text);
  await pool.query(`ALTER TABLE royalty_statements ADD CONSTRAINT tells CHECK (amount_cents <> 18450)`);
  const options = { file, actor: `admin-${CANARY}`, currency: 'usd', skipBad: true };
  const error = await importStatements({ pool }, options).catch((thrown: Error) => thrown);
  await rm(folder, { recursive: true });
  // What the command prints of it: see failure.ts.
  expect(error).toMatchObject({ code: '23514' });
  watch('command', (error as Error).message);
  const bring = (body: string) =>
    send(`/imports/statements?skipBad=true&fileName=${encodeURIComponent(SECRETS)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body,
    });
  expect(await bring(text)).toMatch(/^\{"error":"Something went wrong on our side\."/);
  expect(await bring(SECRETS)).toContain('UNKNOWN_FORMAT');
  await pool.query('ALTER TABLE royalty_statements DROP CONSTRAINT tells');
  expect(await bring(text)).toContain('"outcome":"imported"');
  await logs('statement file');
});

async function deliver(type: string, object: unknown, account?: string): Promise<void> {
  events += 1;
  const id = `evt_${events}`;
  const payload = JSON.stringify({
    id,
    object: 'event',
    type,
    livemode: false,
    created: 1,
    account,
    data: { object },
  });
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: PLATFORM_SECRET });
  await send('/api/webhooks/stripe', {
    method: 'POST',
    headers: { 'stripe-signature': header },
    body: payload,
  });
}

test('none of them comes out anywhere', async () => {
  await expect.poll(() => sentry.received.length).toBeGreaterThan(1);
  const [metrics, mails, alerts] = [await send('/metrics'), await mailed(), await alerted()];
  await running.app.close();
  const log = lines.join('');
  const told = {
    log,
    metrics,
    mails,
    alerts,
    traces: collector.raw(),
    reports: sentry.received.map(({ body }) => String(body)).join('\n'),
  };
  // All of it was there to be told.
  expect(log).toMatch(/a request failed.*event quarantined/s);
  expect(collector.spans().map(({ name }) => name)).toContain('mutation Upsert');
  expect(told.reports).toContain('"exception"');
  expect(metrics).toContain('process_cpu');
  expect(alerts).toContain('webhook_quarantined');
  const leaks = Object.entries(told).flatMap(([what, text]) =>
    [CANARY, CARD, IBAN, token].flatMap((secret) => around(secret, text).map((leak) => `${what}: ${leak}`)),
  );
  expect(leaks).toEqual([]);
});

/** The places where it stands, with what is about them. */
function around(secret: string, text: string): string[] {
  const places = [...text.matchAll(new RegExp(secret, 'gi'))];
  return places.map(({ index }) => text.slice(Math.max(0, index - 200), index + 100));
}

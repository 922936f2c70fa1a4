// The log of a whole service at its most talkative: every line says what it belongs to, and none tells a secret.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asAdmin, createPayout, reaches, signedInCreator } from '../graphql/ask.js';
import { ADMIN, JWT_SECRET, type RunningApp, runApp } from '../support/running-app.js';
import { CONNECT_SECRET, PLATFORM_SECRET } from '../support/world.js';

type Line = Record<string, unknown> & { level: string; msg: string };

const lines: Line[] = [];
const secrets = [
  JWT_SECRET,
  PLATFORM_SECRET,
  CONNECT_SECRET,
  'sk_test_app',
  'artist@example.com',
  'DE89370400440532013000',
];

let app: RunningApp;
beforeAll(async () => {
  const logTo = { write: (line: string) => void lines.push(JSON.parse(line)) };
  app = await runApp({ LOG_LEVEL: 'debug', PAYOUT_RETRY_DELAYS: '1h' }, undefined, logTo);
});
afterAll(() => app.close());

const named = (msg: string) => lines.filter((line) => line.msg === msg);

function until(msg: string, fields: Record<string, unknown> = {}): Promise<Line> {
  const find = () => {
    const line = named(msg).find((one) =>
      Object.entries(fields).every(([name, value]) => one[name] === value),
    );
    if (!line) throw new Error(`no line ${msg} with ${JSON.stringify(fields)}`);
    return line;
  };
  return vi.waitFor(find, { timeout: 10_000, interval: 20 });
}

const UUID = /^[0-9a-f]{8}-/;

test('a payout that Stripe refuses is a line with its id, its job and the code', async () => {
  const creator = await signedInCreator(app);
  const message = 'artist@example.com has no DE89370400440532013000';
  const match = { method: 'POST', path: '/v1/transfers' };
  await app.world.simulator.fault({ fault: 'stripe_error', code: 'balance_insufficient', message, match });
  const { payout } = await createPayout(app, { creatorId: creator.id });
  await reaches(app, payout.reference, 'FAILED');
  const line = await until('payout refused', { payoutId: payout.reference });
  expect(line).toMatchObject({ level: 'info', job: 'process-stripe-transfer', code: 'balance_insufficient' });
  // The job that repeats has one id for all of its runs.
  const done = await until('job done', { jobId: line['jobId'], level: 'info' });
  expect(done).toMatchObject({ job: 'process-stripe-transfer', done: 1, ms: expect.any(Number) });
  secrets.push(creator.email);
});

test('an operation and its request are lines under one id', async () => {
  await asAdmin(app, '{ viewer { role } }');
  const operation = await until('operation', { type: 'query' });
  expect(operation).toMatchObject({ level: 'debug', outcome: 'ok', requestId: expect.stringMatching(UUID) });
  const request = await until('request', { requestId: operation['requestId'] });
  expect(request).toMatchObject({ level: 'debug', route: '/graphql', method: 'POST', status: 200 });
});

test('what fails by a fault of ours is told under the id that the caller was given', async () => {
  await app.world.db.pool.query('ALTER TABLE alerts RENAME COLUMN occurrences TO elsewhere');
  const token = await app.token(ADMIN);
  const { errors } = await app.query({ query: '{ alerts(first: 1) { nodes { occurrences } } }' }, token);
  await app.world.db.pool.query('ALTER TABLE alerts RENAME COLUMN elsewhere TO occurrences');
  const requestId = errors?.[0]?.extensions.requestId;
  expect(requestId).toMatch(UUID);
  const line = await until('a request failed', { requestId });
  expect(line).toMatchObject({
    level: 'error',
    err: { message: expect.any(String), stack: expect.any(String) },
  });
  await until('request', { requestId });
  await until('operation', { requestId, outcome: 'failed' });
});

test('an event of Stripe is a line with its id and that of the request which brought it', async () => {
  const { event } = await app.world.simulator.emit({ type: 'transfer.created', objectId: 'tr_of_nobody' });
  const stored = await until('event stored', { eventId: event.id });
  expect(stored).toMatchObject({ type: 'transfer.created', requestId: expect.stringMatching(UUID) });
  await until('request', { requestId: stored['requestId'], route: '/api/webhooks/stripe' });
  expect(await until('event quarantined', { eventId: event.id })).toMatchObject({ level: 'warn' });
});

test('an alert is a line of the job that tells of it', async () => {
  const line = await until('alert raised', { rule: 'platform_balance_low' });
  expect(line).toMatchObject({ level: 'warn', job: 'send-alerts-log', jobId: expect.stringMatching(UUID) });
});

test('every line of a job, a request and a payout has its ids', () => {
  for (const line of lines) {
    const { msg, level } = line;
    expect(['debug', 'info', 'warn', 'error']).toContain(level);
    if (msg === 'job done')
      expect(line).toMatchObject({ job: expect.any(String), jobId: expect.stringMatching(UUID) });
    if (/request|operation|stored/.test(msg))
      expect(line).toMatchObject({ requestId: expect.stringMatching(UUID) });
    if (/^payout /.test(msg)) expect(line).toMatchObject({ payoutId: expect.any(String) });
    if (/^event /.test(msg)) expect(line).toMatchObject({ eventId: expect.stringMatching(/^evt_/) });
  }
});

test('at info there is no line for what went well, nor for a job that found nothing', () => {
  const info = lines.filter(({ level }) => level === 'info');
  expect(new Set(info.map(({ msg }) => msg))).toEqual(
    new Set(['payouts is up', 'payout refused', 'job done']),
  );
  for (const line of info.filter(({ msg }) => msg === 'job done')) expect(line['done']).toBeGreaterThan(0);
});

test('no line tells a secret', () => {
  const all = JSON.stringify(lines);
  expect(lines.length).toBeGreaterThan(10);
  for (const secret of secrets) expect(all).not.toContain(secret);
});

test('its end is a line, and its last one', async () => {
  await app.app.close();
  expect(named('payouts stops')).toHaveLength(1);
  expect(lines.at(-1)?.msg).toBe('payouts has stopped');
});

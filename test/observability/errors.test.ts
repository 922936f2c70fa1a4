// Reports of errors: what nobody expected is told once, with ids alone; what a caller can mend is told to the caller only.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { openErrorReports } from '../../src/observability/errors.js';
import { redact } from '../../src/stripe/redact.js';
import { type EndpointServer, startEndpoint } from '../support/endpoint.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';

interface Report {
  exception: { values: { type: string; value: string; stacktrace: { frames: unknown[] } }[] };
  tags: Record<string, string>;
  environment: string;
}

let sentry: EndpointServer;
let running: RunningApp;

beforeAll(async () => {
  sentry = await startEndpoint();
  running = await runApp({ SENTRY_DSN: dsnOf(sentry) });
});

afterAll(async () => {
  await running?.close();
  await sentry?.close();
});

const dsnOf = ({ port }: EndpointServer) => `http://key@127.0.0.1:${port}/1`;

/** Each envelope's event: its third line. */
const reports = (from = sentry): Report[] =>
  from.received.map(({ body }) => JSON.parse(body.toString().split('\n')[2] ?? '') as Report);

const createPayout = (creatorId: string, amountCents: number, key: string) => ({
  query: `mutation ($i: CreatePayoutInput!) { createPayout(input: $i) { __typename } }`,
  variables: {
    i: {
      creatorId: Buffer.from(`Creator:${creatorId}`).toString('base64'),
      amountCents,
      idempotencyKey: key,
    },
  },
});

test('what a caller can mend is not reported', async () => {
  const token = await running.token(ADMIN);
  const { id } = await addCreator(running.world);
  const tooLittle = await running.query(createPayout(id, 1, 'a'), token);
  expect(tooLittle.data.createPayout.__typename).toBe('AmountBelowMinimumError');
  await running.query({ query: '{ nothing' }, token);
  await running.query({ query: '{ viewer { role } }' }, 'no token');
  expect((await fetch(`${running.url}/api/webhooks/stripe`, { method: 'POST', body: '{}' })).status).toBe(
    400,
  );
  expect((await fetch(`${running.url}/nowhere`)).status).toBe(404);
  expect(sentry.received).toEqual([]);
});

test('a masked error is reported once, under the request id that its caller has', async () => {
  const { pool } = running.world.db;
  const { id } = await addCreator(running.world);
  await pool.query('ALTER TABLE idempotency_keys RENAME TO keys_elsewhere');
  const { errors } = await running.query(
    createPayout(id, 500, 'key-of-jane@example.com'),
    await running.token(ADMIN),
  );
  await pool.query('ALTER TABLE keys_elsewhere RENAME TO idempotency_keys');
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  await expect.poll(() => sentry.received.length).toBe(1);
  const [report] = reports();
  expect(report).toMatchObject({
    environment: 'development',
    tags: { requestId: errors?.[0]?.extensions.requestId, role: 'all' },
    exception: { values: [{ type: 'error', value: 'relation "idempotency_keys" does not exist' }] },
  });
  expect(report?.exception.values[0]?.stacktrace.frames.length).toBeGreaterThan(1);
  expect(sentry.received[0]?.body.toString()).not.toMatch(/jane|Bearer|eyJ|"request"|"breadcrumbs"|"user"/);
});

test('a job that fails is reported by its name', async () => {
  const { pool } = running.world.db;
  const before = sentry.received.length;
  await pool.query('ALTER TABLE payout_attempts RENAME TO attempts_elsewhere');
  await expect
    .poll(() =>
      reports()
        .slice(before)
        .map(({ tags }) => tags.job),
    )
    .toContain('sweep');
  await pool.query('ALTER TABLE attempts_elsewhere RENAME TO payout_attempts');
});

test('a start that fails is reported before its process may end', async () => {
  const other = await startEndpoint();
  const config = readConfig({
    SENTRY_DSN: dsnOf(other),
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    STRIPE_SECRET_KEY: 'sk_test_none',
    STRIPE_API_URL: 'http://127.0.0.1:1',
    STRIPE_WEBHOOK_SECRET: 'whsec_none',
    JWT_SECRET: 'a secret that nothing is signed with here',
  });
  await expect(startApp(config)).rejects.toThrow();
  expect(reports(other)).toMatchObject([{ tags: { stage: 'start' } }]);
  await other.close();
});

test('an error’s words are told without what must not be told, and so are those of its cause', async () => {
  const other = await startEndpoint();
  const one = await openErrorReports({ dsn: dsnOf(other), environment: 'test', role: 'all', redact });
  const cause = new Error('refused for jane@example.com');
  one.report(new Error('with key sk_live_abcdef123', { cause }), {
    payoutId: 'p1',
    email: 'jane@example.com',
  });
  await one.close();
  await other.close();
  expect(reports(other)[0]?.exception.values.map(({ value }) => value)).toEqual([
    'refused for [redacted]',
    'with key [redacted]',
  ]);
  expect(reports(other)[0]?.tags).toEqual({ payoutId: 'p1', role: 'all' });
  expect(other.received[0]?.body.toString()).not.toMatch(/jane|sk_live/);
});

test('a Sentry that does not answer holds up the end for two seconds at most', async () => {
  const hanging = await startEndpoint(() => new Promise<number>(() => undefined));
  const one = await openErrorReports({ dsn: dsnOf(hanging), environment: 'test', role: 'all', redact });
  one.report(new Error('one'), {});
  const began = performance.now();
  await one.close();
  expect(performance.now() - began).toBeLessThan(3_500);
  expect(hanging.received).toHaveLength(1);
  await hanging.close();
});

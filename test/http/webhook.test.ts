// The door for Stripe's events: what is signed is stored once and applied, everything else leaves no trace.
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, CONNECT_SECRET, PLATFORM_SECRET } from '../support/world.js';
import { chunked, sendRaw, statusOf } from './raw.js';

const OLD_SECRET = 'whsec_that_is_being_rotated_out';

let app: RunningApp;
let endpoint: string;

beforeAll(async () => {
  app = await runApp({ STRIPE_WEBHOOK_SECRET: `${PLATFORM_SECRET},${OLD_SECRET}` });
  endpoint = `${app.url}/api/webhooks/stripe`;
});
beforeEach(async () => {
  await app.world.simulator.drainWebhooks();
  await app.world.db.pool.query('DELETE FROM webhook_events');
});
afterAll(() => app.close());

let events = 0;

function accountEvent(accountId: string, transfers: 'active' | 'inactive') {
  events += 1;
  return {
    id: `evt_test_${events}`,
    object: 'event',
    type: 'account.updated',
    livemode: false,
    // Later than what Stripe said when the account was made.
    created: Math.floor(Date.now() / 1000) + 60,
    account: accountId,
    data: { object: { id: accountId, object: 'account', capabilities: { transfers } } },
  };
}

const sign = (payload: string, secret = PLATFORM_SECRET, timestamp = Math.floor(Date.now() / 1000)) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

const deliver = (payload: string, signature: string | null) =>
  fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(signature && { 'stripe-signature': signature }) },
    body: payload,
  });

async function stored(): Promise<{ id: string; type: string; account: string; outcome: string }[]> {
  const { rows } = await app.world.db.pool.query(
    'SELECT id, type, account, outcome FROM webhook_events ORDER BY id',
  );
  return rows;
}

async function isReady(creatorId: string): Promise<boolean> {
  const { rows } = await app.world.db.pool.query('SELECT transfers_enabled FROM creators WHERE id = $1', [
    creatorId,
  ]);
  return rows[0].transfers_enabled;
}

test.each([
  ['the platform’s secret', PLATFORM_SECRET],
  ['the Connect endpoint’s secret', CONNECT_SECRET],
  ['a secret that is being rotated out', OLD_SECRET],
])('signed with %s, an event is stored and applied', async (_, secret) => {
  const creator = await addCreator(app.world);
  await app.world.simulator.drainWebhooks();
  const event = accountEvent(creator.accountId, 'inactive');
  const payload = JSON.stringify(event);
  const response = await deliver(payload, sign(payload, secret));
  expect([response.status, await response.json()]).toEqual([200, { received: true }]);
  await vi.waitFor(async () => expect(await isReady(creator.id)).toBe(false));
  expect(await stored()).toContainEqual({
    id: event.id,
    type: 'account.updated',
    account: creator.accountId,
    outcome: 'applied',
  });
});

test('it is durable before it is answered', async () => {
  const event = accountEvent('acct_unknown', 'active');
  const payload = JSON.stringify(event);
  await deliver(payload, sign(payload));
  expect((await stored()).map(({ id }) => id)).toContain(event.id);
});

test('ten deliveries of one event are one event, applied once', async () => {
  const creator = await addCreator(app.world);
  await app.world.simulator.drainWebhooks();
  const event = accountEvent(creator.accountId, 'inactive');
  const payload = JSON.stringify(event);
  const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(payload, sign(payload))));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  await vi.waitFor(async () => expect(await isReady(creator.id)).toBe(false));
  await app.world.db.pool.query('UPDATE creators SET transfers_enabled = true WHERE id = $1', [creator.id]);
  expect((await deliver(payload, sign(payload))).status).toBe(200);
  const { rows } = await app.world.db.pool.query(
    'SELECT outcome, attempts FROM webhook_events WHERE id = $1',
    [event.id],
  );
  expect(rows).toEqual([{ outcome: 'applied', attempts: 1 }]);
  expect(await isReady(creator.id)).toBe(true);
});

const payload = JSON.stringify(accountEvent('acct_unknown', 'active'));
const now = () => Math.floor(Date.now() / 1000);

test.each([
  ['no signature', () => null],
  ['an empty signature', () => ''],
  ['nonsense for a signature', () => 'nonsense'],
  ['another secret', () => sign(payload, 'whsec_of_somebody_else')],
  ['an empty secret', () => sign(payload, ' ')],
  ['the signature of another body', () => sign(`${payload} `)],
  ['a signature that is too old', () => sign(payload, PLATFORM_SECRET, now() - 301)],
  ['an old scheme only', () => sign(payload).replace('v1=', 'v0=')],
  ['a timestamp that was changed', () => sign(payload).replace(/t=\d+/, `t=${now() - 5}`)],
])('refused, and nothing is stored: %s', async (_, signature) => {
  const response = await deliver(payload, signature());
  expect(response.status).toBe(400);
  const { error } = (await response.json()) as { error: string };
  expect(error).not.toContain(PLATFORM_SECRET);
  expect(await stored()).toEqual([]);
});

test('a body that is signed and no event is refused', async () => {
  for (const body of ['', 'no json', '{']) {
    const { status } = await deliver(body, sign(body));
    expect([body, status]).toEqual([body, 400]);
  }
  expect(await stored()).toEqual([]);
});

const LARGE = Buffer.alloc(600 * 1024, ' ');

test('a body that is too large is told so with 413, whether its length is announced or not', async () => {
  const head = ['POST /api/webhooks/stripe HTTP/1.1', 'Host: localhost', 'Stripe-Signature: t=1,v1=00'];
  const announced = await sendRaw(app.url, [...head, `Content-Length: ${LARGE.length}`], LARGE);
  expect(statusOf(announced)).toBe(413);
  const unannounced = await sendRaw(app.url, [...head, 'Transfer-Encoding: chunked'], chunked(LARGE));
  expect(statusOf(unannounced)).toBe(413);
  expect(await stored()).toEqual([]);
});

test('a sender that goes away in the middle costs nothing', async () => {
  const gone = new AbortController();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":')),
  });
  const request = { method: 'POST', body, duplex: 'half', signal: gone.signal } as RequestInit;
  const sending = fetch(endpoint, request);
  setImmediate(() => gone.abort());
  await expect(sending).rejects.toThrow();
  expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
});

test('only POST is taken', async () => {
  expect((await fetch(endpoint)).status).toBe(405);
  expect((await fetch(endpoint, { method: 'PUT', body: '{}' })).status).toBe(405);
});

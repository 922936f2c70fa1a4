// Deliveries: signatures, secrets, retries, order, duplicates, emissions.
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import {
  CONNECT_SECRET,
  PLATFORM_SECRET,
  type Received,
  type Receiver,
  readyWorld,
  receiver,
  type World,
} from './support.js';

const { webhooks } = Stripe;
const VALID = { amount: 100, currency: 'usd', destination: 'acct_ready' };

async function setUp(): Promise<World & { endpoint: Receiver; destination: string }> {
  const endpoint = await receiver();
  return { ...(await readyWorld({ webhookUrl: endpoint.url })), endpoint };
}

function types(received: Received[]): string[] {
  return received.map(({ event }) => event.type);
}

function verify({ body, signature }: Received, secret: string): Stripe.Event {
  return webhooks.constructEvent(body, signature, secret);
}

test('the platform events of a transfer come signed with the platform secret, without account', async () => {
  const { stripe, endpoint } = await setUp();
  const made = await stripe.transfers.create(VALID, { idempotencyKey: 'k' });
  const [received] = await endpoint.until(1);
  const event = verify(received as Received, PLATFORM_SECRET);
  expect(event).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    object: 'event',
    type: 'transfer.created',
    api_version: Stripe.API_VERSION,
    livemode: false,
    pending_webhooks: 1,
    request: { id: made.lastResponse.requestId, idempotency_key: 'k' },
  });
  expect(event.data.object).toEqual(made);
  expect(event).not.toHaveProperty('account');
  expect(() => verify(received as Received, CONNECT_SECRET)).toThrow();
});

test('updates and reversals emit their events with what they changed', async () => {
  const { stripe, endpoint } = await setUp();
  const { id } = await stripe.transfers.create({ ...VALID, metadata: { a: '1' } });
  await stripe.transfers.update(id, { metadata: { a: '2' } });
  await stripe.transfers.createReversal(id, { amount: 40 });
  await stripe.transfers.createReversal(id);
  await endpoint.until(4);
  const { data } = await stripe.events.list({ type: 'transfer.*' });
  expect(data.map((event) => [event.type, event.data.previous_attributes])).toEqual([
    ['transfer.reversed', { amount_reversed: 40, reversed: false }],
    ['transfer.reversed', { amount_reversed: 0 }],
    ['transfer.updated', { metadata: { a: '1' } }],
    ['transfer.created', undefined],
  ]);
  expect(data[1]?.data.object).toMatchObject({ reversals: { data: [{ amount: 40 }] } });
});

test('account events come signed with the Connect secret, with account', async () => {
  const { control, endpoint } = await setUp();
  await control.setCapability('acct_ready', 'inactive');
  const received = await endpoint.until(2);
  expect(types(received).sort()).toEqual(['account.updated', 'capability.updated']);
  for (const one of received) {
    expect(verify(one, CONNECT_SECRET)).toMatchObject({ account: 'acct_ready', request: { id: null } });
    expect(() => verify(one, PLATFORM_SECRET)).toThrow();
  }
  const capability = received.find(({ event }) => event.type === 'capability.updated')?.event;
  expect(capability?.data).toMatchObject({
    object: { id: 'transfers', object: 'capability', account: 'acct_ready', status: 'inactive' },
    previous_attributes: { status: 'active' },
  });
});

test('bank payouts are events of the account: paid, then failed after all', async () => {
  const { stripe, control, endpoint } = await setUp();
  await stripe.transfers.create(VALID);
  const paid = await control.bankPayout('acct_ready', { status: 'paid' });
  expect(paid).toMatchObject({ id: expect.stringMatching(/^po_/), amount: 100, status: 'paid' });
  const held = async () =>
    (await stripe.balance.retrieve({}, { stripeAccount: 'acct_ready' })).available[0]?.amount;
  expect(await held()).toBe(0);
  const failed = await control.bankPayout('acct_ready', {
    id: paid.id,
    status: 'failed',
    failureCode: 'no_account',
  });
  expect(failed).toMatchObject({ id: paid.id, status: 'failed', failure_code: 'no_account' });
  expect(await held()).toBe(100);
  const bank = (await endpoint.until(3)).filter(({ event }) => event.type.startsWith('payout.'));
  expect(types(bank).sort()).toEqual(['payout.failed', 'payout.paid']);
  for (const one of bank) expect(verify(one, CONNECT_SECRET).account).toBe('acct_ready');
  expect((await stripe.payouts.retrieve(paid.id, {}, { stripeAccount: 'acct_ready' })).status).toBe('failed');
});

test('a delivery is tried again until the endpoint says 2xx, signed afresh each time', async () => {
  let now = 1_900_000_000_000;
  const endpoint = await receiver();
  const { stripe, control } = await readyWorld({ webhookUrl: endpoint.url, now: () => now });
  endpoint.status = 500;
  endpoint.onReceive = () => {
    now += 10_000;
    if (endpoint.received.length === 3) endpoint.status = 204;
  };
  await stripe.transfers.create(VALID);
  const received = await endpoint.until(3);
  await control.drainWebhooks();
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(1);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(received.map(({ signature }) => signature.split(',')[0])).toEqual([
    't=1900000000',
    't=1900000010',
    't=1900000020',
  ]);
  for (const one of received) verify(one, PLATFORM_SECRET);
  const [delivery] = await control.deliveries();
  expect(delivery).toMatchObject({
    status: 'delivered',
    attempts: [{ status: 500 }, { status: 500 }, { status: 204 }],
  });
});

test('an endpoint that cannot be reached is an attempt that failed, and a new address is tried', async () => {
  const { stripe, control } = await readyWorld({
    webhookUrl: 'http://127.0.0.1:1/hook',
    webhookRetryDelaysMs: [60_000],
  });
  await stripe.transfers.create(VALID);
  await control.drainWebhooks();
  const [delivery] = await control.deliveries();
  expect(delivery).toMatchObject({
    status: 'pending',
    attempts: [{ status: null, error: expect.stringContaining('ECONN') }],
  });
  expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
  const endpoint = await receiver();
  await control.setWebhookUrl(endpoint.url);
  await control.redeliver(delivery?.id ?? '');
  expect(types(endpoint.received)).toEqual(['transfer.created']);
  const [event] = (await stripe.events.list({ delivery_success: true })).data;
  expect(event).toMatchObject({ id: delivery?.id, pending_webhooks: 0 });
});

test('an endpoint that does not answer in time has failed', async () => {
  const endpoint = await receiver();
  const slow = { webhookTimeoutMs: 20, webhookRetryDelaysMs: [60_000] };
  const { stripe, control } = await readyWorld({ webhookUrl: endpoint.url, ...slow });
  let release = () => {};
  endpoint.onReceive = () => new Promise<void>((resolve) => (release = resolve));
  await stripe.transfers.create(VALID);
  await endpoint.until(0);
  await control.drainWebhooks();
  expect((await control.deliveries())[0]?.attempts[0]?.error).toContain('No answer within 20 ms');
  release();
});

test('a delivery is given up after three days of the simulator clock', async () => {
  const { stripe, control, endpoint } = await setUp();
  endpoint.status = 500;
  await stripe.transfers.create(VALID);
  await endpoint.until(1);
  await control.advanceClock(3 * 86_400 + 1);
  await expect.poll(async () => (await control.deliveries())[0]?.status, { interval: 2 }).toBe('failed');
});

test('events without an address wait for one', async () => {
  const { stripe, control } = await readyWorld();
  await stripe.transfers.create(VALID);
  await control.drainWebhooks();
  expect((await control.deliveries())[0]).toMatchObject({ status: 'pending', attempts: [] });
  const endpoint = await receiver();
  await control.setWebhookUrl(endpoint.url);
  expect(types(await endpoint.until(1))).toEqual(['transfer.created']);
});

test('transfer.reversed before transfer.created, and partial reversals out of order', async () => {
  const { stripe, control, endpoint } = await setUp();
  await control.holdWebhooks();
  const { id } = await stripe.transfers.create(VALID);
  await control.reverse(id, 30);
  await control.reverse(id, 20);
  const [created, thirty, fifty] = await control.deliveries();
  expect(endpoint.received).toEqual([]);
  await control.releaseWebhooks([fifty?.id ?? '', created?.id ?? '']);
  expect((await control.deliveries()).map(({ status }) => status)).toEqual([
    'delivered',
    'held',
    'delivered',
  ]);
  await control.releaseWebhooks();
  expect(endpoint.received.map(({ event }) => event.id)).toEqual([fifty?.id, created?.id, thirty?.id]);
  const amounts = endpoint.received.map(
    ({ event }) => (event.data.object as Stripe.Transfer).amount_reversed,
  );
  expect(amounts).toEqual([50, 0, 30]);
});

test('held webhooks come in reverse on demand, and new ones are delivered again afterwards', async () => {
  const { stripe, control, endpoint } = await setUp();
  await control.holdWebhooks();
  const { id } = await stripe.transfers.create(VALID);
  await control.reverse(id);
  await control.releaseWebhooks('reverse');
  expect(types(endpoint.received)).toEqual(['transfer.reversed', 'transfer.created']);
  await control.deliverWebhooks();
  await stripe.transfers.create(VALID);
  expect(types(await endpoint.until(3)).at(-1)).toBe('transfer.created');
});

test('dropped webhooks never come, stay listed, and are redelivered later: same id, fresh signature', async () => {
  let now = 1_900_000_000_000;
  const endpoint = await receiver();
  const { stripe, control } = await readyWorld({ webhookUrl: endpoint.url, now: () => now });
  await control.dropWebhooks();
  await stripe.transfers.create(VALID);
  await control.drainWebhooks();
  expect(endpoint.received).toEqual([]);
  const [event] = (await stripe.events.list()).data;
  now += 7_200_000;
  await control.redeliver(event?.id ?? '');
  await control.redeliver(event?.id ?? '', 2);
  expect(endpoint.received.map((one) => one.event.id)).toEqual([event?.id, event?.id, event?.id]);
  expect(endpoint.received[0]?.signature).toMatch(/^t=1900007200,v1=[0-9a-f]{64}$/);
  await expect(control.redeliver('evt_none')).rejects.toThrow('No event evt_none');
});

test('rules treat single events: duplicate, drop, hold, delay, swap', async () => {
  const { stripe, control, endpoint } = await setUp();
  await control.webhookRule({ action: 'duplicate', match: { type: 'transfer.created' } });
  const { id } = await stripe.transfers.create(VALID);
  expect(types(await endpoint.until(2))).toEqual(['transfer.created', 'transfer.created']);
  await control.drainWebhooks();
  await control.webhookRule({ action: 'drop', match: { objectId: id } });
  await control.webhookRule({ action: 'hold' });
  await control.webhookRule({ action: 'delay', ms: 1 });
  await control.webhookRule({ action: 'swap' });
  for (const amount of [1, 2, 3, 4, 5]) await control.reverse(id, amount);
  // Reversed by 1 (dropped), 3 (held), 6 (delayed), 10 (sent after the next), 15.
  const sums = () =>
    endpoint.received.slice(2).map(({ event }) => (event.data.object as Stripe.Transfer).amount_reversed);
  const received = await endpoint.until(5);
  expect(received).toHaveLength(5);
  expect(sums().filter((sum) => sum !== 6)).toEqual([15, 10]);
  expect(sums()).toContain(6);
  const statuses = (await control.deliveries()).slice(1).map(({ status }) => status);
  expect(statuses.slice(0, 2)).toEqual(['dropped', 'held']);
});

test('many events are delivered at least once, eight at a time', async () => {
  const { stripe, control, endpoint } = await setUp();
  await control.holdWebhooks();
  const { id } = await stripe.transfers.create(VALID);
  await control.deliverWebhooks();
  let open = 0;
  let most = 0;
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  endpoint.onReceive = async () => {
    most = Math.max(most, ++open);
    await gate;
  };
  await Promise.all(Array.from({ length: 20 }, () => control.reverse(id, 1)));
  await expect.poll(() => open, { interval: 1 }).toBe(8);
  await control.state();
  expect(most).toBe(8);
  letGo();
  const received = await endpoint.until(20);
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(20);
});

test('legacy transfer.paid and transfer.failed, of a transfer and of a bank payout', async () => {
  const { stripe, control, endpoint } = await setUp();
  await control.dropWebhooks();
  const { id } = await stripe.transfers.create(VALID);
  const payout = await control.bankPayout('acct_ready', { status: 'paid' });
  await control.emit({ type: 'transfer.paid', objectId: id, apiVersion: '2017-01-27' });
  await control.emit({ type: 'transfer.failed', objectId: payout.id });
  const [paid, failed] = endpoint.received.map((one) => verify(one, PLATFORM_SECRET));
  expect(paid).toMatchObject({ type: 'transfer.paid', api_version: '2017-01-27' });
  expect(paid?.data.object).toMatchObject({ id, object: 'transfer', status: 'paid' });
  expect(failed?.data.object).toMatchObject({
    id: payout.id,
    object: 'transfer',
    status: 'failed',
    type: 'bank_account',
  });
});

test('emissions: old and future timestamps, two signatures, the wrong secret, livemode, a forged object', async () => {
  const { stripe, control, endpoint } = await setUp();
  await control.dropWebhooks();
  const { id: objectId } = await stripe.transfers.create(VALID);
  const emitted = async (emission: object) => {
    await control.emit({ type: 'transfer.created', objectId, ...emission });
    return endpoint.received.at(-1) as Received;
  };
  const old = await emitted({ timestamp: 1_500_000_000 });
  expect(() => verify(old, PLATFORM_SECRET)).toThrow('Timestamp outside the tolerance zone');
  const future = Math.floor(Date.now() / 1000) + 86_400;
  expect((await emitted({ timestamp: future })).signature).toContain(`t=${future},`);
  const two = await emitted({ signWith: ['whsec_rotated', 'platform'] });
  expect(two.signature.match(/v1=/g)).toHaveLength(2);
  expect(verify(two, PLATFORM_SECRET).id).toBe(verify(two, 'whsec_rotated').id);
  const wrong = await emitted({ signWith: ['connect'] });
  expect(() => verify(wrong, PLATFORM_SECRET)).toThrow();
  expect(verify(wrong, CONNECT_SECRET).account).toBeUndefined();
  expect(verify(await emitted({ livemode: true }), PLATFORM_SECRET).livemode).toBe(true);
  const forged = verify(await emitted({ patch: { amount: 999 } }), PLATFORM_SECRET);
  expect(forged.data.object).toMatchObject({ id: objectId, amount: 999 });
  expect((await stripe.transfers.retrieve(objectId)).amount).toBe(100);
});

test('a refused emission with a forged signature is not tried again', async () => {
  const { control, endpoint } = await setUp();
  endpoint.status = 400;
  const { delivery } = await control.emit({
    type: 'transfer.created',
    objectId: 'tr_x',
    signWith: ['whsec_forged'],
  });
  expect(delivery).toMatchObject({ status: 'failed', attempts: [{ status: 400 }] });
});

test('emissions of unknown objects, with chosen ids and times; without any object they are refused', async () => {
  const { control, endpoint } = await setUp();
  const { event, delivery } = await control.emit({
    type: 'transfer.created',
    objectId: 'tr_ghost',
    id: 'evt_x',
    created: 5,
  });
  expect([event.id, event.created, delivery.status]).toEqual(['evt_x', 5, 'delivered']);
  expect(endpoint.received[0]?.event.data.object).toEqual({ id: 'tr_ghost', object: 'transfer' });
  await expect(control.emit({ type: 'transfer.created' })).rejects.toThrow('Send objectId or object');
});

test('events are listed by type, types and created, for 30 days, each in the name of its account', async () => {
  const { stripe, control } = await setUp();
  await control.setClock(2_000_000_000);
  const { id } = await stripe.transfers.create(VALID);
  await control.advanceClock(10);
  await control.reverse(id);
  await control.setCapability('acct_ready', 'inactive');
  const found = async (params: Stripe.EventListParams, options = {}) =>
    (await stripe.events.list(params, options)).data.map(({ type }) => type);
  expect(await found({})).toEqual(['transfer.reversed', 'transfer.created']);
  expect(await found({ type: 'transfer.created' })).toEqual(['transfer.created']);
  expect(await found({ types: ['transfer.reversed', 'payout.paid'] })).toEqual(['transfer.reversed']);
  expect(await found({ created: { gt: 2_000_000_000 } })).toEqual(['transfer.reversed']);
  expect(await found({}, { stripeAccount: 'acct_ready' })).toEqual(['account.updated', 'capability.updated']);
  expect(await stripe.events.list({ limit: 1 }).autoPagingToArray({ limit: 10 })).toHaveLength(2);
  await control.advanceClock(30 * 86_400 - 5);
  expect(await found({})).toEqual(['transfer.reversed']);
});

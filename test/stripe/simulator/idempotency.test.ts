// Idempotency keys, rule by rule.
import { expect, test } from 'vitest';
import { held, readyWorld, refused } from './support.js';

const VALID = { amount: 100, currency: 'usd', destination: 'acct_ready' };
const KEY = { idempotencyKey: 'payout_1' };

test('the same key answers the same transfer, marked as replayed, and makes one only', async () => {
  const { stripe, control } = await readyWorld();
  const first = await stripe.transfers.create(VALID, KEY);
  const second = await stripe.transfers.create(VALID, KEY);
  expect(second).toEqual(first);
  expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
  expect(second.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'idempotency-key': 'payout_1',
    'original-request': first.lastResponse.requestId,
  });
  expect(await control.transfers()).toHaveLength(1);
});

test('the order of parameters does not matter, their values do', async () => {
  const { stripe, control } = await readyWorld();
  const { id } = await stripe.transfers.create({ ...VALID, metadata: { a: '1', b: '2' } }, KEY);
  const turned = { metadata: { b: '2', a: '1' }, destination: 'acct_ready', currency: 'usd', amount: 100 };
  expect((await stripe.transfers.create(turned, KEY)).id).toBe(id);
  const other = await refused(stripe.transfers.create({ ...VALID, metadata: { a: '1', b: '3' } }, KEY));
  expect(other).toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
    rawType: 'idempotency_error',
  });
  expect(other.message).toContain("Try using a key other than 'payout_1'");
  expect(await control.transfers()).toHaveLength(1);
});

test('the same key at another endpoint is refused', async () => {
  const { stripe } = await readyWorld();
  const { id } = await stripe.transfers.create(VALID, KEY);
  const error = await refused(stripe.transfers.createReversal(id, {}, KEY));
  expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  expect(error.message).toContain("('/v1/transfers')");
});

test('a refusal is replayed even after its cause is gone, with its code', async () => {
  const { stripe, control } = await readyWorld({ balance: {} });
  expect((await refused(stripe.transfers.create(VALID, KEY))).code).toBe('balance_insufficient');
  await control.topUp(1_000);
  const again = await refused(stripe.transfers.create(VALID, KEY));
  expect(again.code).toBe('balance_insufficient');
  expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  expect((await stripe.transfers.create(VALID, { idempotencyKey: 'payout_1_b' })).amount).toBe(100);
});

test.each(['resource_missing', 'insufficient_capabilities_for_transfer'])(
  '%s is stored under the key',
  async (code) => {
    const { stripe, control } = await readyWorld();
    const destination = 'acct_later';
    if (code !== 'resource_missing') await control.createAccount({ id: destination });
    expect((await refused(stripe.transfers.create({ ...VALID, destination }, KEY))).code).toBe(code);
    if (code === 'resource_missing') await control.createAccount({ id: destination, transfers: 'active' });
    else await control.setCapability(destination, 'active');
    expect((await refused(stripe.transfers.create({ ...VALID, destination }, KEY))).code).toBe(code);
  },
);

test('parameter failures are not stored: the key is free for the right request', async () => {
  const { stripe } = await readyWorld();
  expect((await refused(stripe.transfers.create({ ...VALID, amount: 0 }, KEY))).code).toBe(
    'parameter_invalid_integer',
  );
  const made = await stripe.transfers.create(VALID, KEY);
  expect(made.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
});

test.each(['rate_limited', 'unauthorized_401', 'forbidden_403'] as const)(
  '%s is not stored',
  async (fault) => {
    const { stripe, control } = await readyWorld();
    await control.fault({ fault });
    await refused(stripe.transfers.create(VALID, KEY));
    expect((await control.state()).idempotencyKeys).toEqual([]);
    expect((await stripe.transfers.create(VALID, KEY)).amount).toBe(100);
  },
);

test('a key in flight is 409 for the same request, 400 for another, and then free', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'latency' });
  const first = stripe.transfers.create(VALID, KEY);
  await held(control, 1);
  const second = await refused(stripe.transfers.create(VALID, KEY));
  expect(second).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  expect(second.headers).toMatchObject({ 'stripe-should-retry': 'true' });
  const other = await refused(stripe.transfers.create({ ...VALID, amount: 1 }, KEY));
  expect(other).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  expect((await control.state()).idempotencyKeys).toMatchObject([{ key: 'payout_1', status: null }]);
  expect(await control.releaseHeld()).toBe(1);
  const { id } = await first;
  expect((await stripe.transfers.create(VALID, KEY)).id).toBe(id);
  expect((await control.state()).idempotencyKeys).toMatchObject([{ key: 'payout_1', status: 200 }]);
});

test('keys are pruned after 24 hours by the simulator clock: then the key makes a second transfer', async () => {
  let now = 1_900_000_000_000;
  const { stripe, control } = await readyWorld({ now: () => now });
  const first = await stripe.transfers.create(VALID, KEY);
  await control.advanceClock(24 * 3_600);
  expect((await stripe.transfers.create(VALID, KEY)).id).toBe(first.id);
  now += 1;
  expect((await stripe.transfers.create(VALID, KEY)).id).not.toBe(first.id);
  expect(await control.transfers()).toHaveLength(2);
});

test('keys of 255 characters are taken, longer and empty ones refused', async () => {
  const { simulator, stripe } = await readyWorld();
  const made = await stripe.transfers.create(VALID, { idempotencyKey: 'k'.repeat(255) });
  expect(made.amount).toBe(100);
  const long = await refused(stripe.transfers.create(VALID, { idempotencyKey: 'k'.repeat(256) }));
  expect(long).toMatchObject({ statusCode: 400 });
  const headers = { authorization: 'Bearer sk_test_x', 'idempotency-key': '' };
  const empty = await fetch(`${simulator.url}/v1/transfers`, { method: 'POST', headers, body: 'amount=1' });
  expect(empty.status).toBe(400);
});

test('reversals and updates are idempotent under their keys too', async () => {
  const { stripe } = await readyWorld();
  const { id } = await stripe.transfers.create(VALID);
  const first = await stripe.transfers.createReversal(id, { amount: 10 }, KEY);
  expect((await stripe.transfers.createReversal(id, { amount: 10 }, KEY)).id).toBe(first.id);
  expect((await stripe.transfers.retrieve(id)).amount_reversed).toBe(10);
});

test('events name the request and the key that caused them', async () => {
  const { stripe } = await readyWorld();
  const made = await stripe.transfers.create(VALID, KEY);
  await stripe.transfers.create(VALID, KEY);
  const { data } = await stripe.events.list({ type: 'transfer.created' });
  expect(data).toHaveLength(1);
  expect(data[0]?.request).toEqual({ id: made.lastResponse.requestId, idempotency_key: 'payout_1' });
});

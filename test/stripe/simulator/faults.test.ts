// Scripted faults: the nasty answers, and what stands on the ledger after each.
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { readyWorld, receiver, refused, sdk } from './support.js';

const VALID = { amount: 100, currency: 'usd', destination: 'acct_ready' };
const KEY = { idempotencyKey: 'payout_1' };

test('reset after the commit: the client sees a broken connection, the transfer exists, the key replays it', async () => {
  const { stripe, control } = await readyWorld();
  // Twice, since the SDK retries a closed connection once even with its retries off.
  await control.fault({ fault: 'reset_after_commit', times: 2, match: { path: '/v1/transfers' } });
  const error = await refused(stripe.transfers.create({ ...VALID, transfer_group: 'p1' }, KEY));
  expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
  const { data } = await stripe.transfers.list({ transfer_group: 'p1' });
  expect(data).toHaveLength(1);
  const again = await stripe.transfers.create({ ...VALID, transfer_group: 'p1' }, KEY);
  expect(again.id).toBe(data[0]?.id);
});

test('reset before: nothing is made and nothing is kept under the key', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'reset_before', times: 2 });
  expect(await refused(stripe.transfers.create(VALID, KEY))).toBeInstanceOf(
    Stripe.errors.StripeConnectionError,
  );
  expect(await control.state()).toMatchObject({ transfers: [], idempotencyKeys: [] });
  const made = await stripe.transfers.create(VALID, KEY);
  expect(made.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
});

test('hang after the commit: the client times out, the transfer exists', async () => {
  const { simulator, control } = await readyWorld();
  await control.fault({ fault: 'hang_after_commit' });
  const error = await refused(sdk(simulator, 'sk_test_x', 50).transfers.create(VALID, KEY));
  expect(error.message).toContain('timeout');
  expect(await control.transfers()).toHaveLength(1);
  expect((await control.state()).requests.at(-1)).toMatchObject({
    status: null,
    faults: ['hang_after_commit'],
  });
});

test('hang before: the client times out, and nothing is ever made', async () => {
  const { simulator, control, stripe } = await readyWorld();
  await control.fault({ fault: 'hang_before' });
  await refused(sdk(simulator, 'sk_test_x', 50).transfers.create(VALID, KEY));
  expect(await control.transfers()).toEqual([]);
  expect((await stripe.transfers.create(VALID, KEY)).amount).toBe(100);
});

test('a slow request is executed after its client gave up', async () => {
  const { simulator, control } = await readyWorld();
  await control.fault({ fault: 'latency' });
  await refused(sdk(simulator, 'sk_test_x', 50).transfers.create(VALID, KEY));
  expect(await control.transfers()).toEqual([]);
  await control.releaseHeld();
  await expect.poll(() => control.transfers(), { interval: 1 }).toHaveLength(1);
});

test('latency of so many milliseconds passes by itself', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'latency', ms: 30 });
  const started = performance.now();
  await stripe.balance.retrieve();
  expect(performance.now() - started).toBeGreaterThan(25);
});

test('500 after the commit: the key replays the 500 while the list shows the transfer', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'error_500_after_commit' });
  for (const replayed of [undefined, 'true']) {
    const error = await refused(stripe.transfers.create(VALID, KEY));
    expect(error).toMatchObject({ type: 'StripeAPIError', statusCode: 500, rawType: 'api_error' });
    expect(error.headers?.['idempotent-replayed']).toBe(replayed);
    expect(error.headers?.['stripe-should-retry']).toBe('false');
  }
  expect((await stripe.transfers.list()).data).toHaveLength(1);
});

test('500 before the commit: replayed too, with nothing in the list and no money moved', async () => {
  const { stripe, control } = await readyWorld({ balance: { usd: 500 } });
  await control.fault({ fault: 'error_500_before' });
  for (const replayed of [undefined, 'true']) {
    const error = await refused(stripe.transfers.create(VALID, KEY));
    expect([error.statusCode, error.headers?.['idempotent-replayed']]).toEqual([500, replayed]);
  }
  expect((await stripe.transfers.list()).data).toEqual([]);
  expect((await control.state()).balance).toEqual({ usd: 500 });
  expect((await stripe.transfers.create(VALID, { idempotencyKey: 'payout_1_b' })).amount).toBe(100);
});

test('429 storms: with and without Stripe-Should-Retry, and lock_timeout', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'rate_limited', times: 2 });
  await control.fault({ fault: 'rate_limited', shouldRetry: true });
  await control.fault({ fault: 'rate_limited', code: 'lock_timeout', shouldRetry: false });
  const seen: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const { statusCode, code, headers } = await refused(stripe.transfers.create(VALID, KEY));
    seen.push([statusCode, code, headers?.['stripe-should-retry']]);
  }
  expect(seen).toEqual([
    [429, 'rate_limit', undefined],
    [429, 'rate_limit', undefined],
    [429, 'rate_limit', 'true'],
    [429, 'lock_timeout', 'false'],
  ]);
  expect((await stripe.transfers.create(VALID, KEY)).amount).toBe(100);
});

test('503 JSON without error resolves in the SDK, and is not a transfer', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'json_503_without_error' });
  const answer = await stripe.transfers.create(VALID, KEY);
  expect(answer.lastResponse.statusCode).toBe(503);
  expect(answer.object).toBeUndefined();
  expect(await control.transfers()).toEqual([]);
});

test('HTML 502 is an API error without a status, before or after the commit', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'html_502' });
  await control.fault({ fault: 'html_502', afterCommit: true });
  for (const made of [0, 1]) {
    const error = await refused(stripe.transfers.create(VALID, KEY));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(error.statusCode).toBeUndefined();
    expect(await control.transfers()).toHaveLength(made);
  }
});

test('a truncated 200 is a connection error, and the transfer exists', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'truncated_200' });
  const error = await refused(stripe.transfers.create(VALID, KEY));
  expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
  expect(error.message).not.toContain('timeout');
  expect(await control.transfers()).toHaveLength(1);
});

test('a wrong object comes with a 200, chosen or not, and the transfer exists', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'wrong_object_200' });
  expect((await stripe.transfers.create(VALID, KEY)).object).toBe('payment_intent');
  await control.fault({ fault: 'wrong_object_200', body: { object: 'transfer', id: 'tr_other', amount: 1 } });
  expect((await stripe.transfers.create(VALID, KEY)).id).toBe('tr_other');
  expect(await control.transfers()).toHaveLength(1);
});

test('401 and 403', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'unauthorized_401' });
  await control.fault({ fault: 'forbidden_403' });
  expect((await refused(stripe.transfers.create(VALID, KEY))).type).toBe('StripeAuthenticationError');
  expect((await refused(stripe.transfers.create(VALID, KEY))).type).toBe('StripePermissionError');
});

test('a capability that goes off between the check and the transfer', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'capability_off_before_transfer' });
  expect((await stripe.accounts.retrieve('acct_ready')).capabilities?.transfers).toBe('active');
  const error = await refused(stripe.transfers.create(VALID, KEY));
  expect(error.code).toBe('insufficient_capabilities_for_transfer');
  expect((await stripe.accounts.retrieve('acct_ready')).capabilities?.transfers).toBe('inactive');
});

test('webhooks before the answer: transfer.created comes while the request still waits', async () => {
  const endpoint = await receiver();
  const { stripe, control } = await readyWorld({ webhookUrl: endpoint.url });
  await control.holdWebhooks();
  await control.fault({ fault: 'webhook_before_response' });
  let answered = false;
  let early = false;
  endpoint.onReceive = () => {
    early = !answered;
  };
  await stripe.transfers.create(VALID, KEY);
  answered = true;
  expect(endpoint.received.map(({ event }) => event.type)).toEqual(['transfer.created']);
  expect(early).toBe(true);
});

test('rules match on what they name, hit so many times, skip so many, and can be forgotten', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'error_500_before', match: { transferGroup: 'b' } });
  await control.fault({
    fault: 'forbidden_403',
    match: { method: 'GET', path: '/v1/transfers/*' },
    times: 'always',
  });
  await control.fault({ fault: 'rate_limited', match: { idempotencyKey: 'k' }, skip: 1 });
  await control.fault({ fault: 'html_502', match: { destination: 'acct_other' } });
  const make = (transfer_group: string, idempotencyKey: string) =>
    stripe.transfers.create({ ...VALID, transfer_group }, { idempotencyKey });
  const { id } = await make('a', 'a');
  expect((await refused(make('b', 'b'))).statusCode).toBe(500);
  for (let i = 0; i < 3; i++) expect((await refused(stripe.transfers.retrieve(id))).statusCode).toBe(403);
  expect((await stripe.transfers.list()).data).toHaveLength(1);
  await make('c', 'k');
  expect((await refused(make('c', 'k'))).statusCode).toBe(429);
  expect((await control.faults()).map(({ fault, hits }) => [fault, hits])).toEqual([
    ['forbidden_403', 3],
    ['html_502', 0],
  ]);
  await control.clearFaults();
  expect((await stripe.transfers.retrieve(id)).id).toBe(id);
});

test('an answer fault waits for a success: a refusal does not use it up', async () => {
  const { stripe, control } = await readyWorld();
  await control.fault({ fault: 'truncated_200' });
  expect((await refused(stripe.transfers.create({ ...VALID, amount: 0 }))).code).toBe(
    'parameter_invalid_integer',
  );
  expect(await refused(stripe.transfers.create(VALID))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
});

test('misspelt faults and fields are refused', async () => {
  const { control } = await readyWorld();
  const wrong = { fault: 'reset_after', match: {} } as unknown as Parameters<typeof control.fault>[0];
  await expect(control.fault(wrong)).rejects.toThrow('fault must be one of');
  const typo = { fault: 'latency', match: { idempotencykey: 'x' } } as Parameters<typeof control.fault>[0];
  await expect(control.fault(typo)).rejects.toThrow('Unknown field idempotencykey');
});

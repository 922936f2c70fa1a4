// Every refusal of the API: status, type, code, message and param, as Stripe has them.
import http from 'node:http';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { API_KEY, readyWorld, refused, sdk, world } from './support.js';

type Params = Record<string, unknown>;

const VALID = { amount: 100, currency: 'usd', destination: 'acct_ready' };

const INVALID: [string, Params, Params][] = [
  ['amount missing', { ...VALID, amount: undefined }, { code: 'parameter_missing', param: 'amount' }],
  ['amount zero', { ...VALID, amount: 0 }, { code: 'parameter_invalid_integer', param: 'amount' }],
  ['amount negative', { ...VALID, amount: -5 }, { code: 'parameter_invalid_integer', param: 'amount' }],
  ['amount a fraction', { ...VALID, amount: 10.5 }, { code: 'parameter_invalid_integer', param: 'amount' }],
  [
    'amount not a number',
    { ...VALID, amount: 'ten' },
    { code: 'parameter_invalid_integer', param: 'amount' },
  ],
  ['amount in scientific notation', { ...VALID, amount: '1e3' }, { code: 'parameter_invalid_integer' }],
  ['amount empty', { ...VALID, amount: '' }, { code: 'parameter_invalid_empty', param: 'amount' }],
  [
    'amount over eight digits',
    { ...VALID, amount: 100_000_000 },
    { code: 'amount_too_large', param: 'amount' },
  ],
  ['currency missing', { ...VALID, currency: undefined }, { code: 'parameter_missing', param: 'currency' }],
  ['currency unknown', { ...VALID, currency: 'xyz' }, { param: 'currency' }],
  [
    'destination missing',
    { ...VALID, destination: undefined },
    { code: 'parameter_missing', param: 'destination' },
  ],
  [
    'destination empty',
    { ...VALID, destination: '' },
    { code: 'parameter_invalid_empty', param: 'destination' },
  ],
  ['unknown parameter', { ...VALID, payout: 'x' }, { code: 'parameter_unknown', param: 'payout' }],
  ['source type unknown', { ...VALID, source_type: 'gold' }, { param: 'source_type' }],
  ['metadata value too long', { ...VALID, metadata: { a: 'x'.repeat(501) } }, { param: 'metadata[a]' }],
  [
    'metadata key too long',
    { ...VALID, metadata: { ['k'.repeat(41)]: 'x' } },
    { param: `metadata[${'k'.repeat(41)}]` },
  ],
  ['metadata not a hash', { ...VALID, metadata: 'x' }, { param: 'metadata' }],
];

test.each(INVALID)('refuses a transfer with %s, and makes nothing', async (_name, params, expected) => {
  const { stripe, control } = await readyWorld();
  const error = await refused(stripe.transfers.create(params as unknown as Stripe.TransferCreateParams));
  expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, ...expected });
  expect(await control.transfers()).toEqual([]);
});

test('an unknown destination is resource_missing with its param', async () => {
  const { stripe } = await world();
  const error = await refused(stripe.transfers.create({ ...VALID, destination: 'acct_nobody' }));
  expect(error).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'destination',
    message: "No such destination: 'acct_nobody'",
    doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
    rawType: 'invalid_request_error',
  });
  expect(error.requestId).toMatch(/^req_/);
  expect(error.request_log_url).toContain(error.requestId);
});

test('a deleted account is no destination any more', async () => {
  const { stripe, control, destination } = await readyWorld();
  await control.deleteAccount(destination);
  expect((await refused(stripe.transfers.create(VALID))).code).toBe('resource_missing');
});

test.each(['inactive', 'pending'] as const)(
  'a destination whose capability is %s is refused',
  async (transfers) => {
    const { stripe, control } = await world();
    const { id } = await control.createAccount({ transfers });
    const error = await refused(stripe.transfers.create({ ...VALID, destination: id }));
    expect(error).toMatchObject({ statusCode: 400, code: 'insufficient_capabilities_for_transfer' });
  },
);

test('the balance is refused at one cent too many and spent to the last cent, in its own currency', async () => {
  const { stripe, control, destination } = await readyWorld({ balance: { usd: 100, eur: 10 } });
  const over = await refused(stripe.transfers.create({ ...VALID, amount: 101 }));
  expect(over).toMatchObject({ statusCode: 400, code: 'balance_insufficient' });
  expect((await refused(stripe.transfers.create({ ...VALID, currency: 'eur' }))).code).toBe(
    'balance_insufficient',
  );
  expect((await refused(stripe.transfers.create({ ...VALID, currency: 'jpy' }))).code).toBe(
    'balance_insufficient',
  );
  expect((await refused(stripe.transfers.create({ ...VALID, source_type: 'fpx' }))).code).toBe(
    'balance_insufficient',
  );
  await stripe.transfers.create({ ...VALID, destination });
  expect((await control.state()).balance).toEqual({ usd: 0, eur: 10 });
});

test('a US platform pays abroad only under the recipient agreement', async () => {
  const { stripe, control } = await world();
  const { id } = await control.createAccount({ transfers: 'active', country: 'DE' });
  const error = await refused(stripe.transfers.create({ ...VALID, destination: id }));
  expect(error).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error' });
  expect(error.message).toContain("Funds can't be sent to accounts located in DE");
  await control.updateAccount(id, { serviceAgreement: 'recipient' });
  expect((await stripe.transfers.create({ ...VALID, destination: id })).destination).toBe(id);
});

test('a European platform pays within its region and not outside of it', async () => {
  const { stripe, control } = await world({ country: 'DE', balance: { usd: 1_000 } });
  const french = await control.createAccount({ transfers: 'active', country: 'FR' });
  const brazilian = await control.createAccount({
    transfers: 'active',
    country: 'BR',
    serviceAgreement: 'recipient',
  });
  expect((await stripe.transfers.create({ ...VALID, destination: french.id })).amount).toBe(100);
  const error = await refused(stripe.transfers.create({ ...VALID, destination: brazilian.id }));
  expect(error.message).toContain("restricted outside of your platform's region");
});

test('checks come in the order: parameters, destination, capability, region, balance', async () => {
  const { stripe, control } = await world({ balance: {} });
  const code = async (params: Params) =>
    (await refused(stripe.transfers.create({ ...VALID, ...params } as Stripe.TransferCreateParams))).code;
  expect(await code({ destination: 'acct_nobody', amount: 0 })).toBe('parameter_invalid_integer');
  expect(await code({ destination: 'acct_nobody' })).toBe('resource_missing');
  const { id } = await control.createAccount({ country: 'DE' });
  expect(await code({ destination: id })).toBe('insufficient_capabilities_for_transfer');
  await control.setCapability(id, 'active');
  expect(await code({ destination: id })).toBeUndefined();
  await control.updateAccount(id, { country: 'US' });
  expect(await code({ destination: id })).toBe('balance_insufficient');
});

test('what does not exist is 404 resource_missing', async () => {
  const { stripe } = await world();
  const missing = { type: 'StripeInvalidRequestError', statusCode: 404, code: 'resource_missing' };
  expect(await refused(stripe.transfers.retrieve('tr_none'))).toMatchObject({
    ...missing,
    param: 'id',
    message: "No such transfer: 'tr_none'",
  });
  expect(await refused(stripe.transfers.update('tr_none', {}))).toMatchObject(missing);
  expect(await refused(stripe.transfers.createReversal('tr_none'))).toMatchObject(missing);
  expect(await refused(stripe.transfers.listReversals('tr_none'))).toMatchObject(missing);
  expect(await refused(stripe.events.retrieve('evt_none'))).toMatchObject(missing);
  expect(await refused(stripe.balanceTransactions.retrieve('txn_none'))).toMatchObject(missing);
  expect(await refused(stripe.customers.list())).toMatchObject({ statusCode: 404 });
});

test('an unknown account is 403 account_invalid, as Stripe does not say whether it exists', async () => {
  const { stripe } = await world();
  const error = await refused(stripe.accounts.retrieve('acct_nobody'));
  expect(error).toMatchObject({ type: 'StripePermissionError', statusCode: 403, code: 'account_invalid' });
  expect(error.message).not.toContain(API_KEY);
  const acting = await refused(stripe.balance.retrieve({}, { stripeAccount: 'acct_nobody' }));
  expect(acting.code).toBe('account_invalid');
});

test('keys: any sk_test_ by default, a given set otherwise; messages mask them', async () => {
  const open = await world();
  const live = await refused(sdk(open.simulator, 'sk_live_abcdefghijklmnop1234').balance.retrieve());
  expect(live).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
  expect(live.message).toBe('Invalid API Key provided: sk_live_********1234');
  const closed = await world({ apiKeys: ['sk_test_only'] });
  expect((await refused(closed.stripe.balance.retrieve())).statusCode).toBe(401);
  expect((await sdk(closed.simulator, 'sk_test_only').balance.retrieve()).object).toBe('balance');
  const none = await fetch(`${open.simulator.url}/v1/balance`);
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Stripe"']);
});

test('lists refuse limits outside 1 to 100, both cursors, and cursors that name nothing', async () => {
  const { stripe, destination } = await readyWorld();
  const { id } = await stripe.transfers.create({ ...VALID, destination });
  const error = async (params: Stripe.TransferListParams) => refused(stripe.transfers.list(params));
  expect(await error({ limit: 0 })).toMatchObject({ code: 'parameter_invalid_integer', param: 'limit' });
  expect(await error({ limit: 101 })).toMatchObject({ code: 'parameter_invalid_integer', param: 'limit' });
  expect((await error({ starting_after: id, ending_before: id })).code).toBe('parameters_exclusive');
  expect(await error({ starting_after: 'tr_no' })).toMatchObject({
    code: 'resource_missing',
    param: 'starting_after',
  });
  const unknown = { metadata: { payout_id: 'x' } } as Stripe.TransferListParams;
  expect(await error(unknown)).toMatchObject({ code: 'parameter_unknown', param: 'metadata' });
});

test('other API versions are refused: only the pinned shapes are known', async () => {
  const { stripe } = await world();
  const error = await refused(stripe.balance.retrieve({}, { apiVersion: '2017-01-27' }));
  expect(error.message).toContain('Invalid Stripe API version: 2017-01-27');
  const { lastResponse } = await stripe.balance.retrieve();
  expect(lastResponse.apiVersion).toBe(Stripe.API_VERSION);
});

test('hostile bodies are bounded and cannot reach prototypes', async () => {
  const { simulator } = await world();
  const post = async (body: string) => {
    const headers = {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const response = await fetch(`${simulator.url}/v1/transfers`, { method: 'POST', headers, body });
    const { error } = (await response.json()) as { error: { code?: string; message: string } };
    return [response.status, error.code ?? error.message];
  };
  expect(await post('__proto__[amount]=1')).toEqual([400, 'parameter_unknown']);
  expect(await post('amount=1&amount=2')).toEqual([400, 'Parameter given more than once: amount']);
  expect(await post('metadata=1&metadata[a]=2')).toEqual([
    400,
    expect.stringContaining('both a value and a hash'),
  ]);
  expect(await post(`a${'[b]'.repeat(20)}=1`)).toEqual([400, expect.stringContaining('nested too deeply')]);
  expect(await post('x=1&'.repeat(2))).toEqual([400, expect.stringContaining('more than once')]);
  expect(Object.prototype).not.toHaveProperty('amount');
  expect(await tooLarge(simulator.port)).toBe(413);
});

function tooLarge(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      port,
      host: '127.0.0.1',
      path: '/v1/transfers',
      method: 'POST',
      agent: false,
    });
    request.on('response', (response) => resolve(response.resume().statusCode));
    request.on('error', reject);
    request.end('a'.repeat(300_000));
  });
}

test('a rate limit counts each endpoint within a second and can be seen in the counters', async () => {
  let now = 1_000_000;
  const { stripe, control } = await world({ requestsPerSecond: 2, now: () => now });
  await stripe.balance.retrieve();
  await stripe.balance.retrieve();
  const limited = await refused(stripe.balance.retrieve());
  expect(limited).toMatchObject({ type: 'StripeRateLimitError', statusCode: 429, code: 'rate_limit' });
  expect((await stripe.transfers.list()).data).toEqual([]);
  now += 1_000;
  await stripe.balance.retrieve();
  const { counters } = await control.state();
  expect(counters).toMatchObject({ total: 5, byStatus: { 200: 4, 429: 1 } });
  expect(counters.peakPerSecond).toEqual({ 'GET /v1/balance': 3, 'GET /v1/transfers': 1 });
});

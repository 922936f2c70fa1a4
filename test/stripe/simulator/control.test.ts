// The control endpoint itself: help, state, clock, balance, reset, and who may call it.
import { expect, test } from 'vitest';
import { readyWorld, refused, world } from './support.js';

test('GET /_control lists every route with its help', async () => {
  const { simulator } = await world();
  const { routes } = (await (await fetch(`${simulator.url}/_control`)).json()) as {
    routes: Record<string, string>[];
  };
  expect(routes.length).toBeGreaterThan(20);
  for (const { method, path, help } of routes) {
    expect(method).toMatch(/^(GET|POST|DELETE)$/);
    expect(path).toMatch(/^\/_control\//);
    expect(help?.length).toBeGreaterThan(5);
  }
});

test('browsers of this machine may call it, other origins may not', async () => {
  const { simulator, control } = await readyWorld();
  const call = (method: string, origin: string) =>
    fetch(`${simulator.url}/_control/reset`, { method, headers: { origin } });
  for (const origin of [
    'http://localhost:3000',
    'http://127.0.0.1:8080',
    'http://[::1]:1',
    'http://app.localhost',
  ]) {
    const preflight = await call('OPTIONS', origin);
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  }
  for (const origin of [
    'https://evil.example',
    'http://localhost.evil.example',
    'null',
    'http://127.0.0.1.evil.example',
  ]) {
    expect((await call('OPTIONS', origin)).headers.get('access-control-allow-origin')).toBeNull();
    expect((await call('POST', origin)).status).toBe(403);
  }
  expect((await control.state()).accounts).toHaveLength(1);
  expect((await call('POST', 'http://localhost:3000')).status).toBe(200);
  expect((await control.state()).accounts).toHaveLength(0);
});

test('the state shows requests with what they were answered', async () => {
  const { stripe, control, destination } = await readyWorld();
  const params = { amount: 7, currency: 'usd', destination };
  await stripe.transfers.create(params, { idempotencyKey: 'k' });
  await stripe.transfers.create(params, { idempotencyKey: 'k' });
  await refused(stripe.transfers.create({ ...params, amount: 0 }, { idempotencyKey: 'z' }));
  const { requests, counters, idempotencyKeys, transfers, accounts } = await control.state();
  expect(requests).toMatchObject([
    {
      method: 'POST',
      path: '/v1/transfers',
      params: { amount: '7' },
      idempotencyKey: 'k',
      status: 200,
      replayed: false,
    },
    { idempotencyKey: 'k', status: 200, replayed: true },
    { idempotencyKey: 'z', status: 400, code: 'parameter_invalid_integer' },
  ]);
  expect(counters).toMatchObject({
    total: 3,
    byEndpoint: { 'POST /v1/transfers': 3 },
    byStatus: { 200: 2, 400: 1 },
  });
  expect(idempotencyKeys).toMatchObject([{ key: 'k', status: 200, method: 'POST', path: '/v1/transfers' }]);
  expect([transfers.length, accounts.length]).toEqual([1, 1]);
});

test('the clock is advanced and set, and created follows it', async () => {
  const { stripe, control, destination } = await readyWorld({ now: () => 1_900_000_000_000 });
  expect(await control.advanceClock(3_600)).toBe(1_900_003_600);
  expect((await stripe.transfers.create({ amount: 1, currency: 'usd', destination })).created).toBe(
    1_900_003_600,
  );
  expect(await control.setClock(1_800_000_000)).toBe(1_800_000_000);
  expect((await control.state()).now).toBe(1_800_000_000);
});

test('a balance that was too low is topped up, and the transfer passes under a new key', async () => {
  const { stripe, control, destination } = await readyWorld({ balance: {} });
  const params = { amount: 50, currency: 'eur', destination };
  expect((await refused(stripe.transfers.create(params))).code).toBe('balance_insufficient');
  expect(await control.topUp(60, 'eur')).toEqual({ eur: 60 });
  await stripe.transfers.create(params);
  expect(await control.setBalance(1_000, 'eur')).toEqual({ eur: 1_000 });
  expect((await stripe.balanceTransactions.list()).data.map(({ type, amount }) => [type, amount])).toEqual([
    ['adjustment', 990],
    ['transfer', -50],
    ['topup', 60],
  ]);
  expect((await control.state()).balanced).toBe(true);
});

test('reset forgets everything', async () => {
  const { stripe, control, destination } = await readyWorld({ balance: { usd: 500 } });
  await stripe.transfers.create({ amount: 1, currency: 'usd', destination }, { idempotencyKey: 'k' });
  await control.fault({ fault: 'html_502' });
  await control.advanceClock(1_000_000);
  await control.holdWebhooks();
  await control.reset();
  const state = await control.state();
  expect(state).toMatchObject({ transfers: [], accounts: [], idempotencyKeys: [], faults: [], requests: [] });
  expect(state).toMatchObject({ balance: { usd: 500 }, webhooks: { mode: 'deliver' } });
  expect(Math.abs(state.now - Date.now() / 1000)).toBeLessThan(5);
  expect(await control.deliveries()).toEqual([]);
});

test('what makes no sense is refused in words', async () => {
  const { simulator, control } = await readyWorld();
  await expect(control.createAccount({ id: 'acct_ready' })).rejects.toThrow('acct_ready exists');
  await expect(control.createAccount({ id: 'nonsense' })).rejects.toThrow('must look like acct_');
  await expect(control.setCapability('acct_no', 'active')).rejects.toThrow("No such account: 'acct_no'");
  await expect(control.reverse('tr_no')).rejects.toThrow("No such transfer: 'tr_no'");
  await expect(control.setWebhookUrl('ftp://x')).rejects.toThrow('url must begin with http');
  const post = (body: string) => fetch(`${simulator.url}/_control/clock`, { method: 'POST', body });
  for (const body of ['{', '[]', '{}', '{"advanceSeconds":"1"}', '{"advanceSeconds":1.5}', '{"advance":1}']) {
    expect((await post(body)).status).toBe(400);
  }
  expect((await fetch(`${simulator.url}/_control/nothing`)).status).toBe(404);
});

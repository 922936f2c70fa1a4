// Connected accounts and the onboarding that a person clicks through.
import { expect, test } from 'vitest';
import { readyWorld, refused, world } from './support.js';

const LINK = {
  type: 'account_onboarding',
  refresh_url: 'http://127.0.0.1:9/refresh',
  return_url: 'http://127.0.0.1:9/return?a=1&b="2"',
} as const;

test('a new account is not ready until it was onboarded', async () => {
  const { stripe } = await world();
  const account = await stripe.accounts.create({
    type: 'express',
    country: 'US',
    email: 'may@example.com',
    capabilities: { transfers: { requested: true } },
    metadata: { creator: '7' },
  });
  expect(account).toMatchObject({
    id: expect.stringMatching(/^acct_/),
    object: 'account',
    capabilities: { transfers: 'inactive' },
    country: 'US',
    default_currency: 'usd',
    details_submitted: false,
    email: 'may@example.com',
    metadata: { creator: '7' },
    payouts_enabled: false,
    type: 'express',
  });
  expect(account.requirements?.currently_due).toContain('external_account');
  expect(await stripe.accounts.retrieve(account.id)).toEqual(account);
  const bare = await stripe.accounts.create({});
  expect(bare.capabilities).toEqual({});
  expect((await stripe.accounts.retrieveCapability(bare.id, 'transfers')).status).toBe('unrequested');
  expect((await stripe.accounts.list()).data.map(({ id }) => id)).toEqual([bare.id, account.id]);
});

test('accounts by controller, updated, deleted', async () => {
  const { stripe } = await world();
  const { id, type } = await stripe.accounts.create({ controller: { stripe_dashboard: { type: 'none' } } });
  expect(type).toBe('none');
  const updated = await stripe.accounts.update(id, {
    email: 'x@example.com',
    capabilities: { transfers: { requested: true } },
  });
  expect(updated).toMatchObject({ email: 'x@example.com', capabilities: { transfers: 'inactive' } });
  expect(await stripe.accounts.del(id)).toMatchObject({ id, deleted: true });
  expect((await refused(stripe.accounts.retrieve(id))).code).toBe('account_invalid');
  expect((await stripe.accounts.list()).data).toEqual([]);
});

test('account parameters are checked down to the capability', async () => {
  const { stripe } = await world();
  const odd = { capabilities: { transfers: { wanted: true } } } as object;
  expect(await refused(stripe.accounts.create(odd))).toMatchObject({
    param: 'capabilities[transfers][wanted]',
  });
  expect((await refused(stripe.accounts.create({ country: 'Germany' }))).code).toBe('country_code_invalid');
  const both = { type: 'express', controller: { stripe_dashboard: { type: 'none' } } } as const;
  expect((await refused(stripe.accounts.create(both))).code).toBe('parameters_exclusive');
});

test('the platform has an account of its own', async () => {
  const { stripe } = await world();
  const own = await stripe.accounts.retrieveCurrent();
  expect(own).toMatchObject({ object: 'account', country: 'US', type: 'standard' });
  expect((await stripe.accounts.retrieve(own.id)).id).toBe(own.id);
  expect((await stripe.balance.retrieve({}, { stripeAccount: own.id })).object).toBe('balance');
});

test('a person opens the link, completes onboarding and comes back; the account is ready', async () => {
  const { stripe } = await world();
  const { id } = await stripe.accounts.create({
    type: 'express',
    capabilities: { transfers: { requested: true } },
  });
  const link = await stripe.accountLinks.create({ account: id, ...LINK });
  expect(link).toMatchObject({ object: 'account_link', expires_at: link.created + 300 });
  const page = await (await fetch(link.url)).text();
  expect(page).toContain('href="http://127.0.0.1:9/return?a=1&amp;b=&quot;2&quot;"');
  expect((await stripe.accounts.retrieve(id)).capabilities?.transfers).toBe('inactive');
  const session = /name="session" value="(\w+)"/.exec(page)?.[1] ?? '';
  const post = () =>
    fetch(link.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ session }) });
  const done = await post();
  expect([done.status, done.headers.get('location')]).toEqual([303, LINK.return_url]);
  const account = await stripe.accounts.retrieve(id);
  expect(account).toMatchObject({
    capabilities: { transfers: 'active' },
    details_submitted: true,
    payouts_enabled: true,
  });
  expect(account.requirements?.currently_due).toEqual([]);
  expect((await stripe.transfers.create({ amount: 1, currency: 'usd', destination: id })).destination).toBe(
    id,
  );
  expect((await post()).headers.get('location')).toBe(LINK.refresh_url);
});

test('a link works once and for five minutes; a form without its session does nothing', async () => {
  const { stripe, control } = await world();
  const { id } = await control.createAccount();
  const link = await stripe.accountLinks.create({ account: id, ...LINK });
  const get = (url: string) => fetch(url, { redirect: 'manual' });
  expect((await get(link.url)).status).toBe(200);
  expect((await get(link.url)).headers.get('location')).toBe(LINK.refresh_url);
  const forged = new URLSearchParams({ session: 'session_guess' });
  await fetch(link.url, { method: 'POST', redirect: 'manual', body: forged });
  const late = await stripe.accountLinks.create({ account: id, ...LINK });
  await control.advanceClock(301);
  expect((await get(late.url)).headers.get('location')).toBe(LINK.refresh_url);
  expect((await get(`${late.url}x`)).status).toBe(404);
  expect((await stripe.accounts.retrieve(id)).capabilities?.transfers).toBe('inactive');
});

test('links need a known account and addresses of the web', async () => {
  const { stripe, destination } = await readyWorld();
  const link = (params: object) =>
    refused(stripe.accountLinks.create({ account: destination, ...LINK, ...params }));
  expect(await link({ account: 'acct_no' })).toMatchObject({ code: 'resource_missing', param: 'account' });
  expect(await link({ return_url: 'javascript:alert(1)' })).toMatchObject({
    code: 'url_invalid',
    param: 'return_url',
  });
  expect((await link({ refresh_url: undefined })).code).toBe('parameter_missing');
  expect((await link({ type: 'account_update' })).param).toBe('type');
});

test('links carry the public address when there is one', async () => {
  const { stripe, destination } = await readyWorld({ publicUrl: 'https://stripe.example/' });
  const { url } = await stripe.accountLinks.create({ account: destination, ...LINK });
  expect(url).toMatch(/^https:\/\/stripe\.example\/setup\/e\/acct_ready\/al_/);
});

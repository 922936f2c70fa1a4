// Creators set up their account at Stripe: an account is made once, the link leads there, and what came of it is heard.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnboardingLink, type OnboardingDeps } from '../../../src/payouts/creators/onboarding.js';
import {
  CreatorNotReadyError,
  InvalidInputError,
  NotFoundError,
  StripeUnavailableError,
} from '../../../src/payouts/errors.js';
import type { NewAccount, OnboardingUrls } from '../../../src/payouts/ports.js';
import { createStripe } from '../../../src/stripe/client.js';
import { createOnboarding } from '../../../src/stripe/onboarding.js';
import { addCreator, createWorld, type TestCreator, type World } from '../../support/world.js';
import { creatorRow, idsOf, putCreators } from '../upsert/support.js';

const HOME = 'https://pay.example/creator';
const CREATOR = { name: 'a creator' };

let world: World;
let deps: OnboardingDeps;
beforeAll(async () => {
  world = await createWorld();
  const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 1_000 });
  deps = {
    ...world.deps,
    onboarding: createOnboarding(stripe),
    returnOrigins: ['https://pay.example'],
    home: HOME,
  };
});
afterAll(() => world.close());

const link = (creatorId: string, urls = {}, over: Partial<OnboardingDeps> = {}) =>
  createOnboardingLink({ ...deps, ...over }, creatorId, urls, CREATOR);

async function withoutAccount(): Promise<string> {
  const [id = ''] = idsOf(await putCreators(world, creatorRow({})));
  return id;
}

async function accountOf(id: string): Promise<string | null> {
  const { rows } = await world.db.pool.query('SELECT stripe_account_id AS a FROM creators WHERE id = $1', [
    id,
  ]);
  return rows[0]?.a;
}

async function accountsMade(creatorId: string): Promise<number> {
  const { accounts } = await world.simulator.state();
  return accounts.filter(({ metadata }) => metadata?.['creator_id'] === creatorId).length;
}

describe('a creator without an account', () => {
  it('gets one, which is written down and in the audit', async () => {
    const id = await withoutAccount();
    const { url, expiresAt } = await link(id);
    const account = await accountOf(id);
    expect(url).toContain(`/setup/e/${account}/`);
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
    const { rows } = await world.db.pool.query(
      `SELECT actor, action, before, after FROM audit_events WHERE chain = $1 ORDER BY sequence`,
      [`creator:${id}`],
    );
    expect(rows).toEqual([
      {
        actor: 'a creator',
        action: 'account_created',
        before: { stripeAccountId: null },
        after: { stripeAccountId: account },
      },
      {
        actor: 'a creator',
        action: 'onboarding_link_created',
        before: null,
        after: { stripeAccountId: account, expiresAt: expiresAt.toISOString() },
      },
    ]);
  });

  it('gets one alone, however often it asks at once', async () => {
    const id = await withoutAccount();
    const urls = await Promise.all([link(id), link(id), link(id)].map(async (one) => (await one).url));
    expect(new Set(urls).size).toBe(3);
    expect(await accountsMade(id)).toBe(1);
  });

  it('gets the same one after a death between Stripe’s answer and our row', async () => {
    const id = await withoutAccount();
    await deps.onboarding.createAccount({ id, email: (await emailOf(id)) ?? '', earlierAccounts: 0 });
    await link(id);
    expect(await accountsMade(id)).toBe(1);
  });

  it('gets one under its new e-mail address when the answer for the old one was lost', async () => {
    const id = await withoutAccount();
    await deps.onboarding.createAccount({ id, email: (await emailOf(id)) ?? '', earlierAccounts: 0 });
    await world.db.pool.query('UPDATE creators SET email = $2 WHERE id = $1', [id, `${id}@new.example.com`]);
    expect((await link(id)).url).toContain(`/setup/e/${await accountOf(id)}/`);
  });

  it('gets another one at once when the platform has taken the first from it', async () => {
    const id = await withoutAccount();
    await link(id);
    const first = await accountOf(id);
    await world.db.pool.query('UPDATE creators SET stripe_account_id = NULL WHERE id = $1', [id]);
    await Promise.all([link(id), link(id)]);
    expect(await accountOf(id)).not.toBe(first);
    expect(await accountsMade(id)).toBe(2);
  });

  it('keeps the account that somebody wrote down meanwhile', async () => {
    const id = await withoutAccount();
    const { id: other } = await world.simulator.createAccount({ transfers: 'active' });
    const onboarding = {
      ...deps.onboarding,
      async createAccount(creator: NewAccount) {
        await world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [id, other]);
        return deps.onboarding.createAccount(creator);
      },
    };
    expect((await link(id, {}, { onboarding })).url).toContain(other);
    expect(await accountOf(id)).toBe(other);
  });
});

async function emailOf(id: string): Promise<string | undefined> {
  return (await world.db.pool.query('SELECT email FROM creators WHERE id = $1', [id])).rows[0]?.email;
}

describe('a creator with an account', () => {
  let creator: TestCreator;
  beforeAll(async () => {
    creator = await addCreator(world, { ready: false });
  });

  it('keeps it', async () => {
    const { url } = await link(creator.id);
    expect(url).toContain(creator.accountId);
    expect(await accountOf(creator.id)).toBe(creator.accountId);
  });

  it('comes back to where it was asked to', async () => {
    const { url } = await link(creator.id, { returnUrl: 'https://pay.example/done' });
    expect(await (await fetch(url)).text()).toContain('https://pay.example/done');
  });

  it('is sent to the page that makes new links once its link is spent', async () => {
    const { url } = await link(creator.id, { refreshUrl: 'https://pay.example/again' });
    await fetch(url);
    const spent = await fetch(url, { redirect: 'manual' });
    expect(spent.headers.get('location')).toBe('https://pay.example/again');
  });

  it.each([
    ['another origin', 'https://evil.example/creator'],
    ['a host that begins like ours', 'https://pay.example.evil.example/'],
    ['another scheme', 'http://pay.example/'],
    ['a script', 'javascript:alert(1)'],
    ['what a page of ours has made', 'blob:https://pay.example/1'],
    ['a name before ours', 'https://pay.example@evil.example/'],
    ['ours with somebody’s name', 'https://someone:secret@pay.example/'],
    ['no address', '/creator'],
  ])('is not sent to %s', async (_what, returnUrl) => {
    await expect(link(creator.id, { returnUrl })).rejects.toThrow(InvalidInputError);
    await expect(link(creator.id, { refreshUrl: returnUrl })).rejects.toThrow(InvalidInputError);
  });

  it.each([
    ['https://pay.example\\\\@evil.example/', 'https://pay.example//@evil.example/'],
    ['https://pay.exa\nmple/done', 'https://pay.example/done'],
  ])('is sent to %j as it was understood', async (returnUrl, understood) => {
    const asked: OnboardingUrls[] = [];
    const createLink = (account: string, urls: OnboardingUrls) => {
      asked.push(urls);
      return deps.onboarding.createLink(account, urls);
    };
    await link(creator.id, { returnUrl }, { onboarding: { ...deps.onboarding, createLink } });
    expect(asked).toEqual([{ returnUrl: understood, refreshUrl: understood }]);
  });

  it('must say where to go back to when nobody else does', async () => {
    await expect(link(creator.id, {}, { home: null })).rejects.toThrow(/PUBLIC_URL/);
  });
});

it('says that Stripe does not answer, and changes nothing', async () => {
  const id = await withoutAccount();
  await world.simulator.fault({ match: { method: 'POST', path: '/v1/accounts' }, fault: 'html_502' });
  await expect(link(id)).rejects.toThrow(StripeUnavailableError);
  expect(await accountOf(id)).toBeNull();
  await link(id);
  expect(await accountsMade(id)).toBe(1);
});

it('says what to do when its account is gone at Stripe, and makes no other until it is taken off', async () => {
  const { id, accountId } = await addCreator(world, { ready: false });
  const remove = await fetch(`${world.simulatorUrl}/v1/accounts/${accountId}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer sk_test_world' },
  });
  expect(remove.status).toBe(200);
  const asked = link(id);
  await expect(asked).rejects.toThrow(CreatorNotReadyError);
  await expect(asked).rejects.toThrow(/Ask the platform to take it off/);
  expect([await accountOf(id), await accountsMade(id)]).toEqual([accountId, 0]);
  await world.db.pool.query('UPDATE creators SET stripe_account_id = NULL WHERE id = $1', [id]);
  expect((await link(id)).url).toContain(`/setup/e/${await accountOf(id)}/`);
});

it('knows no creator that is none', async () => {
  await expect(link('nobody')).rejects.toThrow(NotFoundError);
});

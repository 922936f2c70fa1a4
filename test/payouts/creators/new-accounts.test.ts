// Accounts that nobody has told us of: Stripe is asked about each once, and what it says later counts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOfNewAccounts } from '../../../src/payouts/creators/new-accounts.js';
import { addCreator, createWorld, type TestCreator, type World } from '../../support/world.js';
import { eventOf, NEVER, openAlerts, pay, payoutOf, receive, resume, work } from '../support.js';
import { creatorRow, idsOf, putCreators } from '../upsert/support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const ask = (signal = NEVER) => askOfNewAccounts(world.deps, signal);

/** A creator that was brought in with an account, in which Stripe has this capability. */
async function bring(transfers: 'active' | 'inactive'): Promise<Pick<TestCreator, 'id' | 'accountId'>> {
  const { id: accountId } = await world.simulator.createAccount({ transfers });
  const [id = ''] = idsOf(await putCreators(world, creatorRow({ stripeAccountId: accountId })));
  return { id, accountId };
}

async function readinessOf(id: string): Promise<{ ready: boolean; told: boolean }> {
  const { rows } = await world.db.pool.query(
    'SELECT transfers_enabled AS ready, readiness_told_at IS NOT NULL AS told FROM creators WHERE id = $1',
    [id],
  );
  return rows[0];
}

async function questions(accountId: string): Promise<number> {
  const { requests } = await world.simulator.state();
  return requests.filter(({ path }) => path === `/v1/accounts/${accountId}`).length;
}

describe('an account that nobody has told us of', () => {
  it.each(['active', 'inactive'] as const)('is asked about, once: it is %s', async (transfers) => {
    const { id, accountId } = await bring(transfers);
    expect(await readinessOf(id)).toEqual({ ready: false, told: false });
    expect(await ask()).toBe(1);
    expect(await readinessOf(id)).toEqual({ ready: transfers === 'active', told: true });
    expect(await ask()).toBe(0);
    expect(await questions(accountId)).toBe(1);
  });

  it('is not ready where Stripe knows no such account', async () => {
    const row = creatorRow({ stripeAccountId: 'acct_nobodys' });
    const [id = ''] = idsOf(await putCreators(world, row));
    await ask();
    expect(await readinessOf(id)).toEqual({ ready: false, told: true });
  });

  it('is not asked about any more once an event has told us', async () => {
    const { id, accountId } = await bring('inactive');
    const object = { id: accountId, object: 'account', capabilities: { transfers: 'active' } };
    await receive(world, eventOf('account.updated', object, { account: accountId }));
    await ask();
    expect(await readinessOf(id)).toEqual({ ready: true, told: true });
    expect(await questions(accountId)).toBe(0);
  });

  it('is what an event says that comes while we ask, though it is of the same second', async () => {
    const { id, accountId } = await bring('inactive');
    const account = async () => {
      const { rows } = await world.db.pool.query('SELECT floor(extract(epoch FROM now()))::int AS created');
      const object = { id: accountId, object: 'account', capabilities: { transfers: 'active' } };
      await receive(world, eventOf('account.updated', object, { account: accountId, ...rows[0] }));
      return { transfersEnabled: false, requirements: null };
    };
    const stripe = { ...world.deps.stripe, account };
    expect(await askOfNewAccounts({ ...world.deps, stripe }, NEVER)).toBe(1);
    expect(await readinessOf(id)).toEqual({ ready: true, told: true });
  });

  it('is asked about again where Stripe did not answer, and holds up no other', async () => {
    const [silent, other] = [await bring('active'), await bring('active')];
    const path = `/v1/accounts/${silent.accountId}`;
    await world.simulator.fault({ fault: 'error_500_before', match: { path } });
    expect(await ask()).toBe(1);
    expect(await readinessOf(other.id)).toEqual({ ready: true, told: true });
    expect(await readinessOf(silent.id)).toEqual({ ready: false, told: false });
    expect(await ask()).toBe(1);
    expect(await readinessOf(silent.id)).toEqual({ ready: true, told: true });
  });

  it('pauses processing where Stripe refuses us', async () => {
    const { id, accountId } = await bring('active');
    await world.simulator.fault({ fault: 'unauthorized_401', match: { path: `/v1/accounts/${accountId}` } });
    expect(await ask()).toBe(0);
    expect(await openAlerts(world, 'stripe')).toHaveLength(1);
    await resume(world);
    await ask();
    expect(await readinessOf(id)).toEqual({ ready: true, told: true });
  });

  it('is left alone by a worker that stops', async () => {
    const { id } = await bring('active');
    expect(await ask(AbortSignal.abort())).toBe(0);
    expect(await readinessOf(id)).toEqual({ ready: false, told: false });
    expect(await ask()).toBe(1);
  });

  it('lets the payouts go on that waited for the creator to be ready', async () => {
    const creator = await addCreator(world);
    await world.simulator.setCapability(creator.accountId, 'inactive');
    const { id } = await pay(world, { creatorId: creator.id });
    await work(world);
    const { id: stripeAccountId } = await world.simulator.createAccount({ transfers: 'active' });
    await putCreators(world, creatorRow({ externalId: creator.id, stripeAccountId }));
    const signalled = world.signalled.retriesDue;
    expect(await ask()).toBe(1);
    expect(world.signalled.retriesDue).toBe(signalled + 1);
    await work(world, 'retry_claimed');
    expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED' });
  });
});

it('more than one call takes are asked about by the next one, which is asked for', async () => {
  const rows = Array.from({ length: 101 }, (_, i) => creatorRow({ stripeAccountId: `acct_none${i}` }));
  await putCreators(world, ...rows);
  const signalled = world.signalled.accountsDue;
  expect(await ask()).toBe(100);
  expect(world.signalled.accountsDue).toBe(signalled + 1);
  expect(await ask()).toBe(1);
  expect(world.signalled.accountsDue).toBe(signalled + 1);
});

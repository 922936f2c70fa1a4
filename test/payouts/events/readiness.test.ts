// A creator's readiness follows Stripe's clock, and the payouts that waited for it go on at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOfCreator } from '../../../src/payouts/creators/new-accounts.js';
import { addCreator, createWorld, type TestCreator, type World } from '../../support/world.js';
import { eventOf, pay, payoutOf, receive, spoil, transfersOf, work } from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Seconds of Stripe's clock; the simulator's own words lie before them. */
const LATER = Math.floor(Date.now() / 1000) + 1_000;

function told({ accountId }: Pick<TestCreator, 'accountId'>, transfers: string, created: number) {
  const account = { id: accountId, object: 'account', capabilities: { transfers } };
  return eventOf('account.updated', account, { account: accountId, created });
}

async function isReady({ id }: TestCreator): Promise<boolean | undefined> {
  const { rows } = await world.db.pool.query<{ ready: boolean }>(
    'SELECT transfers_enabled AS ready FROM creators WHERE id = $1',
    [id],
  );
  return rows[0]?.ready;
}

async function questions(accountId: string): Promise<number> {
  const { requests } = await world.simulator.state();
  return requests.filter(({ method, path }) => method === 'GET' && path === `/v1/accounts/${accountId}`)
    .length;
}

describe('what Stripe says of an account', () => {
  it('counts by the time of Stripe, in whatever order it comes', async () => {
    const creator = await addCreator(world);
    expect(await receive(world, told(creator, 'inactive', LATER + 2))).toBe('applied');
    expect(await receive(world, told(creator, 'active', LATER + 1))).toBe('applied');
    expect(await isReady(creator)).toBe(false);
    expect(await receive(world, told(creator, 'active', LATER + 3))).toBe('applied');
    expect(await isReady(creator)).toBe(true);
    expect(await questions(creator.accountId)).toBe(0);
  });

  it.each(['active', 'inactive'] as const)(
    'twice in one second, is asked for: the account is %s',
    async (now) => {
      const creator = await addCreator(world);
      await world.simulator.setCapability(creator.accountId, now);
      for (const word of ['active', 'inactive', 'active']) await receive(world, told(creator, word, LATER));
      expect(await isReady(creator)).toBe(now === 'active');
      expect(await questions(creator.accountId)).toBeGreaterThan(0);
    },
  );

  it('twice in one second, of an account that is gone: it is not ready', async () => {
    const creator = await addCreator(world);
    await world.simulator.deleteAccount(creator.accountId);
    for (const word of ['inactive', 'active']) await receive(world, told(creator, word, LATER));
    expect(await isReady(creator)).toBe(false);
  });

  it('is none of ours when no creator has the account', async () => {
    expect(await receive(world, told({ accountId: 'acct_nobodys' }, 'active', LATER))).toBe('ignored');
  });

  it('is set aside when another account says it', async () => {
    const creator = await addCreator(world);
    const account = { id: creator.accountId, object: 'account', capabilities: { transfers: 'inactive' } };
    const event = eventOf('account.updated', account, { account: 'acct_other', created: LATER });
    expect(await receive(world, event)).toBe('quarantined');
    expect(await isReady(creator)).toBe(true);
  });
});

describe('payouts that failed because the creator was not ready', () => {
  /** A creator who lost the capability, and a payout of its that was refused for it. */
  async function refused(): Promise<{ creator: TestCreator; id: string }> {
    const creator = await addCreator(world);
    await world.simulator.setCapability(creator.accountId, 'inactive');
    const { id } = await pay(world, { creatorId: creator.id });
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'insufficient_capabilities_for_transfer',
    });
    return { creator, id };
  }

  const releases = async (creatorId: string) => {
    const { rows } = await world.db.pool.query(
      `SELECT actor, action, after FROM audit_events WHERE chain = $1 AND action = 'payouts_released' ORDER BY sequence`,
      [`creator:${creatorId}`],
    );
    return rows;
  };

  it('are tried again at once when Stripe says that it is, and no others are', async () => {
    const { creator, id } = await refused();
    const other = await pay(world, { creatorId: creator.id });
    await spoil(world, other.id, { fault: 'stripe_error', code: 'balance_insufficient' });
    await work(world);
    const elsewhere = await refused();
    await world.simulator.setCapability(creator.accountId, 'active');
    expect(await work(world, 'retry_claimed')).toBe(0);

    const { retriesDue } = world.signalled;
    const { version } = await payoutOf(world, id);
    await receive(world, told(creator, 'active', LATER));
    expect(world.signalled.retriesDue).toBe(retriesDue + 1);
    expect((await payoutOf(world, id)).version).toBe(version);
    expect(await releases(creator.id)).toEqual([
      { actor: 'stripe', action: 'payouts_released', after: { payoutIds: [id] } },
    ]);
    expect(await work(world, 'retry_claimed')).toBe(1);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', retryCount: 1 });
    expect(await transfersOf(world, id)).toHaveLength(1);
    for (const waiting of [other, elsewhere]) {
      expect((await payoutOf(world, waiting.id)).status).toBe('FAILED');
    }
  });

  it('wait on when the news is older than what we know', async () => {
    const { creator, id } = await refused();
    await receive(world, told(creator, 'inactive', LATER + 1));
    await receive(world, told(creator, 'active', LATER));
    expect(await releases(creator.id)).toEqual([]);
    expect((await payoutOf(world, id)).nextAttemptAt?.getTime()).toBeGreaterThan(Date.now() + 60_000);
  });

  it('wait on when nothing is tried by itself any more', async () => {
    const creator = await addCreator(world);
    await world.simulator.setCapability(creator.accountId, 'inactive');
    const { id } = await pay(world, { creatorId: creator.id });
    await work(world, 'claimed', { retries: { maxRetries: 0, delaysMs: [] } });
    await receive(world, told(creator, 'active', LATER));
    expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
  });

  it('go on once, although the news comes twice', async () => {
    const { creator } = await refused();
    await receive(world, told(creator, 'active', LATER));
    await receive(world, told(creator, 'active', LATER + 1));
    expect(await releases(creator.id)).toHaveLength(1);
  });
});

describe('what Stripe says of an account', () => {
  const audited = async ({ id }: TestCreator) =>
    (
      await world.db.pool.query(
        'SELECT actor, action, request_id IS NOT NULL AS requested, before, after FROM audit_events WHERE chain = $1 ORDER BY sequence',
        [`creator:${id}`],
      )
    ).rows;

  it('is in the audit where it changes whether money may go there, and not where it says so again', async () => {
    const creator = await addCreator(world);
    const { accountId: stripeAccountId } = creator;
    await receive(world, told(creator, 'inactive', LATER));
    await receive(world, told(creator, 'inactive', LATER + 1));
    const record = { actor: 'stripe', action: 'creator_readiness_changed', requested: true };
    const off = { stripeAccountId, transfersEnabled: false };
    const on = { stripeAccountId, transfersEnabled: true };
    expect(await audited(creator)).toEqual([{ ...record, before: on, after: off }]);
    await world.simulator.updateAccount(stripeAccountId, { transfers: 'active' });
    await askOfCreator(world.deps, creator.id, { name: 'its creator' });
    expect(await audited(creator)).toHaveLength(1);
    await world.db.pool.query('UPDATE creators SET readiness_told_at = NULL WHERE id = $1', [creator.id]);
    await askOfCreator(world.deps, creator.id, { name: 'its creator' });
    const mine = { ...record, actor: 'its creator', requested: false };
    expect(await audited(creator)).toEqual([
      { ...record, before: on, after: off },
      { ...mine, before: off, after: on },
    ]);
  });
});

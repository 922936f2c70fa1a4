// Stripe's definite refusals: FAILED, with the time of the automatic retry where one follows, and no retry too many.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/payouts/actor.js';
import type { TransferRequest } from '../../../src/payouts/ports.js';
import { claimPayouts, type LeasedRequest } from '../../../src/payouts/sending/claim.js';
import { refuseTransfer } from '../../../src/payouts/sending/refuse.js';
import { nextRetryInMs } from '../../../src/payouts/sending/retries.js';
import { addCreator, createWorld, openClient, type World } from '../../support/world.js';
import {
  alertsOf,
  attemptsOf,
  changesOf,
  pay,
  payoutOf,
  resolve,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const AT_ONCE = { retries: { maxRetries: 5, delaysMs: [0] } };
const REFUSED = {
  kind: 'refused',
  retryable: true,
  code: 'balance_insufficient',
  message: 'Top it up.',
  requestId: 'req_1',
} as const;

/** Milliseconds from the payout's last change to its next attempt, both by the database's clock. */
async function delayOf(id: string): Promise<number | null> {
  const { rows } = await world.db.pool.query<{ ms: number | null }>(
    'SELECT (extract(epoch FROM next_attempt_at - updated_at) * 1000)::float8 AS ms FROM payouts WHERE id = $1',
    [id],
  );
  return rows[0]?.ms ?? null;
}

/** A payout that was refused for want of money; the platform has some again afterwards. */
async function refusedForMoney(): Promise<string> {
  const { id } = await pay(world);
  await world.simulator.setBalance(0);
  await work(world);
  await world.simulator.setBalance(100_000_000);
  return id;
}

describe('a refusal that passes by itself', () => {
  it('fails the payout and schedules its retry by the first delay', async () => {
    const id = await refusedForMoney();
    const payout = await payoutOf(world, id);
    expect(payout).toMatchObject({
      status: 'FAILED',
      failureCode: 'balance_insufficient',
      failedReason: expect.stringContaining('insufficient available funds'),
      retryCount: 0,
      lastRetryAt: null,
      stripeTransferId: null,
      version: 3,
    });
    expect(await delayOf(id)).toBe(300_000);
    expect(await attemptsOf(world, id)).toMatchObject([
      { outcome: 'REJECTED', code: 'balance_insufficient', finished: true, transferId: null },
    ]);
  });

  it('is also a creator who cannot receive transfers yet', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id });
    await spoil(world, id, { fault: 'capability_off_before_transfer' });
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'insufficient_capabilities_for_transfer',
    });
    expect(await delayOf(id)).toBe(300_000);
  });

  it('is tried again when it falls due, not before, under a new key, and the retry counts', async () => {
    const id = await refusedForMoney();
    expect(await work(world, 'retry_claimed')).toBe(0);
    await fallDue(id);
    expect(await work(world, 'retry_claimed')).toBe(1);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'COMPLETED',
      retryCount: 1,
      lastRetryAt: expect.any(Date),
      failureCode: null,
      failedReason: null,
      nextAttemptAt: null,
    });
    expect(await attemptsOf(world, id)).toMatchObject([
      { key: `payout_${id}_1`, outcome: 'REJECTED' },
      { key: `payout_${id}_2`, outcome: 'SUCCEEDED' },
    ]);
    expect(await transfersOf(world, id)).toHaveLength(1);
    expect(await changesOf(world, id)).toEqual([
      'none>PENDING',
      'PENDING>PROCESSING',
      'PROCESSING>FAILED',
      'FAILED>PROCESSING',
      'PROCESSING>COMPLETED',
    ]);
  });

  it('counts the retry before it is sent, so that workers that die in every attempt come to an end', async () => {
    const id = await refusedForMoney();
    await fallDue(id);
    await claimPayouts(world.deps, 'retry_claimed', 1, 60_000);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'PROCESSING',
      retryCount: 1,
      lastRetryAt: expect.any(Date),
    });
    await resolve(world);
  });

  it('is tried six times in all, after delays that grow, and then no more', async () => {
    const { id } = await pay(world);
    await world.simulator.setBalance(0);
    await work(world);
    const delays = [await delayOf(id)];
    for (let retry = 1; retry <= 5; retry++) {
      await fallDue(id);
      expect(await work(world, 'retry_claimed')).toBe(1);
      delays.push(await delayOf(id));
    }
    await world.simulator.setBalance(100_000_000);
    expect(delays).toEqual([300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, null]);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', retryCount: 5, nextAttemptAt: null });
    expect(await attemptsOf(world, id)).toHaveLength(6);
    expect(await work(world, 'retry_claimed')).toBe(0);
  });

  it('has a new key in every attempt, since Stripe repeats a refusal under the old one', async () => {
    const { id } = await pay(world);
    await world.simulator.setBalance(0);
    await work(world, 'claimed', AT_ONCE);
    await work(world, 'retry_claimed', AT_ONCE);
    await world.simulator.setBalance(100_000_000);
    const keys = (await attemptsOf(world, id)).map(({ key }) => key);
    expect(new Set(keys).size).toBe(6);
  });
});

async function fallDue(id: string): Promise<void> {
  await world.db.pool.query(
    `UPDATE payouts SET next_attempt_at = now() - interval '1 second' WHERE id = $1 AND status = 'FAILED'`,
    [id],
  );
}

describe('a refusal for good', () => {
  it('fails the payout without a retry', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id });
    await world.simulator.deleteAccount(creator.accountId);
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'resource_missing',
      nextAttemptAt: null,
      retryCount: 0,
    });
    expect(await work(world, 'retry_claimed')).toBe(0);
  });

  it('is also a country that Stripe does not pay into from here', async () => {
    const creator = await addCreator(world);
    await world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [
      creator.id,
      (await world.simulator.createAccount({ transfers: 'active', country: 'BR' })).id,
    ]);
    const { id } = await pay(world, { creatorId: creator.id });
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
    expect((await payoutOf(world, id)).failedReason).toContain('BR');
  });
});

describe('a late refusal', () => {
  it('of an old attempt cannot fail the payout while a newer one is under way', async () => {
    const { id } = await pay(world);
    const old = await claimOne();
    await refuse(old);
    await fallDue(id);
    await claimPayouts(world.deps, 'retry_claimed', 1, 60_000);
    await refuse(old);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', version: 4 });
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'REJECTED' }, { outcome: 'STARTED' }]);
    await resolve(world);
  });

  it('cannot fail a payout that is COMPLETED', async () => {
    const { id } = await pay(world);
    const leased = await claimOne();
    await resolve(world);
    await refuse(leased);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', version: 3 });
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'SUCCEEDED', code: null }]);
  });

  it('that two workers hear at once is counted once', async () => {
    const { id } = await pay(world);
    const leased = await claimOne();
    await Promise.all([refuse(leased), refuse(leased), refuse(leased)]);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', version: 3 });
    expect(await delayOf(id)).toBe(300_000);
  });

  it('is recorded although somebody else changes the row at the same moment', async () => {
    const { id } = await pay(world);
    const leased = await claimOne();
    const other = await openClient(world);
    await other.query('BEGIN');
    await other.query('UPDATE payouts SET updated_at = now() WHERE id = $1', [id]);
    const refused = refuse(leased);
    while ((await waiters()) === 0) await new Promise(setImmediate);
    await other.query('COMMIT');
    await refused;
    await other.end();
    expect((await payoutOf(world, id)).status).toBe('FAILED');
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'REJECTED' }]);
  });
});

async function waiters(): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.n ?? 0;
}

async function claimOne(): Promise<LeasedRequest> {
  const [leased] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
  if (!leased) throw new Error('nothing was claimed');
  return leased;
}

const refuse = ({ request, attemptId }: LeasedRequest) =>
  refuseTransfer(world.db.pool, request.payoutId, attemptId, REFUSED, world.deps.retries, SYSTEM);

describe('nextRetryInMs', () => {
  const policy = { maxRetries: 3, delaysMs: [10, 20] };
  it.each([
    [0, 10],
    [1, 20],
    [2, 20],
    [3, undefined],
    [4, undefined],
  ])('after %i retries is %s', (retryCount, expected) => {
    expect(nextRetryInMs(policy, { retryCount }, true)).toBe(expected);
    expect(nextRetryInMs(policy, { retryCount }, false)).toBeUndefined();
  });
});

const requestOf = (payoutId: string, destination: string, idempotencyKey: string): TransferRequest => ({
  payoutId,
  idempotencyKey,
  amountCents: 500,
  currency: 'usd',
  destination,
});

describe('a retry', () => {
  it('looks before it sends: a transfer that is there after all is the payout, and no second one is made', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id });
    await world.simulator.setBalance(0);
    await work(world, 'claimed', AT_ONCE);
    await world.simulator.setBalance(100_000_000);
    // Stripe has forgotten the key by now, and a request of the first attempt that was long on its way is done anew.
    await world.simulator.advanceClock(25 * 3600);
    const late = requestOf(id, creator.accountId, `payout_${id}_1`);
    expect((await world.deps.transfers.create(late)).kind).toBe('succeeded');
    await work(world, 'retry_claimed', AT_ONCE);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, id)).toHaveLength(1);
  });

  it('sends nothing beside a transfer that no attempt of ours made, and somebody is told', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id });
    await world.simulator.setBalance(0);
    await work(world, 'claimed', AT_ONCE);
    await world.simulator.setBalance(100_000_000);
    await world.deps.transfers.create(requestOf(id, creator.accountId, 'nobody knows'));
    await work(world, 'retry_claimed', AT_ONCE);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    expect(await transfersOf(world, id)).toHaveLength(1);
    expect(await alertsOf(world, id)).toMatchObject([
      { rule: 'reconciliation_mismatch', key: `unexpected_transfer:${id}`, open: true },
    ]);
  });

  it('sends nothing while Stripe does not answer whether a transfer is there', async () => {
    const { id } = await pay(world);
    await world.simulator.setBalance(0);
    await work(world, 'claimed', AT_ONCE);
    await world.simulator.setBalance(100_000_000);
    await world.simulator.fault({ fault: 'html_502', match: { method: 'GET' }, times: 'always' });
    await work(world, 'retry_claimed', AT_ONCE);
    await world.simulator.clearFaults();
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    expect(await transfersOf(world, id)).toEqual([]);
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });
});

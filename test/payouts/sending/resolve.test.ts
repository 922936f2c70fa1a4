// Attempts without an outcome: Stripe's list is asked first, and only where it shows nothing the same key is sent again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimPayouts } from '../../../src/payouts/sending/claim.js';
import { resolveOpenAttempts } from '../../../src/payouts/sending/resolve.js';
import type { FaultName } from '../../../src/stripe/simulator/fault-types.js';
import { createWorld, openClient, type World } from '../../support/world.js';
import {
  attemptsOf,
  endLeases,
  impatient,
  NEVER,
  pay,
  payoutOf,
  resolve,
  resume,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** A payout whose request met this fault. */
async function unclear(fault: FaultName): Promise<string> {
  const { id } = await pay(world);
  await spoil(world, id, { fault });
  await work(world, 'claimed', fault.startsWith('hang') ? impatient(world, 200) : {});
  expect((await payoutOf(world, id)).status).toBe('PROCESSING');
  return id;
}

/** How often Stripe was asked to make a transfer under this payout's keys. */
async function sendsOf(id: string): Promise<number> {
  const { requests } = await world.simulator.state();
  return requests.filter((one) => one.method === 'POST' && one.idempotencyKey?.startsWith(`payout_${id}_`))
    .length;
}

describe('a transfer that was made after all', () => {
  it.each<FaultName>(['error_500_after_commit', 'reset_after_commit', 'hang_after_commit', 'truncated_200'])(
    'is found behind %s, and nothing is sent again',
    async (fault) => {
      const id = await unclear(fault);
      const sends = await sendsOf(id);
      await resolve(world);
      const [transfer] = await transfersOf(world, id);
      expect(await payoutOf(world, id)).toMatchObject({
        status: 'COMPLETED',
        stripeTransferId: transfer?.id,
        version: 3,
      });
      expect(await sendsOf(id)).toBe(sends);
      expect(await transfersOf(world, id)).toHaveLength(1);
      expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'SUCCEEDED', transferId: transfer?.id }]);
    },
  );
});

describe('a transfer that was not made', () => {
  it.each<FaultName>(['reset_before', 'hang_before', 'html_502', 'json_503_without_error', 'rate_limited'])(
    'after %s is asked for again under the same key',
    async (fault) => {
      const id = await unclear(fault);
      await resolve(world);
      expect((await payoutOf(world, id)).status).toBe('COMPLETED');
      expect(await transfersOf(world, id)).toHaveLength(1);
      expect(await attemptsOf(world, id)).toMatchObject([
        { number: 1, key: `payout_${id}_1`, outcome: 'SUCCEEDED', sends: 2 },
      ]);
    },
  );

  it('after a 500 that Stripe repeats under the key stays unknown: it is never taken for a failure', async () => {
    const id = await unclear('error_500_before');
    await resolve(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', version: 2 });
    expect(await attemptsOf(world, id)).toMatchObject([{ number: 1, outcome: 'UNKNOWN', finished: false }]);
    await setAside(id);
  });

  it('stays unknown through a later 429, which says nothing of the first sending', async () => {
    const id = await unclear('html_502');
    await spoil(world, id, { fault: 'rate_limited' });
    await resolve(world);
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'UNKNOWN', finished: false }]);
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it('may be refused under the same key, and has failed then', async () => {
    const id = await unclear('html_502');
    await world.simulator.setBalance(0);
    await resolve(world);
    await world.simulator.setBalance(100_000_000);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'balance_insufficient',
    });
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'REJECTED', sends: 2 }]);
  });

  it('is not sent again under a key that Stripe may have forgotten', async () => {
    const id = await unclear('html_502');
    await world.db.pool.query(
      `UPDATE payout_attempts SET started_at = now() - interval '23 hours 1 second' WHERE payout_id = $1`,
      [id],
    );
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    expect(await transfersOf(world, id)).toEqual([]);
    await setAside(id);
  });

  it('gets a new key once its absence is proven, and then exactly one transfer', async () => {
    const id = await unclear('error_500_before');
    await age(id, { startedMinutes: 11, sentMinutes: 6 });
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, id)).toHaveLength(1);
    expect(await attemptsOf(world, id)).toMatchObject([
      { number: 1, outcome: 'UNKNOWN', sends: 1 },
      { number: 2, outcome: 'SUCCEEDED', sends: 1 },
    ]);
  });

  it.each([
    ['the grace is not over', { startedMinutes: 9, sentMinutes: 9 }],
    ['a request under the old key may still be on its way', { startedMinutes: 11, sentMinutes: 4 }],
  ])('waits with the old key and takes no new one while %s', async (_, times) => {
    const id = await unclear('error_500_before');
    await age(id, times);
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    expect(await attemptsOf(world, id)).toMatchObject([{ number: 1, outcome: 'UNKNOWN', sends: 1 }]);
    await setAside(id);
  });

  it('takes no new key within a lease of the last sending, however short the grace is set', async () => {
    const id = await unclear('error_500_before');
    await age(id, { startedMinutes: 11, sentMinutes: 0 });
    await resolve(world, { unknownGraceMs: 1 });
    expect(await attemptsOf(world, id)).toMatchObject([{ number: 1, outcome: 'UNKNOWN', sends: 1 }]);
    await age(id, { startedMinutes: 11, sentMinutes: 1 });
    await resolve(world, { unknownGraceMs: 1 });
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'UNKNOWN' }, { outcome: 'SUCCEEDED' }]);
  });

  it('keeps its key, however old, when nobody ever heard an answer to it', async () => {
    const { id } = await pay(world);
    await claimPayouts(world.deps, 'claimed', 1, 60_000);
    await age(id, { startedMinutes: 60, sentMinutes: 60 });
    await resolve(world);
    expect(await attemptsOf(world, id)).toMatchObject([{ number: 1, outcome: 'SUCCEEDED', sends: 2 }]);
  });

  it('is not sent again where the transfer was made and then reversed', async () => {
    const id = await unclear('truncated_200');
    const [transfer] = await transfersOf(world, id);
    await world.simulator.reverse(transfer?.id ?? '');
    const sends = await sendsOf(id);
    await resolve(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', failureCode: 'transfer_reversed' });
    expect(await sendsOf(id)).toBe(sends);
  });
});

/** Lets an attempt have begun, and have been sent, so many minutes ago. */
async function age(
  id: string,
  { startedMinutes, sentMinutes }: { startedMinutes: number; sentMinutes: number },
) {
  await world.db.pool.query(
    `UPDATE payout_attempts SET started_at = now() - $2 * interval '1 minute', sent_at = now() - $3 * interval '1 minute'
     WHERE payout_id = $1`,
    [id, startedMinutes, sentMinutes],
  );
}

/** So that the tests that follow do not come across it. */
async function setAside(id: string): Promise<void> {
  await world.db.pool.query(`UPDATE payout_attempts SET lease_until = 'infinity' WHERE payout_id = $1`, [id]);
  await world.db.pool.query(`UPDATE payout_attempts SET finished_at = now() WHERE payout_id = $1`, [id]);
}

describe('a worker that died', () => {
  it('before it sent: another one sends when the lease is over, not before', async () => {
    const { id } = await pay(world);
    await claimPayouts(world.deps, 'claimed', 1, 60_000);
    expect(await resolveOpenAttempts(world.deps, NEVER)).toBe(0);
    await endLeases(world);
    expect(await resolveOpenAttempts(world.deps, NEVER)).toBe(1);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, id)).toHaveLength(1);
  });

  it('after it sent: another one finds the transfer', async () => {
    const { id } = await pay(world);
    const [leased] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
    if (!leased) throw new Error('nothing was claimed');
    await world.deps.transfers.create(leased.request);
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, id)).toHaveLength(1);
  });
});

describe('a list that Stripe does not answer', () => {
  it.each<FaultName>(['html_502', 'json_503_without_error', 'rate_limited', 'unauthorized_401'])(
    'proves nothing: after %s nothing is sent',
    async (fault) => {
      const id = await unclear('html_502');
      const sends = await sendsOf(id);
      await world.simulator.fault({ fault, match: { method: 'GET', path: '/v1/transfers' } });
      await resolve(world);
      expect((await payoutOf(world, id)).status).toBe('PROCESSING');
      expect(await sendsOf(id)).toBe(sends);
      await resume(world);
      await resolve(world);
      expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    },
  );
});

describe('the sweep', () => {
  it('gives each open attempt to one of several workers', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) ids.push((await pay(world)).id);
    await claimPayouts(world.deps, 'claimed', 100, 60_000);
    await endLeases(world);
    const deps = { ...world.deps, concurrency: 2 };
    const looked = await Promise.all(Array.from({ length: 4 }, () => resolveOpenAttempts(deps, NEVER)));
    expect(looked.reduce((sum, n) => sum + n)).toBe(12);
    for (const id of ids) expect(await sendsOf(id)).toBe(1);
  });

  it('neither takes nor waits for an attempt that another worker is taking over', async () => {
    const { id } = await pay(world);
    await claimPayouts(world.deps, 'claimed', 1, 60_000);
    await endLeases(world);
    const other = await openClient(world);
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM payout_attempts WHERE payout_id = $1 FOR UPDATE', [id]);
    expect(await resolveOpenAttempts(world.deps, NEVER)).toBe(0);
    await other.query('ROLLBACK');
    await other.end();
    expect(await resolveOpenAttempts(world.deps, NEVER)).toBe(1);
  });

  it('looks at each attempt once and comes to an end, although Stripe is down', async () => {
    const id = await unclear('html_502');
    await spoil(world, id, { fault: 'html_502', times: 'always' });
    await endLeases(world);
    expect(await resolveOpenAttempts({ ...world.deps, resolveAfterMs: 0 }, NEVER)).toBe(1);
    await world.simulator.clearFaults();
    await resolve(world);
  });

  it('keeps to the shared pace, when it lists and when it sends again', async () => {
    await world.db.pool.query('DELETE FROM stripe_pace');
    await unclear('html_502');
    await resolve(world);
    const { rows } = await world.db.pool.query<{ name: string }>(
      'SELECT name FROM stripe_pace ORDER BY name',
    );
    expect(rows.map(({ name }) => name)).toEqual(['transfers.create', 'transfers.list']);
  });
});

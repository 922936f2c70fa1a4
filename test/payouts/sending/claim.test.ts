// Claiming: each payout goes to one worker, and all that recovery needs is committed before the request leaves.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimPayouts } from '../../../src/payouts/sending/claim.js';
import { processDue, processTransfer, sendAll } from '../../../src/payouts/sending/submit.js';
import { addCreator, createWorld, openClient, type World } from '../../support/world.js';
import {
  attemptsOf,
  changesOf,
  impatient,
  NEVER,
  pay,
  payoutOf,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const claim = (limit = 100, leaseMs = 60_000) => claimPayouts(world.deps, 'claimed', limit, leaseMs);
const payoutIds = (leased: Awaited<ReturnType<typeof claim>>) => leased.map((one) => one.request.payoutId);

describe('a claim', () => {
  it('makes the payout PROCESSING, with an attempt, its key, a lease, an audit row and an event', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id, amountCents: 777 });
    const [leased] = await claim();
    expect(leased?.request).toEqual({
      payoutId: id,
      idempotencyKey: `payout_${id}_1`,
      amountCents: 777,
      currency: 'usd',
      destination: creator.accountId,
    });
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', version: 2, retryCount: 0 });
    expect(await attemptsOf(world, id)).toMatchObject([
      { number: 1, key: `payout_${id}_1`, outcome: 'STARTED', sends: 1, finished: false, leased: true },
    ]);
    expect(await changesOf(world, id)).toEqual(['none>PENDING', 'PENDING>PROCESSING']);
    expect(await transfersOf(world, id)).toEqual([]);
  });

  it('takes the oldest first and no more than asked for', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await pay(world)).id);
    await world.db.pool.query(
      `UPDATE payouts SET created_at = now() - array_position($1, id) * interval '1 minute' WHERE id = ANY($1)`,
      [ids],
    );
    ids.reverse();
    expect(payoutIds(await claim(3)).sort()).toEqual(ids.slice(0, 3).sort());
    expect(payoutIds(await claim())).toEqual(ids.slice(3));
  });

  it('gives each payout to one of many workers', async () => {
    const creator = await addCreator(world);
    const all = await Promise.all(Array.from({ length: 40 }, () => pay(world, { creatorId: creator.id })));
    const taken: string[] = [];
    while (taken.length < all.length) {
      const rounds = await Promise.all(Array.from({ length: 8 }, () => claim(3)));
      taken.push(...rounds.flatMap(payoutIds));
    }
    expect(taken.sort()).toEqual(all.map(({ id }) => id).sort());
    for (const { id } of all) expect(await attemptsOf(world, id)).toHaveLength(1);
  });

  it('does not wait for a payout that somebody else holds', async () => {
    const [held, free] = [await pay(world), await pay(world)];
    const other = await openClient(world);
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM payouts WHERE id = $1 FOR UPDATE', [held.id]);
    expect(payoutIds(await claim())).toEqual([free.id]);
    await other.query('ROLLBACK');
    await other.end();
    expect(payoutIds(await claim())).toEqual([held.id]);
  });

  it('leaves a payout alone while its creator has no account', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id });
    const setAccount = (account: string | null) =>
      world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [creator.id, account]);
    await setAccount(null);
    expect(await claim()).toEqual([]);
    await setAccount(creator.accountId);
    expect(payoutIds(await claim())).toEqual([id]);
  });

  it('is not for a failed payout whose retry is not due, nor for one that will have none', async () => {
    const ids = [await pay(world), await pay(world), await pay(world)].map(({ id }) => id);
    await claim();
    const due = [`now() + interval '1 minute'`, 'NULL', `now() - interval '1 second'`];
    for (const [i, id] of ids.entries()) {
      await world.db.pool.query(
        `UPDATE payouts SET status = 'FAILED', next_attempt_at = ${due[i]} WHERE id = $1`,
        [id],
      );
    }
    expect(payoutIds(await claimPayouts(world.deps, 'retry_claimed', 10, 60_000))).toEqual(ids.slice(2));
  });
});

describe('before the request leaves', () => {
  it('the claim is committed: another connection sees it while Stripe has not answered', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'hang_before' });
    const working = work(world);
    await untilHeld();
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', version: 2 });
    expect(await attemptsOf(world, id)).toMatchObject([
      { outcome: 'STARTED', finished: false, leased: true },
    ]);
    expect(await changesOf(world, id)).toEqual(['none>PENDING', 'PENDING>PROCESSING']);
    expect(await idleInTransaction()).toBe(0);
    await world.simulator.releaseHeld();
    await working;
  });
});

/** No luck in it: the simulator says when it holds the request. */
async function untilHeld(): Promise<void> {
  while ((await world.simulator.state()).heldRequests === 0) await new Promise(setImmediate);
}

/** A Stripe call inside a transaction would be seen here. */
async function idleInTransaction(): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'idle in transaction'`,
  );
  return rows[0]?.n ?? 0;
}

describe('a lease', () => {
  it('that is over keeps its worker from sending', async () => {
    const { id } = await pay(world);
    const [leased] = await claim(1, 0);
    if (!leased) throw new Error('nothing was claimed');
    await processTransfer(world.deps, leased);
    expect(await transfersOf(world, id)).toEqual([]);
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'STARTED', finished: false }]);
  });

  it('must last for the slowest answer too', async () => {
    const { id } = await pay(world);
    const [leased] = await claim(1, 900);
    if (!leased) throw new Error('nothing was claimed');
    await processTransfer({ ...world.deps, stripeTimeoutMs: 1_000 }, leased);
    expect(await transfersOf(world, id)).toEqual([]);
    await processTransfer({ ...world.deps, ...impatient(world, 500) }, { ...leased, deadline: Infinity });
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it('that ends while the pace makes its worker wait is not used', async () => {
    const { id } = await pay(world);
    const leased = await claim(1, 1_050);
    // The first request may leave at once, the second 100 ms later: too late for this lease.
    const [late] = leased;
    if (!late) throw new Error('nothing was claimed');
    const early = { ...late, deadline: -1 };
    await sendAll({ ...world.deps, maxRps: 10 }, [early, late]);
    expect(await transfersOf(world, id)).toEqual([]);
  });
});

describe('a worker', () => {
  it('goes on until nothing waits, in batches', async () => {
    const creator = await addCreator(world);
    const all = await Promise.all(Array.from({ length: 7 }, () => pay(world, { creatorId: creator.id })));
    expect(await work(world, 'claimed', { concurrency: 3 })).toBe(7);
    for (const { id } of all) expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await work(world)).toBe(0);
  });

  it('takes nothing up once it was asked to stop', async () => {
    const { id } = await pay(world);
    expect(await processDue(world.deps, 'claimed', AbortSignal.abort())).toBe(0);
    expect((await payoutOf(world, id)).status).toBe('PENDING');
    expect(await processDue(world.deps, 'claimed', NEVER)).toBe(1);
  });
});

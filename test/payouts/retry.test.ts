// An admin's retry: one more attempt of a payout that failed, and of no other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryPayout } from '../../src/payouts/retry.js';
import { addCreator, addStatement, createWorld, type World } from '../support/world.js';
import { ADMIN, attemptsOf, changesOf, count, pay, payoutOf, spoil, transfersOf, work } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const retry = (id: string) => retryPayout(world.deps, id, ADMIN);
const NO_RETRIES = { retries: { maxRetries: 0, delaysMs: [0] } };

interface Options {
  creatorId?: string;
  royaltyStatementId?: string;
}

/** A payout that failed for want of money, and that is not tried again by itself unless `retries` says so. */
async function failed(options: Options = {}, deps: Parameters<typeof work>[2] = NO_RETRIES): Promise<string> {
  const { id } = await pay(world, options);
  await world.simulator.setBalance(0);
  await work(world, 'claimed', deps);
  await world.simulator.setBalance(100_000_000);
  expect((await payoutOf(world, id)).status).toBe('FAILED');
  return id;
}

describe('a failed payout', () => {
  it('is PENDING again, and is then sent under a new key', async () => {
    const id = await failed();
    const retried = await retry(id);
    expect(retried).toMatchObject({
      id,
      status: 'PENDING',
      retryCount: 1,
      lastRetryAt: expect.any(Date),
      failureCode: null,
      failedReason: null,
      nextAttemptAt: null,
      version: 4,
    });
    await work(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect((await attemptsOf(world, id)).map(({ key }) => key)).toEqual([`payout_${id}_1`, `payout_${id}_2`]);
    expect(await transfersOf(world, id)).toHaveLength(1);
    expect((await changesOf(world, id)).slice(3)).toEqual([
      'FAILED>PENDING',
      'PENDING>PROCESSING',
      'PROCESSING>COMPLETED',
    ]);
  });

  it('is audited under the name of who asked, and wakes the workers', async () => {
    const id = await failed();
    const before = { ...world.signalled };
    await retry(id);
    expect(world.signalled).toEqual({ ...before, due: before.due + 1, changed: before.changed + 1 });
    const { rows } = await world.db.pool.query(
      'SELECT actor, action, request_id FROM audit_events WHERE payout_id = $1 ORDER BY sequence DESC LIMIT 1',
      [id],
    );
    expect(rows).toEqual([{ actor: ADMIN.name, action: 'retry_requested', request_id: ADMIN.requestId }]);
    await work(world);
  });

  it('that would be tried again by itself need not wait for it', async () => {
    const id = await failed({}, {});
    expect((await payoutOf(world, id)).nextAttemptAt).not.toBeNull();
    expect((await retry(id)).nextAttemptAt).toBeNull();
    expect(await work(world)).toBe(1);
  });

  it('may be retried after the last automatic retry, and makes one attempt', async () => {
    const id = await failed();
    await retry(id);
    await world.simulator.setBalance(0);
    expect(await work(world, 'claimed', NO_RETRIES)).toBe(1);
    await world.simulator.setBalance(100_000_000);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', nextAttemptAt: null, retryCount: 1 });
  });

  it('that two admins retry at once is retried once', async () => {
    const id = await failed();
    const both = await Promise.allSettled([retry(id), retry(id)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PENDING', retryCount: 1 });
    await work(world);
    expect(await transfersOf(world, id)).toHaveLength(1);
  });

  it('goes to an admin or to its automatic retry, not to both', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 10; i++) ids.push(await failed({}, { retries: { maxRetries: 5, delaysMs: [0] } }));
    const races = ids.flatMap((id) => [retry(id), work(world, 'retry_claimed'), work(world)]);
    await Promise.allSettled(races);
    await work(world);
    for (const id of ids) {
      expect((await payoutOf(world, id)).status).toBe('COMPLETED');
      expect(await transfersOf(world, id)).toHaveLength(1);
    }
  });
});

describe('a payout that has not failed', () => {
  it.each(['PENDING', 'PROCESSING', 'COMPLETED'])('is refused while %s, and stays so', async (status) => {
    const { id } = await pay(world);
    if (status === 'PROCESSING') await spoil(world, id, { fault: 'error_500_before' });
    if (status !== 'PENDING') await work(world);
    const before = await payoutOf(world, id);
    const audited = await count(world, 'audit_events');
    await expect(retry(id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', status });
    expect(await payoutOf(world, id)).toEqual(before);
    expect(await count(world, 'audit_events')).toBe(audited);
    await work(world);
  });

  it('is NOT_FOUND where there is none', async () => {
    await expect(retry('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the statement', () => {
  it('must still have the money that the payout gave back', async () => {
    const creatorId = (await addCreator(world)).id;
    const royaltyStatementId = await addStatement(world, creatorId, 900);
    const id = await failed({ creatorId, royaltyStatementId });
    const other = await pay(world, { creatorId, royaltyStatementId });
    await expect(retry(id)).rejects.toMatchObject({ code: 'STATEMENT_OVERDRAWN', availableCents: 400 });
    expect((await payoutOf(world, id)).status).toBe('FAILED');
    await work(world);
    expect((await payoutOf(world, other.id)).status).toBe('COMPLETED');
  });

  it('is not asked twice for the money that a payout holds until its retry', async () => {
    const creatorId = (await addCreator(world)).id;
    const royaltyStatementId = await addStatement(world, creatorId, 500);
    const id = await failed({ creatorId, royaltyStatementId }, {});
    expect((await retry(id)).status).toBe('PENDING');
    await work(world);
  });

  it('is never overdrawn by a retry and a new payout that come at once', async () => {
    const creatorId = (await addCreator(world)).id;
    for (let round = 0; round < 10; round++) {
      const royaltyStatementId = await addStatement(world, creatorId, 500);
      const id = await failed({ creatorId, royaltyStatementId });
      const both = await Promise.allSettled([retry(id), pay(world, { creatorId, royaltyStatementId })]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
    await work(world);
  });
});

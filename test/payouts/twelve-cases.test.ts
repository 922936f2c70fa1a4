// The twelve nasty cases of Stripe, each driven through the simulator's control endpoint: every one ends in the right
// state, with at most one live transfer. 7, 8, 9 and 12 are about deliveries, and stand in twelve-cases-delivered.test.ts.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { processingState } from '../../src/payouts/processing.js';
import type { FaultRule } from '../../src/stripe/simulator/fault-types.js';
import { createWorld, type World } from '../support/world.js';
import { expectInvariants } from './invariants.js';
import { expectPaidOnce } from './paid-once.js';
import {
  attemptsOf,
  impatient,
  pay,
  payoutOf,
  resolve,
  resume,
  spoil,
  transfersOf,
  work,
} from './support.js';

const PATIENCE_MS = 200;
/** Nobody takes an unanswered attempt up again before the test wants it. */
const BACK_OFF = { resolveAfterMs: 60_000 };

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.simulator.clearFaults();
  await world.simulator.releaseHeld();
  if ((await processingState(world.db.pool)).paused) await resume(world);
});
afterAll(() => world.close());

/** A payout whose only request so far met this fault. */
async function sentInto(rule: FaultRule): Promise<string> {
  const { id } = await pay(world);
  await spoil(world, id, rule);
  await work(world, 'claimed', { ...BACK_OFF, ...impatient(world, PATIENCE_MS) });
  expect((await payoutOf(world, id)).status).toBe('PROCESSING');
  return id;
}

const keysOf = async (id: string) => (await attemptsOf(world, id)).map(({ key, sends }) => [key, sends]);

/** As if the payout's request had been sent so many hours ago, by our clock and by Stripe's. */
async function hoursPass(id: string, hours: number): Promise<void> {
  await world.db.pool.query(
    `UPDATE payout_attempts SET started_at = started_at - $2 * interval '1 hour',
       sent_at = sent_at - $2 * interval '1 hour' WHERE payout_id = $1 AND finished_at IS NULL`,
    [id, hours],
  );
  await world.simulator.advanceClock(hours * 3_600);
}

describe('1. the transfer is committed, then the connection is reset or hangs', () => {
  it.each<FaultRule>([{ fault: 'reset_after_commit' }, { fault: 'hang_after_commit' }])(
    '$fault: the transfer is found, nothing is sent again',
    async (rule) => {
      const id = await sentInto(rule);
      await resolve(world);
      await expectPaidOnce(world, id);
      expect(await keysOf(id)).toEqual([[`payout_${id}_1`, 1]]);
      await expectInvariants(world);
    },
  );
});

describe('2. 500 after the commit', () => {
  it('although the key repeats the 500, the list shows the transfer, and the payout is completed by it', async () => {
    const id = await sentInto({ fault: 'error_500_after_commit' });
    // Nobody can look for a while, so only the key could tell, and it repeats the 500.
    await world.simulator.fault({ fault: 'html_502', match: { method: 'GET' } });
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await resolve(world);
    await expectPaidOnce(world, id);
    await expectInvariants(world);
  });
});

describe('3. 500 before the commit', () => {
  it('is never taken for a failure; once absence is proven, a new key makes the one transfer', async () => {
    const id = await sentInto({ fault: 'error_500_before' });
    await resolve(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', failureCode: null });
    const { requests } = await world.simulator.state();
    const answers = requests.filter(({ idempotencyKey }) => idempotencyKey === `payout_${id}_1`);
    expect(answers.map(({ status, replayed }) => [status, replayed])).toEqual([
      [500, false],
      [500, true],
    ]);
    await hoursPass(id, 1);
    await resolve(world);
    await expectPaidOnce(world, id);
    expect(await keysOf(id)).toEqual([
      [`payout_${id}_1`, 2],
      [`payout_${id}_2`, 1],
    ]);
    await expectInvariants(world);
  });
});

describe('4. the same key concurrently', () => {
  it('gets 409 while the first is in flight, and the first one completes', async () => {
    const id = await sentInto({ fault: 'latency' });
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    const { requests, heldRequests } = await world.simulator.state();
    expect(heldRequests).toBe(1);
    expect(requests.at(-1)).toMatchObject({ status: 409, code: 'idempotency_key_in_use' });
    await world.simulator.releaseHeld();
    await expect.poll(() => transfersOf(world, id), { interval: 5 }).toHaveLength(1);
    await resolve(world);
    await expectPaidOnce(world, id);
    expect(await keysOf(id)).toEqual([[`payout_${id}_1`, 2]]);
    await expectInvariants(world);
  });
});

describe('5. the same key with other parameters', () => {
  it('pauses all processing; when it goes on, absence is proven first, and a new key pays once', async () => {
    const { id } = await pay(world);
    await world.simulator.takeKey(`payout_${id}_1`);
    await work(world, 'claimed', BACK_OFF);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    expect(await processingState(world.db.pool)).toMatchObject({ paused: true, changedBy: 'system' });
    const other = await pay(world);
    expect(await work(world)).toBe(0);
    await hoursPass(id, 1);
    await resume(world);
    await work(world);
    await resolve(world);
    await expectPaidOnce(world, id);
    await expectPaidOnce(world, other.id);
    expect(await keysOf(id)).toEqual([
      [`payout_${id}_1`, 1],
      [`payout_${id}_2`, 1],
    ]);
    await expectInvariants(world);
  });
});

describe('6. keys are pruned after 24 hours', () => {
  it.each<[string, FaultRule, number[]]>([
    ['made', { fault: 'truncated_200' }, [1]],
    ['not made', { fault: 'html_502' }, [1, 1]],
    ['not begun', { fault: 'rate_limited' }, [1, 1]],
  ])('a request of yesterday, %s, is looked for and its key is never sent again', async (_, rule, sends) => {
    const id = await sentInto(rule);
    await hoursPass(id, 25);
    await resolve(world);
    await expectPaidOnce(world, id);
    expect((await keysOf(id)).map(([, count]) => count)).toEqual(sends);
    await expectInvariants(world);
  });

  it('after 23 hours the key is not trusted any more, although Stripe still has it', async () => {
    const id = await sentInto({ fault: 'rate_limited' });
    await world.simulator.fault({ fault: 'html_502', match: { method: 'GET' } });
    await hoursPass(id, 23.5);
    await resolve(world);
    expect(await keysOf(id)).toEqual([[`payout_${id}_1`, 1]]);
    await resolve(world);
    await expectPaidOnce(world, id);
    expect((await keysOf(id)).map(([key]) => key)).toEqual([`payout_${id}_1`, `payout_${id}_2`]);
    await expectInvariants(world);
  });
});

describe('10. storms of 429', () => {
  it.each<Partial<FaultRule>>([
    {},
    { shouldRetry: true },
    { shouldRetry: false },
    { code: 'lock_timeout' },
    { code: 'lock_timeout', shouldRetry: true },
  ])('%o: the same key waits the storm out', async (kind) => {
    // The SDK itself may send once more where Stripe says so, which must not matter.
    const id = await sentInto({ fault: 'rate_limited', times: 'always', ...kind });
    for (let i = 0; i < 3; i++) await resolve(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', retryCount: 0 });
    expect(await transfersOf(world, id)).toEqual([]);
    await world.simulator.clearFaults();
    await resolve(world);
    await expectPaidOnce(world, id);
    expect(await keysOf(id)).toEqual([[`payout_${id}_1`, 5]]);
  });

  it('leaves every invariant true', () => expectInvariants(world));
});

describe('11. answers that are not Stripe’s', () => {
  it.each<FaultRule>([
    { fault: 'json_503_without_error' },
    { fault: 'json_503_without_error', afterCommit: true },
    { fault: 'html_502' },
    { fault: 'html_502', afterCommit: true },
    { fault: 'html_200' },
    { fault: 'html_200', afterCommit: true },
    { fault: 'truncated_200' },
    { fault: 'wrong_object_200' },
  ])('%o proves nothing, and the payout is paid once', async (rule) => {
    const id = await sentInto(rule);
    await resolve(world);
    await expectPaidOnce(world, id);
    expect((await keysOf(id)).map(([key]) => key)).toEqual([`payout_${id}_1`]);
  });

  it('leaves every invariant true', () => expectInvariants(world));
});

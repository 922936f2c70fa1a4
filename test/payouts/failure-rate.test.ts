// The alert that too many payouts fail: over all that ended in the last day, exactly, and by the database's clock.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { holdPayout, rejectPayout, releasePayout } from '../../src/payouts/control/decide.js';
import { checkFailureRate } from '../../src/payouts/failure-rate.js';
import { advance } from '../support/clock.js';
import { addCreator, createWorld, type World } from '../support/world.js';
import { ADMIN, openAlerts, pay, spoil, work } from './support.js';

const HOUR_MS = 3_600_000;

let world: World;
let creatorId: string;
beforeAll(async () => {
  world = await createWorld({ ownClock: true });
  creatorId = (await addCreator(world)).id;
});
// What ended before is more than a day ago.
beforeEach(async () => {
  await advance(world.databaseUrl, 25 * HOUR_MS);
  await check();
});
afterAll(() => world.close());

const check = () => checkFailureRate(world.deps);
const open = () => openAlerts(world, 'all_payouts');

async function end({ well = 0, ill = 0, retried = 0 }): Promise<void> {
  for (let i = 0; i < well; i++) await pay(world, { creatorId });
  for (let i = 0; i < ill + retried; i++) {
    const { id } = await pay(world, { creatorId });
    await spoil(world, id, {
      fault: 'stripe_error',
      code: i < ill ? 'amount_too_large' : 'balance_insufficient',
    });
  }
  await work(world);
}

it('is raised above five percent, and not at it', async () => {
  await end({ well: 38, ill: 2 });
  expect(await check()).toEqual({ ended: 40, failed: 2 });
  expect(await open()).toEqual([]);
  await end({ ill: 1 });
  await check();
  expect(await open()).toMatchObject([
    { rule: 'failure_rate_high', message: expect.stringContaining('3 of the 41 payouts'), occurrences: 1 },
  ]);
});

it('needs twenty that ended', async () => {
  await end({ ill: 19 });
  expect(await check()).toEqual({ ended: 19, failed: 19 });
  expect(await open()).toEqual([]);
  await end({ well: 1 });
  await check();
  expect(await open()).toMatchObject([{ message: expect.stringContaining('19 of the 20 payouts') }]);
});

it('is one while it lasts, changes with its figures only, and ends when they are well again', async () => {
  await end({ well: 18, ill: 2 });
  await Promise.all([check(), check(), check()]);
  expect(await open()).toMatchObject([{ occurrences: 1 }]);
  await end({ ill: 1 });
  await check();
  await check();
  expect(await open()).toMatchObject([{ occurrences: 2, message: expect.stringContaining('3 of the 21') }]);
  await end({ well: 39 });
  await check();
  expect(await open()).toEqual([]);
});

it('ends when the failures are a day old', async () => {
  await end({ well: 10, ill: 10 });
  await check();
  expect(await open()).toHaveLength(1);
  await advance(world.databaseUrl, 24 * HOUR_MS);
  expect(await check()).toEqual({ ended: 0, failed: 0 });
  expect(await open()).toEqual([]);
});

it('counts no payout that is retried by itself, and one that comes through after all as that', async () => {
  await end({ well: 19, retried: 3 });
  expect(await check()).toEqual({ ended: 19, failed: 0 });
  await advance(world.databaseUrl, HOUR_MS);
  await work(world, 'retry_claimed');
  expect(await check()).toEqual({ ended: 22, failed: 0 });
});

const why = (payoutId: string) => ({ payoutId, reason: 'not owed' });

it('counts nothing that an admin rejected: nothing has failed there', async () => {
  await end({ well: 20 });
  for (let i = 0; i < 5; i++) {
    const { id } = await pay(world, { creatorId });
    await rejectPayout(world.deps, why(id), ADMIN);
  }
  expect(await check()).toEqual({ ended: 20, failed: 0 });
  expect(await open()).toEqual([]);
});

it('counts a payout when it failed, not when an admin holds and releases it days later', async () => {
  const { id } = await pay(world, { creatorId });
  await spoil(world, id, { fault: 'stripe_error', code: 'amount_too_large' });
  await work(world);
  await advance(world.databaseUrl, 48 * HOUR_MS);
  await holdPayout(world.deps, why(id), ADMIN);
  await releasePayout(world.deps, why(id), ADMIN);
  expect(await check()).toEqual({ ended: 0, failed: 0 });
});

// The alert that the platform has too little money at Stripe for what is about to leave.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { approvePayout, holdPayout, releasePayout } from '../../src/payouts/control/decide.js';
import { type BalanceDeps, checkPlatformBalance } from '../../src/payouts/platform-balance.js';
import { createPlatformBalance } from '../../src/stripe/balance.js';
import { createStripe } from '../../src/stripe/client.js';
import { createWorld, type World } from '../support/world.js';
import { ADMIN, openAlerts, pay, work } from './support.js';

let world: World;
let deps: BalanceDeps;
/** How often Stripe was asked. */
let asked: number;

beforeAll(async () => {
  world = await createWorld();
  const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 300 });
  const balance = createPlatformBalance(stripe);
  const { pool, log, maxRps, signals } = world.deps;
  const available = () => {
    asked++;
    return balance.available();
  };
  deps = { pool, log, maxRps, signals, balance: { available } };
});
beforeEach(async () => {
  asked = 0;
  await world.simulator.setBalance(1_000);
});
// Everything is paid, and the next test begins with nothing due.
afterEach(async () => {
  await world.simulator.clearFaults();
  await world.simulator.setBalance(10_000_000);
  await world.db.pool.query(
    `UPDATE payouts SET next_attempt_at = now() - make_interval(mins => 1) WHERE status = 'FAILED'`,
  );
  await work(world);
  await work(world, 'retry_claimed');
  await check();
  expect(await open()).toEqual([]);
});
afterAll(() => world.close());

const check = () => checkPlatformBalance(deps);
const open = () => openAlerts(world, 'usd');

it('is raised when more is due than is there, and not when it just suffices', async () => {
  await pay(world, { amountCents: 1_000 });
  await check();
  expect(await open()).toEqual([]);
  await pay(world, { amountCents: 100 });
  await check();
  expect(await open()).toMatchObject([
    {
      rule: 'platform_balance_low',
      message:
        '$11.00 is due and the platform has $10.00 at Stripe. Top up at least $1.00; what fails until then is retried.',
    },
  ]);
});

it('says what is new, once, and ends when there is enough', async () => {
  await pay(world, { amountCents: 1_100 });
  await check();
  await check();
  expect(await open()).toMatchObject([{ occurrences: 1 }]);
  await world.simulator.setBalance(0);
  await check();
  expect(await open()).toMatchObject([{ occurrences: 2, message: expect.stringContaining('has $0.00') }]);
  await world.simulator.topUp(1_100);
  await check();
  expect(await open()).toEqual([]);
});

it('is raised at once when Stripe refuses a transfer for it, and lasts until its retry is covered', async () => {
  await pay(world, { amountCents: 1_100 });
  await work(world);
  expect(await open()).toMatchObject([
    { message: expect.stringContaining('Stripe refused a transfer of $11.00') },
  ]);
  expect(asked).toBe(0);
  await check();
  expect(await open()).toMatchObject([{ message: expect.stringContaining('$11.00 is due') }]);
  await world.simulator.topUp(100);
  await check();
  expect(await open()).toEqual([]);
});

it('of a Stripe that does not answer, or answers something else, raises nothing and keeps what is', async () => {
  const match = { method: 'GET', path: '/v1/balance' };
  await pay(world, { amountCents: 1_100 });
  for (const fault of ['html_502', 'unauthorized_401', 'html_200', 'hang_before'] as const) {
    await world.simulator.fault({ fault, match });
    await check();
    expect(await open(), fault).toEqual([]);
  }
  expect(await paused()).toBe(false);
  await check();
  expect(await open()).toHaveLength(1);
  await world.simulator.setBalance(10_000);
  await world.simulator.fault({ fault: 'html_502', match });
  await check();
  expect(await open()).toHaveLength(1);
});

/** A key that may not read the balance may still make transfers. */
async function paused(): Promise<boolean> {
  return (await world.db.pool.query('SELECT paused FROM processing_switch')).rows[0].paused;
}

it('does not ask Stripe where nothing is due', async () => {
  await check();
  expect(asked).toBe(0);
  await pay(world, { amountCents: 100 });
  await check();
  expect(asked).toBe(1);
});

it('keeps to the pace that all workers share', async () => {
  await pay(world, { amountCents: 100 });
  const slow = { ...deps, maxRps: 10 };
  const began = performance.now();
  await Promise.all([1, 2, 3].map(() => checkPlatformBalance(slow)));
  expect(performance.now() - began).toBeGreaterThanOrEqual(195);
});

it('counts what left while Stripe was asked as gone, not as missing', async () => {
  await pay(world, { amountCents: 600 });
  await pay(world, { amountCents: 400 });
  const available = async () => {
    const before = await deps.balance.available();
    await work(world);
    return before;
  };
  await checkPlatformBalance({ ...deps, balance: { available } });
  expect(await open()).toEqual([]);
});

it('counts nothing that waits for a creator without an account', async () => {
  const { id, creatorId } = await pay(world, { amountCents: 5_000 });
  const unlink = (account: string | null) =>
    world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [creatorId, account]);
  const { rows } = await world.db.pool.query(
    'SELECT stripe_account_id AS account FROM creators WHERE id = $1',
    [creatorId],
  );
  await unlink(null);
  await check();
  expect([await open(), id]).toEqual([[], id]);
  await unlink(rows[0].account);
});

it('counts nothing that is held or waits for an approval, until it may leave', async () => {
  const { id } = await pay(world, { amountCents: 5_000 });
  await holdPayout(world.deps, why(id), ADMIN);
  await check();
  expect([await open(), asked]).toEqual([[], 0]);
  await releasePayout(world.deps, why(id), ADMIN);
  const { limits } = world.deps;
  world.deps.limits = { ...limits, approvalAboveCents: 5_000 };
  const large = await pay(world, { amountCents: 6_000 });
  world.deps.limits = limits;
  await check();
  expect(await open()).toMatchObject([{ message: expect.stringContaining('$50.00 is due') }]);
  await approvePayout(world.deps, why(large.id), { name: 'boss@platform' });
  await check();
  expect(await open()).toMatchObject([{ message: expect.stringContaining('$110.00 is due') }]);
});

const why = (payoutId: string) => ({ payoutId, reason: 'a second look' });

it('gives a signal where an alert has changed, and no other', async () => {
  const given = async () => {
    const before = world.signalled.changed;
    await check();
    return world.signalled.changed - before;
  };
  await pay(world, { amountCents: 1_100 });
  expect([await given(), await given()]).toEqual([1, 0]);
  await world.simulator.topUp(100);
  expect([await given(), await given()]).toEqual([1, 0]);
});

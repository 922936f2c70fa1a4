// Payouts that have been under way for too long: somebody is told once, and no longer than it lasts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raiseAlert } from '../../src/payouts/alerts.js';
import { checkStalePayouts } from '../../src/payouts/stale.js';
import { createWorld, openClient, type World } from '../support/world.js';
import { alertsOf, endLeases, pay, payoutOf, resolve, spoil, work } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.simulator.clearFaults();
  await resolve(world);
});
afterAll(() => world.close());

const HOUR = 3_600_000;
const check = () => checkStalePayouts({ ...world.deps, staleAfterMs: HOUR });

/** A payout without an answer, under way for so many minutes. */
async function underWay(minutes: number): Promise<string> {
  const { id } = await pay(world);
  await spoil(world, id, { fault: 'html_502' });
  await work(world);
  await world.db.pool.query(
    `UPDATE payouts SET updated_at = now() - $2 * interval '1 minute' WHERE id = $1`,
    [id, minutes],
  );
  return id;
}

describe('a payout that is under way', () => {
  it('for longer than the limit is told of once, for as long as it lasts', async () => {
    const id = await underWay(61);
    expect([await check(), await check()]).toEqual([1, 1]);
    expect(await alertsOf(world, id)).toMatchObject([
      { rule: 'payout_stuck', key: id, open: true, occurrences: 1 },
    ]);
    await endLeases(world);
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await alertsOf(world, id)).toMatchObject([{ open: false }]);
    expect(await check()).toBe(0);
    expect(await alertsOf(world, id)).toHaveLength(1);
  });

  it('says what was heard last', async () => {
    const id = await underWay(61);
    await check();
    const { rows } = await world.db.pool.query('SELECT details FROM alerts WHERE payout_id = $1', [id]);
    expect(rows[0].details.lastError).toEqual(expect.any(String));
    expect(rows[0].details.since).toEqual(expect.any(String));
  });

  it('for less than the limit is not told of', async () => {
    const id = await underWay(59);
    expect(await check()).toBe(0);
    expect(await alertsOf(world, id)).toEqual([]);
  });

  it('does not keep the check waiting while somebody changes it', async () => {
    const [held, free] = [await underWay(61), await underWay(61)];
    const other = await openClient(world);
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM payouts WHERE id = $1 FOR UPDATE', [held]);
    expect(await check()).toBe(1);
    await other.query('ROLLBACK');
    await other.end();
    expect(await alertsOf(world, held)).toEqual([]);
    expect(await alertsOf(world, free)).toHaveLength(1);
  });
});

it('payouts that only wait, or have ended, are not stuck', async () => {
  const waiting = await pay(world);
  const age = `UPDATE payouts SET updated_at = now() - interval '1 day' WHERE id = $1`;
  await world.db.pool.query(age, [waiting.id]);
  expect(await check()).toBe(0);
  await work(world);
  await world.db.pool.query(age, [waiting.id]);
  expect(await check()).toBe(0);
});

describe('an alert that was forgotten', () => {
  it.each([
    ['payout_stuck', (id: string) => id],
    ['max_retries_exceeded', (id: string) => id],
    ['reconciliation_mismatch', (id: string) => `partly_reversed:${id}`],
  ] as const)('ends when its payout is not what it speaks of: %s', async (rule, keyOf) => {
    const { id } = await pay(world);
    if (rule !== 'reconciliation_mismatch') await work(world);
    await raiseAlert(world.db.pool, { rule, key: keyOf(id), message: 'too late', payoutId: id });
    await check();
    expect(await alertsOf(world, id)).toMatchObject([{ rule, open: false }]);
    await work(world);
  });

  it('but no other alert about the payout does', async () => {
    const { id } = await pay(world);
    await work(world);
    const alert = { rule: 'reconciliation_mismatch', message: 'look', payoutId: id } as const;
    await raiseAlert(world.db.pool, { ...alert, key: `unexpected_transfer:${id}` });
    await raiseAlert(world.db.pool, { ...alert, key: `partly_reversed:${id}` });
    await check();
    expect((await alertsOf(world, id)).map(({ open }) => open)).toEqual([true, true]);
  });
});

// A creator's readiness is read anew, so that a lost webhook costs a day at most.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pay, payoutOf, work } from '../payouts/support.js';
import { addCreator, createWorld, type World } from '../support/world.js';
import { reconcileNow } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function isReady(creatorId: string): Promise<boolean> {
  const { rows } = await world.db.pool.query<{ ready: boolean }>(
    'SELECT transfers_enabled AS ready FROM creators WHERE id = $1',
    [creatorId],
  );
  return rows[0]?.ready ?? false;
}

it('one who has become ready, and what waited for it goes on', async () => {
  const { id: creatorId, accountId } = await addCreator(world);
  await world.simulator.setCapability(accountId, 'inactive');
  const { id } = await pay(world, { creatorId });
  await work(world);
  expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED' });
  await world.db.pool.query('UPDATE creators SET transfers_enabled = false WHERE id = $1', [creatorId]);
  await reconcileNow(world);
  expect(await isReady(creatorId)).toBe(false);
  await world.simulator.setCapability(accountId, 'active');
  const before = world.signalled.retriesDue;
  await reconcileNow(world);
  expect(await isReady(creatorId)).toBe(true);
  expect(world.signalled.retriesDue).toBe(before + 1);
  await work(world, 'retry_claimed');
  expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED' });
});

it('one who has ceased to be, if it was paid in the period', async () => {
  const { id: creatorId, accountId } = await addCreator(world);
  await pay(world, { creatorId });
  await work(world);
  await world.simulator.setCapability(accountId, 'inactive');
  await reconcileNow(world);
  expect(await isReady(creatorId)).toBe(false);
});

it('one whose account is not there any more, which stops nothing else', async () => {
  const { id: creatorId, accountId } = await addCreator(world);
  await pay(world, { creatorId });
  await work(world);
  await world.simulator.deleteAccount(accountId);
  expect(await reconcileNow(world)).toMatchObject({ status: 'COMPLETED' });
  expect(await isReady(creatorId)).toBe(false);
});

it('asks for those that we believe not ready, and for nobody else', async () => {
  const [ready, waiting] = [await addCreator(world), await addCreator(world, { ready: false })];
  await reconcileNow(world);
  const { requests } = await world.simulator.state();
  const asked = new Set(requests.map(({ path }) => path));
  expect(asked).toContain(`/v1/accounts/${waiting.accountId}`);
  expect(asked).not.toContain(`/v1/accounts/${ready.accountId}`);
});

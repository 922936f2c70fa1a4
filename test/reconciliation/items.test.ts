// A person answers for a difference: once, with a reason, and is not asked again while it is the same.
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { resolveItem } from '../../src/reconciliation/items.js';
import { createStripe } from '../../src/stripe/client.js';
import { ADMIN } from '../payouts/support.js';
import { addCreator, createWorld, openClient, type World } from '../support/world.js';
import { type ItemRow, itemsOf, openMismatches, reconcileNow } from './support.js';

let world: World;
let stripe: Stripe;
beforeAll(async () => {
  world = await createWorld();
  stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 2_000 });
});
afterAll(() => world.close());

async function openItem(): Promise<ItemRow & { transferId: string }> {
  const { accountId } = await addCreator(world);
  const { id } = await stripe.transfers.create({ amount: 700, currency: 'usd', destination: accountId });
  await reconcileNow(world);
  const [item] = await itemsOf(world, id);
  if (!item) throw new Error('it was not found');
  return { ...item, transferId: id };
}

const resolve = (id: string, resolution = 'It was a bonus.') =>
  resolveItem(world.db.pool, id, resolution, ADMIN);

it('resolves it with its alert, and the audit says who and why', async () => {
  const { id, transferId } = await openItem();
  await resolve(id, '  It was a bonus. ');
  expect(await itemsOf(world, transferId)).toMatchObject([
    { state: 'RESOLVED', resolvedBy: ADMIN.name, resolution: 'It was a bonus.', openKey: null },
  ]);
  expect(await openMismatches(world)).toEqual([]);
  const { rows } = await world.db.pool.query(
    `SELECT actor, action, reason, request_id, before->>'itemId' AS item FROM audit_events
     WHERE chain = 'reconciliation' ORDER BY id DESC LIMIT 1`,
  );
  expect(rows).toEqual([
    {
      actor: ADMIN.name,
      action: 'reconciliation_item_resolved',
      reason: 'It was a bonus.',
      request_id: ADMIN.requestId,
      item: id,
    },
  ]);
});

it('is not found again while it is the same, and is when it has changed', async () => {
  const { id, transferId } = await openItem();
  await resolve(id);
  expect(await reconcileNow(world)).toMatchObject({ openCount: 0, items: [] });
  expect(await itemsOf(world, transferId)).toHaveLength(1);
  await world.simulator.reverse(transferId, 1);
  await stripe.transfers.update(transferId, { metadata: { payout_id: 'somebody-elses' } });
  await reconcileNow(world);
  expect(await itemsOf(world, transferId)).toMatchObject([{ state: 'RESOLVED' }, { state: 'OPEN' }]);
});

it('of many who resolve it at once one does', async () => {
  const { id } = await openItem();
  const holder = await openClient(world);
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM reconciliation_items WHERE id = $1 FOR UPDATE', [id]);
  const asked = Promise.allSettled([resolve(id), resolve(id), resolve(id)]);
  await vi.waitFor(async () => expect(await waitingForLocks()).toBe(3));
  await holder.query('COMMIT');
  await holder.end();
  expect((await asked).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

async function waitingForLocks(): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.n ?? 0;
}

it('refuses what is resolved already, what is not there, and an empty reason', async () => {
  const { id } = await openItem();
  await expect(resolve(id, ' ')).rejects.toMatchObject({ code: 'INVALID_INPUT', inputPath: ['resolution'] });
  await resolve(id);
  await expect(resolve(id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', status: 'RESOLVED' });
  await expect(resolve('no-such-item')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

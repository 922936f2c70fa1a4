// A difference is mended in one step where that is certain, with who, why, before and after; else it is said what to do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/payouts/actor.js';
import { keyOf } from '../../src/reconciliation/difference.js';
import { resolveItem } from '../../src/reconciliation/items.js';
import type { DifferenceKind } from '../../src/reconciliation/kinds.js';
import { recordOpen } from '../../src/reconciliation/record.js';
import { repairItem } from '../../src/reconciliation/repair.js';
import { verify } from '../payouts/invariants.js';
import {
  ADMIN,
  eventOf,
  made,
  openAlerts,
  pay,
  payoutOf,
  receive,
  resolve,
  spoil,
  transfersOf,
  work,
} from '../payouts/support.js';
import { createWorld, type World } from '../support/world.js';
import { reconcileDeps, takenRun } from './support.js';

const BOSS: Actor = { name: 'boss@platform', requestId: 'req-of-the-boss' };

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  const { findings } = await verify(world, { allowUnheard: true });
  // The tests make such transfers.
  expect(findings.filter(({ what }) => what !== 'no attempt of ours made the transfer')).toEqual([]);
  await world.close();
});

/** An open item, as a run leaves it that could not mend what it found. */
async function open(kind: DifferenceKind, payoutId: string | null, transferId: string | null) {
  const { id: run } = await takenRun(world);
  const difference = { kind, payoutId, transferId, occurredAt: new Date(), details: {} };
  await recordOpen(world.db.pool, run, difference);
  const { rows } = await world.db.pool.query('SELECT id FROM reconciliation_items WHERE open_key = $1', [
    keyOf(difference),
  ]);
  return { id: rows[0].id as string, key: keyOf(difference) };
}

const repair = (id: string, reason = 'The webhook was lost.', over = {}) =>
  repairItem(reconcileDeps(world, over), id, reason, BOSS);

async function itemOf(id: string) {
  const { rows } = await world.db.pool.query(
    'SELECT state, resolved_by AS by, resolution FROM reconciliation_items WHERE id = $1',
    [id],
  );
  return rows[0];
}

async function auditOf(id: string) {
  const { rows } = await world.db.pool.query(
    `SELECT actor, action, reason, request_id AS request, before, after FROM audit_events
     WHERE chain = 'reconciliation' AND before->>'itemId' = $1`,
    [id],
  );
  return rows;
}

describe('a transfer that was not recorded', () => {
  it('completes its payout at once, and once', async () => {
    const one = await made(world);
    const item = await open('unrecorded_transfer', one.id, one.transfer.id);
    await repair(item.id);
    expect(await payoutOf(world, one.id)).toMatchObject({
      status: 'COMPLETED',
      stripeTransferId: one.transfer.id,
    });
    expect(await itemOf(item.id)).toEqual({
      state: 'REPAIRED',
      by: BOSS.name,
      resolution: 'The webhook was lost.',
    });
    expect(await openAlerts(world, item.key)).toEqual([]);
    const { version } = await payoutOf(world, one.id);
    await repair(item.id, 'again');
    expect((await payoutOf(world, one.id)).version).toBe(version);
    expect(await auditOf(item.id)).toMatchObject([
      {
        actor: BOSS.name,
        action: 'reconciliation_item_repaired',
        reason: 'The webhook was lost.',
        request: BOSS.requestId,
        before: { kind: 'unrecorded_transfer', payoutId: one.id, transferId: one.transfer.id, state: 'OPEN' },
        after: { state: 'REPAIRED', repaired: ['unrecorded_transfer'] },
      },
    ]);
  });

  it('is mended under any kind that its payout was found with', async () => {
    const one = await made(world);
    const item = await open('outcome_overdue', one.id, null);
    await repair(item.id);
    expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
    expect(await itemOf(item.id)).toMatchObject({ state: 'REPAIRED' });
  });

  it('is mended once by many who ask at once', async () => {
    const one = await made(world);
    const item = await open('unrecorded_transfer', one.id, one.transfer.id);
    await Promise.all([repair(item.id), repair(item.id), repair(item.id)]);
    expect(await auditOf(item.id)).toHaveLength(1);
    expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
  });
});

describe('money that was taken back', () => {
  it('fails its payout', async () => {
    const { id } = await pay(world);
    await work(world);
    const [transfer] = await transfersOf(world, id);
    if (!transfer) throw new Error('there is no transfer');
    await world.simulator.reverse(transfer.id);
    const item = await open('unrecorded_reversal', id, transfer.id);
    await repair(item.id);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', failureCode: 'transfer_reversed' });
    expect(await itemOf(item.id)).toMatchObject({ state: 'REPAIRED' });
  });
});

describe('what is not certain', () => {
  it('is refused with what to do, and nothing is changed', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'stripe_error', code: 'resource_missing' });
    await work(world);
    const before = await payoutOf(world, id);
    const transfer = await transferBesides(id);
    const item = await open('transfer_of_failed_payout', id, transfer);
    await expect(repair(item.id)).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
      message: expect.stringMatching(
        /lives at Stripe\. Reverse it before paying anew\. Or let the transfer count: retry the payout/,
      ),
    });
    expect(await payoutOf(world, id)).toEqual(before);
    expect(await itemOf(item.id)).toMatchObject({ state: 'OPEN' });
    expect(await auditOf(item.id)).toEqual([]);
    expect(await openAlerts(world, item.key)).toHaveLength(1);
    await world.simulator.reverse(transfer);
    await repair(item.id);
    expect(await itemOf(item.id)).toEqual({ state: 'RESOLVED', by: 'system', resolution: 'gone' });
    expect(await auditOf(item.id)).toMatchObject([{ after: { state: 'RESOLVED', repaired: [] } }]);
    expect(await openAlerts(world, item.key)).toEqual([]);
  });

  it('is refused of a transfer that nobody of ours made, until it is gone', async () => {
    const { transfer, id } = await made(world);
    await receive(world, eventOf('transfer.created', transfer));
    const stranger = await transferBesides(`${id}x`);
    const item = await open('unknown_transfer', null, stranger);
    await expect(repair(item.id)).rejects.toThrow(/which no payout of ours made.*Then resolve it/);
    await world.simulator.reverse(stranger);
    await Promise.all([repair(item.id), repair(item.id), repair(item.id)]);
    await repair(item.id);
    expect(await auditOf(item.id)).toHaveLength(1);
    expect(await itemOf(item.id)).toMatchObject({ state: 'RESOLVED', by: 'system' });
  });

  it('is left alone where Stripe does not answer', async () => {
    const one = await made(world);
    const item = await open('unrecorded_transfer', one.id, one.transfer.id);
    const ask = () => Promise.reject(new Error('no answer'));
    await expect(repair(item.id, 'now', { ask })).rejects.toMatchObject({ code: 'STRIPE_UNAVAILABLE' });
    expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
    await repair(item.id);
  });

  it('is not asked about what a person has answered for, nor without a reason', async () => {
    const one = await made(world);
    const item = await open('unrecorded_transfer', one.id, one.transfer.id);
    await expect(repair(item.id, ' ')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      inputPath: ['reason'],
    });
    await resolveItem(world.db.pool, item.id, 'Seen to.', ADMIN);
    await expect(repair(item.id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', status: 'RESOLVED' });
    await expect(repair('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await resolve(world);
  });
});

/** A live transfer in the payout's group that no attempt of it made. @returns its id */
async function transferBesides(payoutId: string): Promise<string> {
  const { id: destination } = await world.simulator.createAccount({ transfers: 'active' });
  const request = {
    payoutId,
    idempotencyKey: `besides_${payoutId}`,
    amountCents: 500,
    currency: 'usd',
    destination,
  };
  const answer = await world.deps.transfers.create(request);
  if (answer.kind !== 'succeeded') throw new Error('no transfer was made');
  return answer.transfer.id;
}

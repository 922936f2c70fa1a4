// Events that cannot be applied yet wait for it: for their payout's next attempt, or for whatever goes wrong to be mended.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyWaiting, storeEvent, type VerifiedEvent } from '../../../src/payouts/events/inbox.js';
import { replayWebhookEvent } from '../../../src/payouts/events/replay.js';
import { retryPayout } from '../../../src/payouts/retry.js';
import { addCreator, createWorld, type World } from '../../support/world.js';
import {
  ADMIN,
  eventOf,
  openAlerts,
  outcomeOf,
  pay,
  payoutOf,
  receive,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const RETRY_AT_ONCE = { retries: { maxRetries: 5, delaysMs: [0] } };

/** A payout that was refused, and the event of a transfer that its first attempt has made all the same, late. */
async function lateTransfer(): Promise<{ id: string; event: VerifiedEvent }> {
  const creator = await addCreator(world);
  const { id } = await pay(world, { creatorId: creator.id });
  await spoil(world, id, { fault: 'stripe_error', code: 'balance_insufficient', stored: false });
  await work(world, 'claimed', RETRY_AT_ONCE);
  expect((await payoutOf(world, id)).status).toBe('FAILED');
  await world.deps.transfers.create({
    payoutId: id,
    idempotencyKey: `payout_${id}_1`,
    amountCents: 500,
    currency: 'usd',
    destination: creator.accountId,
  });
  return { id, event: eventOf('transfer.created', (await transfersOf(world, id))[0] ?? {}) };
}

/** The moment has come for which the event waits. */
async function letTimePass(eventId: string): Promise<void> {
  const moved = await world.db.pool.query(
    `UPDATE webhook_events SET wait_until = now() - interval '1 second'
     WHERE id = $1 AND wait_until > now()`,
    [eventId],
  );
  expect(moved.rowCount).toBe(1);
}

async function rowOf(eventId: string) {
  const { rows } = await world.db.pool.query(
    'SELECT outcome, attempts, error, finished_at FROM webhook_events WHERE id = $1',
    [eventId],
  );
  return rows[0];
}

describe('an event for a payout that waits for a worker', () => {
  it.each([
    ['its automatic retry', 'retry_claimed'],
    ['the retry of an admin', 'claimed'],
  ] as const)('waits for %s, and is applied after it', async (_, cause) => {
    const { id, event } = await lateTransfer();
    if (cause === 'claimed') await retryPayout(world.deps, id, ADMIN);
    const before = await payoutOf(world, id);
    expect(await receive(world, event)).toBe('pending');
    expect(await applyWaiting(world.deps)).toBe(0);
    await letTimePass(event.id);
    expect(await applyWaiting(world.deps)).toBe(1);
    expect(await outcomeOf(world, event.id)).toBe('pending');
    expect(await payoutOf(world, id)).toEqual(before);
    // The worker looks before it sends, and finds the transfer of the first attempt.
    expect(await work(world, cause)).toBe(1);
    expect(await transfersOf(world, id)).toHaveLength(1);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    await letTimePass(event.id);
    await applyWaiting(world.deps);
    expect(await rowOf(event.id)).toMatchObject({ outcome: 'applied', error: null });
    expect(await openAlerts(world, event.id)).toEqual([]);
  });

  it('does not count its waiting as tries', async () => {
    const { event } = await lateTransfer();
    await receive(world, event);
    for (let i = 0; i < 15; i++) {
      await letTimePass(event.id);
      await applyWaiting(world.deps);
    }
    expect(await rowOf(event.id)).toMatchObject({ outcome: 'pending', finished_at: null });
    await work(world, 'retry_claimed');
    await letTimePass(event.id);
    await applyWaiting(world.deps);
    expect(await outcomeOf(world, event.id)).toBe('applied');
  });
});

describe('an event that cannot be applied', () => {
  async function broken(): Promise<string> {
    const event = eventOf('transfer.created', {});
    await storeEvent(world.db.pool, { ...event, payload: { type: 'transfer.created' } });
    return event.id;
  }

  it('is tried twelve times, at growing intervals; then somebody is told', async () => {
    const id = await broken();
    await applyWaiting(world.deps);
    const waits: number[] = [];
    while ((await outcomeOf(world, id)) === 'pending') {
      expect(await openAlerts(world, id)).toEqual([]);
      expect(await applyWaiting(world.deps)).toBe(0);
      waits.push(await secondsLeft(id));
      await letTimePass(id);
      await applyWaiting(world.deps);
    }
    const set = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600];
    expect(waits).toHaveLength(set.length);
    for (const [i, seconds] of set.entries()) {
      expect(waits[i]).toBeLessThanOrEqual(seconds);
      expect(waits[i]).toBeGreaterThan(seconds / 2);
    }
    expect(await rowOf(id)).toMatchObject({ outcome: 'failed', attempts: 12, finished_at: expect.any(Date) });
    expect(await openAlerts(world, id)).toMatchObject([{ rule: 'webhook_quarantined' }]);
    expect(await applyWaiting(world.deps)).toBe(0);
  });

  it('and has failed may be replayed by an admin', async () => {
    const id = await broken();
    for (let i = 0; i < 12; i++) {
      await applyWaiting(world.deps);
      await world.db.pool.query('UPDATE webhook_events SET wait_until = NULL WHERE id = $1', [id]);
    }
    expect(await outcomeOf(world, id)).toBe('failed');
    await world.db.pool.query('UPDATE webhook_events SET payload = $2 WHERE id = $1', [
      id,
      JSON.stringify({ type: 'customer.created', data: { object: {} } }),
    ]);
    await replayWebhookEvent(world.deps, id, ADMIN);
    expect(await outcomeOf(world, id)).toBe('ignored');
    expect(await openAlerts(world, id)).toEqual([]);
  });
});

async function secondsLeft(eventId: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ left: number }>(
    `SELECT ceil(extract(epoch FROM wait_until - now()))::int AS left FROM webhook_events WHERE id = $1`,
    [eventId],
  );
  return rows[0]?.left ?? 0;
}

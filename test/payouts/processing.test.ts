// The switch: while it is off nothing is taken up and nothing is sent; what is under way finishes, and looking goes on.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyWaiting, storeEvent } from '../../src/payouts/events/inbox.js';
import {
  pauseForConfiguration,
  pauseProcessing,
  processingState,
  resumeProcessing,
} from '../../src/payouts/processing.js';
import { claimPayouts } from '../../src/payouts/sending/claim.js';
import { createWorld, type World } from '../support/world.js';
import {
  ADMIN,
  attemptsOf,
  endLeases,
  eventOf,
  made,
  openAlerts,
  outcomeOf,
  pay,
  payoutOf,
  resolve,
  resume,
  spoil,
  transfersOf,
  work,
} from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.simulator.clearFaults();
  await resume(world);
  await work(world);
  await resolve(world);
});
afterAll(() => world.close());

const pause = (reason = 'The books are being closed.') => pauseProcessing(world.db.pool, reason, ADMIN);
const state = () => processingState(world.db.pool);
const statusOf = async (id: string) => (await payoutOf(world, id)).status;

/** What the audit says of the switch since it had so many rows. */
async function audited(since: number) {
  const { rows } = await world.db.pool.query(
    `SELECT actor, action, reason FROM audit_events WHERE chain = 'processing' ORDER BY sequence`,
  );
  return rows.slice(since);
}

describe('an admin', () => {
  it('pauses and resumes with a reason, and both are audited', async () => {
    const before = (await audited(0)).length;
    await pause();
    expect(await state()).toMatchObject({
      paused: true,
      reason: 'The books are being closed.',
      changedBy: 'admin@platform',
    });
    const { due } = world.signalled;
    await resumeProcessing(world.deps, ' They are closed. ', ADMIN);
    expect(await state()).toMatchObject({ paused: false, reason: 'They are closed.' });
    expect(world.signalled.due).toBe(due + 1);
    expect(await audited(before)).toEqual([
      { actor: 'admin@platform', action: 'processing_paused', reason: 'The books are being closed.' },
      { actor: 'admin@platform', action: 'processing_resumed', reason: 'They are closed.' },
    ]);
  });

  it('must say why, or nothing happens', async () => {
    await expect(pause('  ')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await state()).paused).toBe(false);
    await pause();
    await expect(resumeProcessing(world.deps, '', ADMIN)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await state()).paused).toBe(true);
  });
});

describe('while processing is paused', () => {
  it('nothing is taken up, neither new nor again, until it is resumed', async () => {
    const again = await pay(world);
    await spoil(world, again.id, { fault: 'stripe_error', code: 'balance_insufficient' });
    await work(world, 'claimed', { retries: { maxRetries: 5, delaysMs: [0] } });
    const fresh = await pay(world);
    await pause();
    expect([await work(world), await work(world, 'retry_claimed')]).toEqual([0, 0]);
    expect([await statusOf(fresh.id), await statusOf(again.id)]).toEqual(['PENDING', 'FAILED']);
    await resume(world);
    expect([await work(world), await work(world, 'retry_claimed')]).toEqual([1, 1]);
    expect([await statusOf(fresh.id), await statusOf(again.id)]).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it('a request that was under way finishes', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'latency' });
    const running = work(world);
    while ((await world.simulator.state()).heldRequests === 0) await new Promise(setImmediate);
    await pause();
    await world.simulator.releaseHeld();
    await running;
    expect(await statusOf(id)).toBe('COMPLETED');
  });

  it('nothing is sent again, under the same key or a new one', async () => {
    const [resend, renew] = [await pay(world), await pay(world)];
    for (const { id } of [resend, renew]) await spoil(world, id, { fault: 'error_500_before' });
    await work(world);
    await world.db.pool.query(
      `UPDATE payout_attempts SET started_at = now() - interval '1 day', sent_at = now() - interval '1 day'
       WHERE payout_id = $1`,
      [renew.id],
    );
    await pause();
    expect(await resolve(world)).toBe(2);
    for (const { id } of [resend, renew]) {
      expect(await attemptsOf(world, id)).toMatchObject([{ number: 1, sends: 1, finished: false }]);
      expect(await transfersOf(world, id)).toEqual([]);
    }
    await resume(world);
    await resolve(world);
    expect(await attemptsOf(world, resend.id)).toMatchObject([{ sends: 2 }]);
    expect(await statusOf(renew.id)).toBe('COMPLETED');
    await world.db.pool.query(
      `UPDATE payout_attempts SET started_at = now() - interval '1 day', sent_at = now() - interval '1 day'
       WHERE payout_id = $1 AND finished_at IS NULL`,
      [resend.id],
    );
  });

  it('a transfer that was made after all is found and settled', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'error_500_after_commit' });
    await work(world);
    await pause();
    await resolve(world);
    expect(await statusOf(id)).toBe('COMPLETED');
  });
});

describe('what Stripe refuses for our configuration', () => {
  it.each(['unauthorized_401', 'forbidden_403'] as const)(
    'pauses processing and tells somebody: %s',
    async (fault) => {
      const before = (await audited(0)).length;
      const { id } = await pay(world);
      await spoil(world, id, { fault });
      await work(world);
      expect(await statusOf(id)).toBe('PROCESSING');
      expect(await state()).toMatchObject({ paused: true, changedBy: 'system' });
      expect(await openAlerts(world, 'stripe')).toMatchObject([
        { rule: 'stripe_configuration', occurrences: 1 },
      ]);
      expect(await audited(before)).toMatchObject([{ actor: 'system', action: 'processing_paused' }]);
      await resume(world);
      expect(await openAlerts(world, 'stripe')).toEqual([]);
      await resolve(world);
      expect(await statusOf(id)).toBe('COMPLETED');
    },
  );

  it('pauses processing and tells somebody: idempotency_error', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'error_500_before' });
    await work(world);
    await world.db.pool.query('UPDATE payout_attempts SET amount_cents = 501 WHERE payout_id = $1', [id]);
    await resolve(world);
    expect(await statusOf(id)).toBe('PROCESSING');
    expect((await state()).paused).toBe(true);
    expect((await openAlerts(world, 'stripe'))[0]?.message).toContain('idempotency_error');
    await world.db.pool.query('UPDATE payout_attempts SET amount_cents = 500 WHERE payout_id = $1', [id]);
    await world.db.pool.query(
      `UPDATE payout_attempts SET started_at = now() - interval '1 day', sent_at = now() - interval '1 day'
       WHERE payout_id = $1`,
      [id],
    );
  });

  it('pauses it too where it meets a mere look', async () => {
    const { id } = await pay(world);
    await claimPayouts(world.deps, 'claimed', 1, 60_000);
    await endLeases(world);
    await world.simulator.fault({
      fault: 'unauthorized_401',
      match: { method: 'GET', path: '/v1/transfers' },
    });
    await resolve(world);
    expect((await state()).paused).toBe(true);
    expect(await openAlerts(world, 'stripe')).toMatchObject([{ rule: 'stripe_configuration' }]);
    expect(await transfersOf(world, id)).toEqual([]);
  });

  it('pauses it too where it meets a question about an event, which waits on', async () => {
    const one = await made(world);
    await world.simulator.fault({
      fault: 'unauthorized_401',
      match: { method: 'GET', path: '/v1/transfers*' },
      times: 'always',
    });
    const event = eventOf('transfer.paid', one.transfer);
    await storeEvent(world.db.pool, event);
    await applyWaiting(world.deps);
    expect(await state()).toMatchObject({ paused: true, changedBy: 'system' });
    expect(await openAlerts(world, 'stripe')).toMatchObject([{ rule: 'stripe_configuration' }]);
    expect(await outcomeOf(world, event.id)).toBe('pending');
  });

  it('is told once for many requests at once', async () => {
    const before = (await audited(0)).length;
    const refusal = { code: 'api_key_expired', message: 'Expired API key' };
    await Promise.all(Array.from({ length: 6 }, () => pauseForConfiguration(world.db.pool, refusal)));
    expect(await openAlerts(world, 'stripe')).toMatchObject([{ occurrences: 6 }]);
    expect(await audited(before)).toHaveLength(1);
  });

  it('leaves the reason of an admin who paused it before', async () => {
    await pause();
    await pauseForConfiguration(world.db.pool, { code: 'api_key_expired', message: 'Expired API key' });
    expect(await state()).toMatchObject({
      reason: 'The books are being closed.',
      changedBy: 'admin@platform',
    });
    expect(await openAlerts(world, 'stripe')).toHaveLength(1);
  });
});

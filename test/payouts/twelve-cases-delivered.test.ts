// Those of the twelve nasty cases that are about what Stripe delivers, and when: 7, 8, 9 and 12, on the whole service, so
// that signature, inbox and engine all take part. The others stand in twelve-cases.test.ts.
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { retryPayout } from '../../src/payouts/retry.js';
import type { FaultRule } from '../../src/stripe/simulator/fault-types.js';
import type { Emission } from '../../src/stripe/simulator/webhook-types.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, type TestCreator, type World } from '../support/world.js';
import { expectInvariants } from './invariants.js';
import { expectPaidOnce, isLive } from './paid-once.js';
import { ADMIN, attemptsOf, outcomeOf, pay, payoutOf, transfersOf } from './support.js';

let app: RunningApp;
let world: World;
beforeAll(async () => {
  app = await runApp({ PAYOUT_RETRY_DELAYS: '1500ms,1h', PAYOUT_SWEEP_INTERVAL: '200ms' });
  world = app.world;
});
afterEach(async () => {
  await world.simulator.clearFaults();
  await world.simulator.clearWebhookRules();
  await world.simulator.deliverWebhooks();
  await world.simulator.setBalance(100_000_000);
});
afterAll(() => app.close());

const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 20 });
const reaches = (id: string, status: string) =>
  soon(async () => expect((await payoutOf(world, id)).status).toBe(status));
const isOver = (eventId: string, outcome: string) =>
  soon(async () => expect(await outcomeOf(world, eventId)).toBe(outcome));

/** The ids of a transfer's events, oldest first. */
const eventsOf = async (transferId: string) =>
  (await world.simulator.deliveries()).filter((one) => one.objectId === transferId).map(({ id }) => id);

/** A payout whose requests to make its transfer meet this fault. */
async function paidInto(rule: FaultRule): Promise<{ id: string; creator: TestCreator }> {
  const creator = await addCreator(world);
  await spoilAll(creator, rule);
  return { id: (await pay(world, { creatorId: creator.id })).id, creator };
}

const spoilAll = ({ accountId: destination }: TestCreator, rule: FaultRule) =>
  world.simulator.fault({ match: { method: 'POST', path: '/v1/transfers', destination }, ...rule });

/** Its transfer was made and the answer lost; nobody can list it, so only an event can tell. */
async function lost(): Promise<{ id: string; transfer: Stripe.Transfer }> {
  await world.simulator.holdWebhooks();
  const blind = { method: 'GET', path: '/v1/transfers' };
  await world.simulator.fault({ fault: 'html_502', match: blind, times: 'always' });
  const { id } = await paidInto({ fault: 'truncated_200' });
  await soon(async () => expect(await transfersOf(world, id)).toHaveLength(1));
  const [transfer] = await transfersOf(world, id);
  if (!transfer) throw new Error('no transfer was made');
  return { id, transfer };
}

/** It is paid, and Stripe holds its events back. */
async function paidInSilence(): Promise<{ id: string; transfer: Stripe.Transfer }> {
  await world.simulator.holdWebhooks();
  const { id } = await pay(world);
  await reaches(id, 'COMPLETED');
  return { id, transfer: await expectPaidOnce(world, id) };
}

/** What was taken back for good is paid again only when an admin says so, and then once. */
async function expectTakenBack(id: string, failureCode: string): Promise<void> {
  expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', failureCode, nextAttemptAt: null });
  await expectInvariants(world);
  await world.simulator.clearFaults();
  await retryPayout(world.deps, id, ADMIN);
  await reaches(id, 'COMPLETED');
  const { stripeTransferId } = await payoutOf(world, id);
  const live = (await transfersOf(world, id)).filter(isLive);
  expect(live.map((one) => one.id)).toEqual([stripeTransferId]);
}

async function openAlerts(id: string): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ rule: string }>(
    'SELECT rule FROM alerts WHERE open_key IS NOT NULL AND payout_id = $1 ORDER BY rule',
    [id],
  );
  return rows.map(({ rule }) => rule);
}

describe('7. transfer.created is delivered before the response', () => {
  it('completes the payout, and the response changes nothing', async () => {
    const { id } = await paidInto({ fault: 'webhook_before_response' });
    await reaches(id, 'COMPLETED');
    const transfer = await expectPaidOnce(world, id);
    const [created = ''] = await eventsOf(transfer.id);
    await isOver(created, 'applied');
    const { requests } = await world.simulator.state();
    expect(requests.filter(({ faults }) => faults.includes('webhook_before_response'))).toHaveLength(1);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', version: 3 });
    await expectInvariants(world);
  });
});

describe('8. duplicates, and events in the wrong order', () => {
  it('an event that comes seven times is applied once', async () => {
    const { id, transfer } = await lost();
    const [created = ''] = await eventsOf(transfer.id);
    await world.simulator.redeliver(created, 7);
    await reaches(id, 'COMPLETED');
    await expectPaidOnce(world, id);
    const { rows } = await world.db.pool.query('SELECT outcome, attempts FROM webhook_events WHERE id = $1', [
      created,
    ]);
    expect(rows).toEqual([{ outcome: 'applied', attempts: 1 }]);
    expect((await payoutOf(world, id)).version).toBe(3);
  });

  it('transfer.reversed before transfer.created: FAILED, and nothing pays it again by itself', async () => {
    const { id, transfer } = await lost();
    await world.simulator.reverse(transfer.id);
    const [created = '', reversed = ''] = await eventsOf(transfer.id);
    await world.simulator.releaseWebhooks([reversed]);
    await isOver(reversed, 'applied');
    await reaches(id, 'FAILED');
    await world.simulator.releaseWebhooks([created]);
    await isOver(created, 'applied');
    await expectTakenBack(id, 'transfer_reversed');
  });

  it('two partial reversals out of order: the larger sum counts, COMPLETED stays, somebody is told', async () => {
    const { id, transfer } = await paidInSilence();
    await world.simulator.reverse(transfer.id, 200);
    await world.simulator.reverse(transfer.id, 100);
    const [created = '', first = '', second = ''] = await eventsOf(transfer.id);
    for (const event of [second, first, created]) {
      await world.simulator.releaseWebhooks([event]);
      await isOver(event, 'applied');
      expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', amountReversedCents: 300 });
    }
    expect(await openAlerts(id)).toEqual(['reconciliation_mismatch']);
  });

  it('two partial reversals of the whole, the last one first: FAILED', async () => {
    const { id, transfer } = await paidInSilence();
    await world.simulator.reverse(transfer.id, 200);
    await world.simulator.reverse(transfer.id);
    const [, first = '', second = ''] = await eventsOf(transfer.id);
    await world.simulator.releaseWebhooks([second]);
    await reaches(id, 'FAILED');
    await world.simulator.releaseWebhooks([first]);
    await isOver(first, 'applied');
    expect((await payoutOf(world, id)).amountReversedCents).toBe(500);
    await expectTakenBack(id, 'transfer_reversed');
  });

  it('leaves every invariant true', () => expectInvariants(world));
});

describe('9. webhooks are dropped, and redelivered later', () => {
  it('with the same event id and a fresh signature: applied, once', async () => {
    const { id, transfer } = await lost();
    await world.simulator.dropWebhooks();
    await world.simulator.reverse(transfer.id, 100);
    const [created = '', reversed = ''] = await eventsOf(transfer.id);
    expect([await outcomeOf(world, created), await outcomeOf(world, reversed)]).toEqual(['absent', 'absent']);
    for (const event of [reversed, created, reversed]) {
      expect((await world.simulator.redeliver(event)).status).toBe('delivered');
      await isOver(event, 'applied');
    }
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'COMPLETED',
      stripeTransferId: transfer.id,
      amountReversedCents: 100,
      version: 3,
    });
  });

  it('for ever: the answer, or a look at Stripe, completes the payout all the same', async () => {
    await world.simulator.dropWebhooks();
    const { id } = await paidInto({ fault: 'truncated_200' });
    await reaches(id, 'COMPLETED');
    const transfer = await expectPaidOnce(world, id);
    for (const event of await eventsOf(transfer.id)) expect(await outcomeOf(world, event)).toBe('absent');
  });

  it('leaves every invariant true', () => expectInvariants(world));
});

describe('12. events of older versions', () => {
  it('transfer.paid of a transfer that the API has completes the payout', async () => {
    const { id, transfer } = await lost();
    const { event } = await world.simulator.emit({ type: 'transfer.paid', objectId: transfer.id });
    await isOver(event.id, 'applied');
    await reaches(id, 'COMPLETED');
    await expectPaidOnce(world, id);
  });

  it('transfer.paid of a transfer that the API does not have changes nothing', async () => {
    const { id, transfer } = await paidInSilence();
    const object = { ...transfer, id: 'tr_nobodys' };
    const { event } = await world.simulator.emit({ type: 'transfer.paid', object });
    await isOver(event.id, 'quarantined');
    await expectPaidOnce(world, id);
  });

  it('transfer.failed of a transfer that the API shows alive changes nothing, and somebody is told', async () => {
    const { id, transfer } = await paidInSilence();
    const { event } = await world.simulator.emit({ type: 'transfer.failed', objectId: transfer.id });
    await isOver(event.id, 'quarantined');
    await expectPaidOnce(world, id);
    const { rowCount } = await world.db.pool.query('SELECT 1 FROM alerts WHERE open_key = $1', [
      `webhook_quarantined:${event.id}`,
    ]);
    expect(rowCount).toBe(1);
  });

  it.each([{ gone: true }, { gone: false }])(
    'transfer.failed of a transfer that the API has lost or calls failed (%o): FAILED',
    async ({ gone }) => {
      const { id, transfer } = await paidInSilence();
      await world.simulator.failTransfer(transfer.id, { gone });
      await world.simulator.releaseWebhooks('reverse');
      await reaches(id, 'FAILED');
      await expectTakenBack(id, 'transfer_failed');
    },
  );

  it('transfer.failed before anybody knew of the transfer: FAILED, by whatever way we hear of it', async () => {
    const { id, transfer } = await lost();
    await world.simulator.failTransfer(transfer.id, { gone: true });
    await world.simulator.clearFaults();
    await world.simulator.releaseWebhooks('reverse');
    await reaches(id, 'FAILED');
    await expectTakenBack(id, 'transfer_failed');
  });

  it.each(['transfer.paid', 'transfer.failed'])(
    '%s of a bank payout, po_…, is none of ours',
    async (type) => {
      const creator = await addCreator(world);
      const { id } = await pay(world, { creatorId: creator.id });
      await reaches(id, 'COMPLETED');
      const bank = await world.simulator.bankPayout(creator.accountId, { status: 'paid' });
      // The bank leg itself is the creator's, and is kept for the creator to see.
      await soon(async () => {
        const { rows } = await world.db.pool.query('SELECT status FROM bank_payouts WHERE id = $1', [
          bank.id,
        ]);
        expect(rows).toEqual([{ status: 'paid' }]);
      });
      const patch = { metadata: { payout_id: id } };
      const { event } = await world.simulator.emit({ type, objectId: bank.id, patch });
      await isOver(event.id, 'ignored');
      await expectPaidOnce(world, id);
    },
  );

  it('leaves every invariant true', () => expectInvariants(world));
});

describe('12. signatures, secrets and livemode', () => {
  /** The event of a lost transfer, sent so; what the endpoint said, and whether it was kept. */
  async function emitted(emission: Partial<Emission>) {
    const { id, transfer } = await lost();
    const { event, delivery } = await world.simulator.emit({
      type: 'transfer.created',
      objectId: transfer.id,
      ...emission,
    });
    return { id, eventId: event.id, status: delivery.attempts[0]?.status };
  }

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

  it.each<[string, () => Partial<Emission>]>([
    ['a timestamp of an hour ago', () => ({ timestamp: inSeconds(-3_600) })],
    ['a timestamp in an hour', () => ({ timestamp: inSeconds(3_600) })],
    ['a secret of somebody else', () => ({ signWith: ['whsec_of_somebody_else'] })],
  ])('%s: refused, and nothing is kept', async (_, emission) => {
    const { id, eventId, status } = await emitted(emission());
    expect([status, await outcomeOf(world, eventId)]).toEqual([400, 'absent']);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await world.simulator.clearFaults();
    await reaches(id, 'COMPLETED');
    await expectPaidOnce(world, id);
  });

  it.each<[string, Partial<Emission>]>([
    ['two v1 signatures, of which ours is one', { signWith: ['whsec_rotated_out', 'platform'] }],
    ['the secret of the Connect endpoint', { signWith: ['connect'] }],
  ])('%s: applied', async (_, emission) => {
    const { id, eventId, status } = await emitted(emission);
    expect(status).toBe(200);
    await isOver(eventId, 'applied');
    await reaches(id, 'COMPLETED');
    await expectPaidOnce(world, id);
  });

  it('another livemode: answered, kept, and changes nothing', async () => {
    const { id, eventId, status } = await emitted({ livemode: true });
    expect(status).toBe(200);
    await isOver(eventId, 'ignored');
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await world.simulator.clearFaults();
    await reaches(id, 'COMPLETED');
    await expectPaidOnce(world, id);
  });

  it('leaves every invariant true', () => expectInvariants(world));
});

describe('12. refusals that pass by themselves', () => {
  it('a capability that turns inactive between check and transfer: paid as soon as it is active again', async () => {
    const { id, creator } = await paidInto({ fault: 'capability_off_before_transfer' });
    await soon(async () => expect((await attemptsOf(world, id)).length).toBe(2));
    await reaches(id, 'FAILED');
    expect(await payoutOf(world, id)).toMatchObject({
      failureCode: 'insufficient_capabilities_for_transfer',
      retryCount: 1,
    });
    await world.simulator.setCapability(creator.accountId, 'active');
    await reaches(id, 'COMPLETED');
    await expectPaidOnce(world, id);
    expect((await attemptsOf(world, id)).map(({ key }) => key)).toEqual(
      [1, 2, 3].map((number) => `payout_${id}_${number}`),
    );
  });

  it('an insufficient platform balance that is topped up later: paid by the retry, under a new key', async () => {
    await world.simulator.setBalance(0);
    const { id } = await pay(world);
    await reaches(id, 'FAILED');
    expect(await payoutOf(world, id)).toMatchObject({
      failureCode: 'balance_insufficient',
      retryCount: 0,
    });
    await world.simulator.topUp(500);
    await reaches(id, 'COMPLETED');
    await expectPaidOnce(world, id);
    expect((await attemptsOf(world, id)).map(({ key }) => key)).toEqual([`payout_${id}_1`, `payout_${id}_2`]);
  });

  it('leaves every invariant true', () => expectInvariants(world));
});

// Events of older API versions: `transfer.paid` and `transfer.failed` are believed only as far as the API agrees.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyEvent, storeEvent, type VerifiedEvent } from '../../../src/payouts/events/inbox.js';
import type { TransferGateway } from '../../../src/payouts/ports.js';
import { retryPayout } from '../../../src/payouts/retry.js';
import { claimPayouts } from '../../../src/payouts/sending/claim.js';
import { recordAnswer } from '../../../src/payouts/sending/submit.js';
import { addCreator, createWorld, type World } from '../../support/world.js';
import {
  ADMIN,
  attemptsOf,
  changesOf,
  endLeases,
  eventOf,
  type Made,
  made,
  openAlerts,
  outcomeOf,
  pay,
  payoutOf,
  receive,
  resolve,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => world.simulator.clearFaults());
afterAll(() => world.close());

/** From now on the API shows the transfer as one that failed, or knows it no more. */
const failAtStripe = ({ transfer }: Made, gone = false) =>
  world.simulator.failTransfer(transfer.id, { gone });

/** A payout that a worker has taken up and not sent, and an event of a transfer of it that Stripe does not know. */
async function unsent(type: string): Promise<{ id: string; event: VerifiedEvent }> {
  const creator = await addCreator(world);
  const { id } = await pay(world, { creatorId: creator.id });
  await claimPayouts(world.deps, 'claimed', 1, 60_000);
  const transfer = {
    id: `tr_gone_${id}`,
    object: 'transfer',
    amount: 500,
    amount_reversed: 0,
    currency: 'usd',
    destination: creator.accountId,
    transfer_group: `payout_${id}`,
    metadata: { payout_id: id, idempotency_key: `payout_${id}_1` },
  };
  return { id, event: eventOf(type, transfer) };
}

describe('transfer.paid', () => {
  it('completes the payout, since the API shows the transfer', async () => {
    const one = await made(world);
    expect(await receive(world, eventOf('transfer.paid', { ...one.transfer, status: 'paid' }))).toBe(
      'applied',
    );
    expect(await payoutOf(world, one.id)).toMatchObject({
      status: 'COMPLETED',
      stripeTransferId: one.transfer.id,
    });
  });

  it('tells of the transfer as the API shows it now, not as it was', async () => {
    const one = await made(world);
    await world.simulator.reverse(one.transfer.id);
    expect(await receive(world, eventOf('transfer.paid', one.transfer))).toBe('applied');
    expect(await payoutOf(world, one.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'transfer_reversed',
    });
  });

  it('of a transfer that the API does not know is set aside', async () => {
    const { id, event } = await unsent('transfer.paid');
    expect(await receive(world, event)).toBe('quarantined');
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    expect(await openAlerts(world, event.id)).toMatchObject([{ rule: 'webhook_quarantined' }]);
    await resolve(world);
  });

  it('of a transfer that has failed since is set aside', async () => {
    const one = await made(world);
    await failAtStripe(one);
    expect(await receive(world, eventOf('transfer.paid', one.transfer))).toBe('quarantined');
    expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
  });

  it('waits while Stripe does not answer', async () => {
    const one = await made(world);
    const event = eventOf('transfer.paid', one.transfer);
    await world.simulator.fault({ fault: 'html_502', match: { method: 'GET' } });
    await expect(receive(world, event)).rejects.toThrow();
    expect(await outcomeOf(world, event.id)).toBe('pending');
    await applyEvent(world.deps, event.id);
    expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
  });
});

describe('transfer.failed', () => {
  it('fails the payout once no request of it can be under way, since Stripe has no such transfer', async () => {
    const { id, event } = await unsent('transfer.failed');
    expect(await receive(world, event)).toBe('pending');
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await endLeases(world);
    await applyEvent(world.deps, event.id);
    expect(await outcomeOf(world, event.id)).toBe('applied');
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'transfer_failed',
      stripeTransferId: null,
      nextAttemptAt: null,
    });
    expect(await attemptsOf(world, id)).toMatchObject([
      { outcome: 'REJECTED', code: 'transfer_failed', finished: true },
    ]);
    expect(await work(world, 'retry_claimed')).toBe(0);
  });

  it('does not fail the payout when a request was sent while Stripe was being asked', async () => {
    const { id, event } = await unsent('transfer.failed');
    await endLeases(world);
    const transfers: TransferGateway = {
      ...world.deps.transfers,
      async findByPayout(payoutId) {
        const before = await world.deps.transfers.findByPayout(payoutId);
        await spoil(world, id, { fault: 'error_500_after_commit' });
        await resolve(world, { resolveAfterMs: 0 });
        return before;
      },
    };
    await storeEvent(world.db.pool, event);
    await applyEvent({ ...world.deps, transfers }, event.id);
    expect(await transfersOf(world, id)).toHaveLength(1);
    expect(await outcomeOf(world, event.id)).toBe('pending');
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it('of a transfer that is live changes nothing, and somebody is told', async () => {
    const one = await made(world);
    await endLeases(world);
    const event = eventOf('transfer.failed', { ...one.transfer, status: 'failed' });
    expect(await receive(world, event)).toBe('quarantined');
    expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
    const alerts = await openAlerts(world, event.id);
    expect(alerts).toMatchObject([{ rule: 'webhook_quarantined' }]);
    expect(alerts[0]?.message).toContain(one.transfer.id);
    await recordAnswer(world.deps, one.leased, one.answer);
    expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
  });

  it('of one that is missing changes nothing while another transfer of the payout is live', async () => {
    const one = await made(world);
    await endLeases(world);
    const event = eventOf('transfer.failed', { ...one.transfer, id: 'tr_missing' });
    expect(await receive(world, event)).toBe('quarantined');
    expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
  });

  it.each([
    ['before it was completed, when the API says so too', { before: true, gone: false }],
    ['after it was completed, when the API says so too', { before: false, gone: false }],
    ['after it was completed, when the API knows the transfer no more', { before: false, gone: true }],
  ])('fails the payout %s', async (_when, { before, gone }) => {
    const one = await made(world);
    if (!before) await recordAnswer(world.deps, one.leased, one.answer);
    await endLeases(world);
    await failAtStripe(one, gone);
    expect(await receive(world, eventOf('transfer.failed', one.transfer))).toBe('applied');
    expect(await payoutOf(world, one.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'transfer_failed',
      stripeTransferId: one.transfer.id,
    });
    expect((await changesOf(world, one.id)).at(-1)).toMatch(/>FAILED$/);
    expect(await attemptsOf(world, one.id)).toMatchObject([
      { outcome: 'SUCCEEDED', transferId: one.transfer.id, finished: true },
    ]);
    // Neither a stale word nor a late answer brings it back.
    expect(await receive(world, eventOf('transfer.created', one.transfer))).toBe('applied');
    await recordAnswer(world.deps, one.leased, one.answer);
    expect((await payoutOf(world, one.id)).status).toBe('FAILED');
  });

  it.each([true, false])(
    'and an admin may pay it anew (Stripe has forgotten the transfer: %s)',
    async (gone) => {
      const one = await made(world);
      await recordAnswer(world.deps, one.leased, one.answer);
      await failAtStripe(one, gone);
      await receive(world, eventOf('transfer.failed', one.transfer));
      await retryPayout(world.deps, one.id, ADMIN);
      await work(world);
      const paid = await payoutOf(world, one.id);
      expect(paid).toMatchObject({ status: 'COMPLETED', amountReversedCents: 0 });
      expect(paid.stripeTransferId).not.toBe(one.transfer.id);
    },
  );

  it('needs not come: whoever looks sees that the transfer failed', async () => {
    const one = await made(world);
    await failAtStripe(one);
    await resolve(world);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'FAILED', amountReversedCents: 500 });
    expect(await receive(world, eventOf('transfer.failed', one.transfer))).toBe('applied');
    expect(await attemptsOf(world, one.id)).toHaveLength(1);
  });

  it.each([
    ['amount', { amount: 999 }],
    ['currency', { currency: 'eur' }],
    ['destination', { destination: 'acct_of_somebody_else' }],
    ['group', { transfer_group: 'payout_of_somebody_else' }],
  ])('of a transfer of another %s fails nothing and is set aside', async (_what, over) => {
    const { id, event } = await unsent('transfer.failed');
    await endLeases(world);
    const { object } = (event.payload as { data: { object: object } }).data;
    expect(await receive(world, eventOf('transfer.failed', { ...object, ...over }))).toBe('quarantined');
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', failureCode: null });
    await resolve(world);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it('of no payout of ours is set aside', async () => {
    const { transfer } = await made(world);
    expect(await receive(world, eventOf('transfer.failed', { ...transfer, metadata: {} }))).toBe(
      'quarantined',
    );
  });

  it('waits while Stripe does not answer', async () => {
    const { id, event } = await unsent('transfer.failed');
    await endLeases(world);
    await world.simulator.fault({ fault: 'html_502', match: { path: '/v1/transfers' } });
    await expect(receive(world, event)).rejects.toThrow();
    expect(await outcomeOf(world, event.id)).toBe('pending');
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await resolve(world);
    // The request has been sent meanwhile: what failed was no transfer of this payout.
    await applyEvent(world.deps, event.id);
    expect(await outcomeOf(world, event.id)).toBe('quarantined');
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, id)).toHaveLength(1);
  });
});

describe.each(['transfer.paid', 'transfer.failed'])('%s', (type) => {
  it('of a bank payout that is rendered as a transfer is ignored', async () => {
    const one = await made(world);
    await endLeases(world);
    expect(await receive(world, eventOf(type, { ...one.transfer, id: 'po_1' }))).toBe('ignored');
    expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
  });

  it('from a connected account is set aside', async () => {
    const one = await made(world);
    const event = eventOf(type, one.transfer, { account: 'acct_connected' });
    expect(await receive(world, event)).toBe('quarantined');
    expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
  });
});

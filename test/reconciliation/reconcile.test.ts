// Each kind of difference, end to end: made at the simulator or in the database, found, and repaired or left open.
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PayoutRow } from '../../src/payouts/row.js';
import type { DifferenceKind } from '../../src/reconciliation/kinds.js';
import { createStripe } from '../../src/stripe/client.js';
import { attemptsOf, changesOf, pay, payoutOf, spoil, transfersOf, work } from '../payouts/support.js';
import { addCreator, createWorld, type World } from '../support/world.js';
import { itemsOf, openMismatches, reconcileNow } from './support.js';

let world: World;
let stripe: Stripe;
beforeAll(async () => {
  world = await createWorld();
  stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 2_000 });
});
afterAll(() => world.close());

interface Paid {
  payout: PayoutRow;
  transfer: Stripe.Transfer;
  accountId: string;
}

/** A payout that is paid as it should be. */
async function paid(): Promise<Paid> {
  const { id: creatorId, accountId } = await addCreator(world);
  const { id } = await pay(world, { creatorId });
  await work(world);
  return { payout: await payoutOf(world, id), transfer: await onlyTransferOf(id), accountId };
}

/** Stripe has made its transfer, and neither the answer nor a webhook has reached us. */
async function lost(): Promise<Paid> {
  const { id: creatorId, accountId } = await addCreator(world);
  const { id } = await pay(world, { creatorId });
  await spoil(world, id, { fault: 'error_500_after_commit' });
  await work(world);
  const payout = await payoutOf(world, id);
  expect(payout.status).toBe('PROCESSING');
  return { payout, transfer: await onlyTransferOf(id), accountId };
}

async function onlyTransferOf(payoutId: string): Promise<Stripe.Transfer> {
  const [transfer, ...others] = await transfersOf(world, payoutId);
  if (!transfer || others.length > 0) throw new Error('there is not one transfer');
  return transfer;
}

/** By hand at Stripe, with what our own transfers have unless it is said otherwise. */
function byHand(
  payoutId: string,
  destination: string,
  over: Partial<Stripe.TransferCreateParams> = {},
): Promise<Stripe.Transfer> {
  return stripe.transfers.create({
    amount: 500,
    currency: 'usd',
    destination,
    transfer_group: `payout_${payoutId}`,
    metadata: { payout_id: payoutId },
    ...over,
  });
}

/** A payout of 500 cents that Stripe refused for good. */
async function failed(): Promise<{ id: string; accountId: string }> {
  const { id: creatorId, accountId } = await addCreator(world);
  const { id } = await pay(world, { creatorId });
  await world.simulator.deleteAccount(accountId);
  await work(world);
  expect(await payoutOf(world, id)).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
  return { id, accountId: (await addCreator(world)).accountId };
}

const plant = (sql: string, ...values: unknown[]) => world.db.pool.query(sql, values);

/** Only this is found of it, and it waits for somebody, with its alert. */
async function expectOpen(kind: DifferenceKind, subject: string, key = subject): Promise<void> {
  expect(await itemsOf(world, subject)).toMatchObject([{ kind, state: 'OPEN', openKey: `${kind}:${key}` }]);
  expect(await openMismatches(world)).toContain(`${kind}:${key}`);
}

it('finds nothing where the books agree', async () => {
  await paid();
  await pay(world);
  await work(world);
  await failed();
  await pay(world);
  const report = await reconcileNow(world);
  expect(report).toMatchObject({
    status: 'COMPLETED',
    transfersChecked: 2,
    payoutsChecked: 2,
    repairedCount: 0,
    openCount: 0,
    items: [],
  });
  expect(await openMismatches(world)).toEqual([]);
  await work(world);
});

describe('what is certain is repaired', () => {
  it('a transfer of which nobody told us: COMPLETED, once', async () => {
    const { payout, transfer } = await lost();
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 1, openCount: 0 });
    expect(await payoutOf(world, payout.id)).toMatchObject({
      status: 'COMPLETED',
      stripeTransferId: transfer.id,
      version: 3,
    });
    expect(await attemptsOf(world, payout.id)).toMatchObject([{ outcome: 'SUCCEEDED', finished: true }]);
    expect(await itemsOf(world, payout.id)).toMatchObject([
      { kind: 'unrecorded_transfer', state: 'REPAIRED', transferId: transfer.id, openKey: null },
    ]);
    const audit = await plant(
      'SELECT actor, action FROM audit_events WHERE payout_id = $1 AND version = 3',
      payout.id,
    );
    expect(audit.rows).toEqual([{ actor: 'system', action: 'transfer_settled' }]);
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 0, items: [] });
    expect(await itemsOf(world, payout.id)).toHaveLength(1);
  });

  it('a reversal of all of it of which nobody told us: FAILED', async () => {
    const { payout, transfer } = await paid();
    await world.simulator.reverse(transfer.id);
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 1, openCount: 0 });
    expect(await payoutOf(world, payout.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'transfer_reversed',
      nextAttemptAt: null,
    });
    expect(await itemsOf(world, payout.id)).toMatchObject([
      { kind: 'unrecorded_reversal', state: 'REPAIRED' },
    ]);
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 0, items: [] });
  });

  it('a reversal of a part: recorded, and the payout stays COMPLETED', async () => {
    const { payout, transfer } = await paid();
    await world.simulator.reverse(transfer.id, 200);
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 1 });
    expect(await payoutOf(world, payout.id)).toMatchObject({ status: 'COMPLETED', amountReversedCents: 200 });
    expect(await openMismatches(world)).toContain(`partly_reversed:${payout.id}`);
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 0 });
    await world.simulator.reverse(transfer.id, 100);
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 1 });
    expect(await payoutOf(world, payout.id)).toMatchObject({ amountReversedCents: 300 });
  });

  it('a transfer that was made and taken back before we heard of it: FAILED', async () => {
    const { payout, transfer } = await lost();
    await world.simulator.reverse(transfer.id);
    expect(await reconcileNow(world)).toMatchObject({ repairedCount: 1 });
    expect(await changesOf(world, payout.id)).toEqual([
      'none>PENDING',
      'PENDING>PROCESSING',
      'PROCESSING>FAILED',
    ]);
  });

  it('a reversal of the period, of a transfer that was made long before it', async () => {
    const { payout, transfer } = await paid();
    const now = await world.simulator.advanceClock(40 * 86_400);
    await world.simulator.reverse(transfer.id);
    const from = new Date((now - 3_600) * 1000);
    await plant(`UPDATE payouts SET processed_at = now() - interval '40 days' WHERE id = $1`, payout.id);
    const report = await reconcileNow(world, {}, { start: from, end: new Date((now + 60) * 1000) });
    await world.simulator.setClock(Math.floor(Date.now() / 1000));
    expect(report).toMatchObject({ status: 'COMPLETED', repairedCount: 1 });
    expect(await payoutOf(world, payout.id)).toMatchObject({ status: 'FAILED' });
  });
});

describe('what is not certain waits for somebody, and changes nothing', () => {
  it('a COMPLETED payout whose transfer is not there', async () => {
    const { id } = await failed();
    await plant(
      `UPDATE payouts SET status = 'COMPLETED', processed_at = now() - interval '1 minute', stripe_transfer_id = 'tr_nowhere',
         failure_code = NULL, failed_reason = NULL WHERE id = $1`,
      id,
    );
    await reconcileNow(world);
    await expectOpen('missing_transfer', id);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it('a transfer that was taken back in part and that Stripe has no more: the run completes all the same', async () => {
    const { payout, transfer } = await paid();
    await world.simulator.reverse(transfer.id, 100);
    await world.simulator.failTransfer(transfer.id, { gone: true });
    expect(await reconcileNow(world)).toMatchObject({ status: 'COMPLETED', error: null });
    await expectOpen('missing_transfer', payout.id);
  });

  it('a transfer that no payout knows; it is gone when it was reversed', async () => {
    const { accountId } = await addCreator(world);
    const transfer = await stripe.transfers.create({ amount: 700, currency: 'usd', destination: accountId });
    await reconcileNow(world);
    await expectOpen('unknown_transfer', transfer.id);
    await reconcileNow(world);
    await expectOpen('unknown_transfer', transfer.id);
    await world.simulator.reverse(transfer.id);
    await reconcileNow(world);
    expect(await itemsOf(world, transfer.id)).toMatchObject([
      { state: 'RESOLVED', resolvedBy: 'system', resolution: 'gone', openKey: null },
    ]);
    expect(await openMismatches(world)).not.toContain(`unknown_transfer:${transfer.id}`);
  });

  it('a transfer that was made under no key of its payout, which is under way', async () => {
    const { id: creatorId, accountId } = await addCreator(world);
    const { id } = await pay(world, { creatorId });
    await spoil(world, id, { fault: 'error_500_before' });
    await work(world);
    const metadata = { payout_id: id, idempotency_key: 'not_one_of_ours' };
    const transfer = await byHand(id, accountId, { metadata });
    await reconcileNow(world);
    await expectOpen('unknown_transfer', transfer.id);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await world.simulator.reverse(transfer.id);
    await plant(
      `UPDATE payout_attempts SET lease_until = now() - make_interval(mins => 1) WHERE payout_id = $1`,
      id,
    );
  });

  it('two live transfers of one payout', async () => {
    const { payout, accountId } = await paid();
    const second = await byHand(payout.id, accountId);
    await reconcileNow(world);
    await expectOpen('duplicate_transfer', payout.id);
    expect((await payoutOf(world, payout.id)).stripeTransferId).toBe(payout.stripeTransferId);
    await world.simulator.reverse(second.id);
    await reconcileNow(world);
    expect(await itemsOf(world, payout.id)).toMatchObject([{ state: 'RESOLVED', resolution: 'gone' }]);
  });

  it('two live transfers of a payout that is under way: neither is chosen', async () => {
    const { payout, accountId } = await lost();
    const second = await byHand(payout.id, accountId);
    await reconcileNow(world);
    await expectOpen('duplicate_transfer', payout.id);
    expect((await payoutOf(world, payout.id)).status).toBe('PROCESSING');
    await world.simulator.reverse(second.id);
    await reconcileNow(world);
    expect((await payoutOf(world, payout.id)).status).toBe('COMPLETED');
  });

  it('a live transfer beside a FAILED payout', async () => {
    const { id, accountId } = await failed();
    const transfer = await byHand(id, accountId);
    await reconcileNow(world);
    await expectOpen('transfer_of_failed_payout', transfer.id);
    expect((await payoutOf(world, id)).status).toBe('FAILED');
  });

  it('a live transfer beside a payout that nobody has taken up', async () => {
    const { id: creatorId, accountId } = await addCreator(world);
    const { id } = await pay(world, { creatorId });
    const transfer = await byHand(id, accountId);
    await reconcileNow(world);
    await expectOpen('transfer_of_failed_payout', transfer.id);
    expect((await payoutOf(world, id)).status).toBe('PENDING');
    await world.simulator.reverse(transfer.id);
    await work(world);
  });

  it('a COMPLETED payout that has recorded another transfer than the live one', async () => {
    const { payout, transfer } = await paid();
    await plant(`UPDATE payouts SET stripe_transfer_id = 'tr_another' WHERE id = $1`, payout.id);
    await reconcileNow(world);
    await expectOpen('wrong_transfer_recorded', transfer.id, payout.id);
  });

  it.each<[DifferenceKind, string]>([
    ['amount_mismatch', 'UPDATE payouts SET amount_cents = 501 WHERE id = $1'],
    ['currency_mismatch', `UPDATE payouts SET currency = 'eur' WHERE id = $1`],
    ['destination_mismatch', `UPDATE payout_attempts SET destination = 'acct_another' WHERE payout_id = $1`],
  ])('%s, paid or under way', async (kind, sql) => {
    const [one, other] = [await paid(), await lost()];
    for (const { payout } of [one, other]) await plant(sql, payout.id);
    await reconcileNow(world);
    for (const { payout, transfer } of [one, other]) {
      await expectOpen(kind, transfer.id);
      expect((await payoutOf(world, payout.id)).status).toBe(payout.status);
    }
  });

  it('a payout that is under way for too long, and of which Stripe has nothing', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'error_500_before' });
    await work(world);
    await reconcileNow(world);
    expect(await itemsOf(world, id)).toEqual([]);
    await plant(`UPDATE payouts SET updated_at = now() - interval '61 minutes' WHERE id = $1`, id);
    await reconcileNow(world);
    await expectOpen('outcome_overdue', id);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
  });
});

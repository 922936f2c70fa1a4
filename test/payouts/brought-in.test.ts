// Payouts that were written by somebody else, without attempts of ours: a transfer of theirs counts as far as it fits
// them, and nothing is paid twice.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { retryPayout } from '../../src/payouts/retry.js';
import { createStripe } from '../../src/stripe/client.js';
import { addCreator, createWorld, type TestCreator, type World } from '../support/world.js';
import { ADMIN, eventOf, payoutOf, receive, transfersOf, work } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

interface BroughtIn {
  id: string;
  creator: TestCreator;
  transfer: { id: string };
}

/** A payout of 500 cents, and a transfer that fits it. */
async function broughtIn(status: 'PROCESSING' | 'COMPLETED' | 'FAILED'): Promise<BroughtIn> {
  const creator = await addCreator(world);
  const id = cuid();
  const transfer = {
    id: `tr_${id}`,
    object: 'transfer',
    amount: 500,
    amount_reversed: 0,
    currency: 'usd',
    destination: creator.accountId,
    transfer_group: null,
    metadata: { payout_id: id },
  };
  await world.db.pool.query(
    `INSERT INTO payouts (id, creator_id, amount_cents, stripe_transfer_id, status, updated_at)
     VALUES ($1, $2, 500, $3, $4::"PayoutStatus", now())`,
    [id, creator.id, status === 'COMPLETED' ? transfer.id : null, status],
  );
  return { id, creator, transfer };
}

it('is completed by its transfer', async () => {
  const { id, transfer } = await broughtIn('PROCESSING');
  expect(await receive(world, eventOf('transfer.created', transfer))).toBe('applied');
  expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', stripeTransferId: transfer.id });
});

it.each([
  ['amount', { amount: 501 }],
  ['destination', { destination: 'acct_of_somebody_else' }],
  ['group', { transfer_group: 'payout_of_somebody_else' }],
])('is not completed by a transfer of another %s', async (_what, over) => {
  const { id, transfer } = await broughtIn('PROCESSING');
  expect(await receive(world, eventOf('transfer.created', { ...transfer, ...over }))).toBe('quarantined');
  expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', stripeTransferId: null });
});

it.each([
  ['that names it', {}],
  ['that names no payout', { metadata: {} }],
])('fails when all of its transfer is taken back, by an event %s', async (_what, over) => {
  const { id, transfer } = await broughtIn('COMPLETED');
  const reversed = { ...transfer, amount_reversed: 500, reversed: true, ...over };
  expect(await receive(world, eventOf('transfer.reversed', reversed))).toBe('applied');
  expect(await payoutOf(world, id)).toMatchObject({
    status: 'FAILED',
    failureCode: 'transfer_reversed',
    amountReversedCents: 500,
  });
});

it('looks at Stripe before its first attempt when an admin retries it: it may be paid', async () => {
  const { id, creator } = await broughtIn('FAILED');
  const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 1_000 });
  const paid = await stripe.transfers.create({
    amount: 500,
    currency: 'usd',
    destination: creator.accountId,
    transfer_group: `payout_${id}`,
    metadata: { payout_id: id },
  });
  await retryPayout(world.deps, id, ADMIN);
  await work(world);
  expect(await transfersOf(world, id)).toHaveLength(1);
  expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', stripeTransferId: paid.id });
});

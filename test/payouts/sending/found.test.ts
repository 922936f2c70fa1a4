// What a look at Stripe finds beside what we asked for: a transfer that is none of ours must not decide, nor be overlooked.
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimPayouts } from '../../../src/payouts/sending/claim.js';
import { createStripe } from '../../../src/stripe/client.js';
import { addCreator, createWorld, type World } from '../../support/world.js';
import { alertsOf, attemptsOf, made, pay, payoutOf, resolve, transfersOf } from '../support.js';

let world: World;
let stripe: Stripe;
beforeAll(async () => {
  world = await createWorld();
  stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 2_000 });
});
afterAll(() => world.close());

/** Made by hand at Stripe, in the group of a payout of 500 cents. */
const byHand = (payoutId: string, destination: string) =>
  stripe.transfers.create({
    amount: 333,
    currency: 'usd',
    destination,
    transfer_group: `payout_${payoutId}`,
  });

it('a foreign transfer keeps the payout back and somebody is told; once it is taken back, the payout goes on', async () => {
  const { id: creatorId, accountId } = await addCreator(world);
  const { id } = await pay(world, { creatorId });
  await claimPayouts(world.deps, 'claimed', 1, 60_000);
  const foreign = await byHand(id, accountId);
  await resolve(world);
  expect((await payoutOf(world, id)).status).toBe('PROCESSING');
  expect(await attemptsOf(world, id)).toMatchObject([{ sends: 1, finished: false }]);
  const [alert] = await alertsOf(world, id);
  expect(alert).toMatchObject({ rule: 'reconciliation_mismatch', open: true });
  expect(alert?.message).toContain(foreign.id);

  await world.simulator.reverse(foreign.id);
  await resolve(world);
  const [ours] = (await transfersOf(world, id)).filter((one) => one.id !== foreign.id);
  expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', stripeTransferId: ours?.id });
  expect(await alertsOf(world, id)).toMatchObject([{ open: false }]);
});

it('our own transfer settles beside a newer foreign one', async () => {
  const one = await made(world);
  const foreign = await byHand(one.id, String(one.transfer.destination));
  expect((await world.deps.transfers.findByPayout(one.id))[0]?.id).toBe(foreign.id);
  await resolve(world);
  expect(await payoutOf(world, one.id)).toMatchObject({
    status: 'COMPLETED',
    stripeTransferId: one.transfer.id,
  });
  expect(await transfersOf(world, one.id)).toHaveLength(2);
});

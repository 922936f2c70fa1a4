// What a payout must come to in the end, whatever happened on the way.
import type Stripe from 'stripe';
import { expect } from 'vitest';
import type { World } from '../support/world.js';
import { payoutOf, transfersOf } from './support.js';

/** The only transfer that was ever made for a payout, which is COMPLETED by it. */
export async function expectPaidOnce(world: World, payoutId: string): Promise<Stripe.Transfer> {
  const [transfer, ...others] = await transfersOf(world, payoutId);
  if (!transfer) throw new Error('no transfer was made');
  expect(others).toEqual([]);
  expect(await payoutOf(world, payoutId)).toMatchObject({
    status: 'COMPLETED',
    stripeTransferId: transfer.id,
    amountReversedCents: 0,
  });
  return transfer;
}

/** Neither taken back nor failed. */
export const isLive = (transfer: Stripe.Transfer & { status?: string }): boolean =>
  !transfer.reversed && transfer.status !== 'failed';

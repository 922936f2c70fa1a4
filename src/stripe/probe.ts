// Looks whether Stripe is there: reads alone, and little.
import { createStripe, type StripeSettings } from './client.js';

export interface StripeProbe {
  /** @throws the SDK's error */
  livemode(): Promise<boolean>;
  /** Of the newest events that every endpoint should have had by now; of the platform's own account. */
  oldEventIds(): Promise<string[]>;
}

/** Seconds that an event may take to arrive, and for which it is worth looking for. */
const ARRIVED_AFTER = 300;
const LOOKED_FOR = 3 * 24 * 3_600;

/** What our endpoints must be sent. */
const TYPES = ['transfer.created', 'transfer.reversed', 'transfer.updated'];

export function probeStripe(settings: StripeSettings): StripeProbe {
  const stripe = createStripe(settings);
  return {
    livemode: async () => (await stripe.balance.retrieve()).livemode,
    async oldEventIds() {
      const now = Math.floor(Date.now() / 1_000);
      const created = { lt: now - ARRIVED_AFTER, gt: now - LOOKED_FOR };
      const { data } = await stripe.events.list({ limit: 20, types: TYPES, created });
      return data.map(({ id }) => id);
    },
  };
}

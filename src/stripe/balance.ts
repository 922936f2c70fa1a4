// The platform's own balance, as Stripe tells it at this moment.
import type Stripe from 'stripe';
import type { PlatformBalance } from '../payouts/ports.js';
import { asked } from './ask.js';

export function createPlatformBalance(stripe: Stripe): PlatformBalance {
  return {
    async available() {
      const { available } = await asked('/v1/balance', () => stripe.balance.retrieve());
      // Something in front of Stripe may answer 200 with anything: that is no balance of nothing.
      if (!Array.isArray(available)) throw new Error('Stripe answered with something that is no balance');
      const byCurrency: Record<string, number> = {};
      for (const { amount, currency } of available)
        byCurrency[currency] = (byCurrency[currency] ?? 0) + amount;
      return byCurrency;
    },
  };
}

// Single things at Stripe as they stand now: a transfer, a creator's readiness.
import Stripe from 'stripe';
import { GatewayRefusedError, type StripeReader } from '../payouts/ports.js';
import { asked } from './ask.js';
import { isReady } from './events.js';
import { hasFailed, transferFact } from './transfers.js';

export function createStripeReader(stripe: Stripe): StripeReader {
  return {
    async transfer(transferId) {
      const transfer = await orMissing(asked(stripe.transfers.retrieve(transferId)));
      return transfer && { ...transferFact(transfer), failed: hasFailed(transfer) };
    },
    async transfersEnabled(accountId) {
      const account = await orMissing(asked(stripe.accounts.retrieve(accountId)));
      return account && isReady(account);
    },
  };
}

/** Null where Stripe says that it has no such thing, or that an account is none of ours any more. */
async function orMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (codeOf(error) === 'resource_missing' || codeOf(error) === 'account_invalid') return null;
    throw error;
  }
}

/** Stripe's, also below what a refusal was wrapped in. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof GatewayRefusedError) return error.code;
  return error instanceof Stripe.errors.StripeError ? error.code : undefined;
}

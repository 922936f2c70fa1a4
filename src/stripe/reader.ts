// Single things at Stripe as they stand now: a transfer, a creator's readiness.
import type Stripe from 'stripe';
import type { StripeReader } from '../payouts/ports.js';
import { accountState } from './accounts.js';
import { asked, orMissing } from './ask.js';
import { hasFailed, transferFact } from './transfers.js';

export function createStripeReader(stripe: Stripe): StripeReader {
  return {
    async transfer(transferId) {
      const transfer = await orMissing(
        asked('/v1/transfers/{id}', () => stripe.transfers.retrieve(transferId)),
      );
      return transfer && { ...transferFact(transfer), failed: hasFailed(transfer) };
    },
    async account(accountId) {
      const account = await orMissing(asked('/v1/accounts/{id}', () => stripe.accounts.retrieve(accountId)));
      return account && accountState(account);
    },
  };
}

// Connected accounts are made here, and the links that creators set them up by.
import type Stripe from 'stripe';
import type { OnboardingGateway } from '../payouts/ports.js';
import { asked, orMissing } from './ask.js';

/**
 * Express: Stripe asks for everything itself, in the creator's language, and keeps it up to date. Nothing is sent that may
 * change, such as the e-mail address: the same key with other words is refused.
 */
export function createOnboarding(stripe: Stripe): OnboardingGateway {
  return {
    async createAccount(id) {
      const account = await asked('/v1/accounts', () =>
        stripe.accounts.create(
          {
            type: 'express',
            capabilities: { transfers: { requested: true } },
            metadata: { creator_id: id },
          },
          { idempotencyKey: `account_${id}` },
        ),
      );
      return account.id;
    },
    async createLink(account, { returnUrl, refreshUrl }) {
      const link = await orMissing(
        asked('/v1/account_links', () =>
          stripe.accountLinks.create({
            account,
            type: 'account_onboarding',
            return_url: returnUrl,
            refresh_url: refreshUrl,
          }),
        ),
      );
      return link && { url: link.url, expiresAt: new Date(link.expires_at * 1_000) };
    },
  };
}

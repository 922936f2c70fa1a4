// Connected accounts are made here, and the links that creators set them up by.
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { NewAccount, OnboardingGateway } from '../payouts/ports.js';
import { asked, orMissing } from './ask.js';

/** Express: Stripe asks for everything itself, in the creator's language, and keeps it up to date. */
export function createOnboarding(stripe: Stripe): OnboardingGateway {
  return {
    async createAccount(creator) {
      const { id, email } = creator;
      const account = await asked('/v1/accounts', () =>
        stripe.accounts.create(
          {
            type: 'express',
            email,
            capabilities: { transfers: { requested: true } },
            metadata: { creator_id: id },
          },
          { idempotencyKey: keyOf(creator) },
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

/** Stripe refuses a key that comes with another address for a day, and answers one of an account that is gone with that. */
function keyOf({ id, email, earlierAccounts }: NewAccount): string {
  const address = createHash('sha256').update(email).digest('hex').slice(0, 16);
  return `account_${id}_${earlierAccounts}_${address}`;
}

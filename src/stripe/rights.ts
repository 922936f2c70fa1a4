// What our key may do at Stripe, found out without doing any of it.
import type Stripe from 'stripe';

/** Each as one asks whether it may: with what Stripe must refuse for something else, where it would change anything. */
const RIGHTS: Readonly<Record<string, (stripe: Stripe) => Promise<unknown>>> = {
  'read balance': (stripe) => stripe.balance.retrieve(),
  'read balance transactions': (stripe) => stripe.balanceTransactions.list({ limit: 1 }),
  'read transfers': (stripe) => stripe.transfers.list({ limit: 1 }),
  'read accounts': (stripe) => stripe.accounts.list({ limit: 1 }),
  'read events': (stripe) => stripe.events.list({ limit: 1 }),
  // No transfer without an amount, no account of a type that there is not, no link without an account.
  'write transfers': (stripe) => stripe.rawRequest('POST', '/v1/transfers'),
  'write accounts': (stripe) => stripe.rawRequest('POST', '/v1/accounts', { type: 'none' }),
  'write account links': (stripe) => stripe.rawRequest('POST', '/v1/account_links'),
};

/** Other refusals of the request itself say that it was looked at. */
const LOOKED_AT: ReadonlySet<number | undefined> = new Set([400, 404]);

/** @throws the SDK's error where there is no answer, or the key is none */
export async function missingRights(stripe: Stripe): Promise<string[]> {
  const may = await Promise.all(Object.values(RIGHTS).map((ask) => isAllowed(ask(stripe))));
  return Object.keys(RIGHTS).filter((_, index) => !may[index]);
}

async function isAllowed(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 403) return false;
    if (LOOKED_AT.has(statusCode)) return true;
    throw error;
  }
}

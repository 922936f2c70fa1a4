// Looks whether Stripe is there, and whether what it tells reaches us: little, and nothing is changed.
import type Stripe from 'stripe';
import { createStripe, type StripeSettings } from './client.js';
import { missingRights } from './rights.js';

export interface StripeProbe {
  /** Of what our key must be able to do, in words. @throws the SDK's error */
  missingRights(): Promise<string[]>;
  /** @throws the SDK's error */
  balance(): Promise<{ livemode: boolean; currencies: readonly string[] }>;
  /** Of the newest events that every endpoint should have had by now, of the platform's own account. */
  oldEventIds(): Promise<string[]>;
  /** The same of one connected account; null: our key may not ask. */
  oldEventIdsOf(account: string): Promise<string[] | null>;
  /** Null: our key may not ask for them, or whoever answers has none. */
  endpoints(): Promise<Endpoint[] | null>;
  /** Whether the account of our key has made it; null: our key may not ask. */
  hasTransfer(id: string): Promise<boolean | null>;
}

/** Where Stripe sends events to. */
export interface Endpoint {
  url: string;
  enabled: boolean;
  /** `*`: all. */
  types: readonly string[];
}

/** Seconds that an event may take to arrive, and for which it is worth looking for. */
const ARRIVED_AFTER = 300;
const LOOKED_FOR = 3 * 24 * 3_600;

/** What the endpoint of the platform's own account is to be sent, and that of connected accounts. */
export const OWN_TYPES = ['transfer.created', 'transfer.reversed', 'transfer.updated'] as const;
export const CONNECTED_TYPES = [
  'account.updated',
  'capability.updated',
  'payout.paid',
  'payout.failed',
] as const;

export function probeStripe(settings: StripeSettings): StripeProbe {
  const stripe = createStripe(settings);
  return {
    missingRights: () => missingRights(stripe),
    async balance() {
      const { livemode, available, pending } = await stripe.balance.retrieve();
      return { livemode, currencies: [...available, ...pending].map(({ currency }) => currency) };
    },
    oldEventIds: () => oldEvents(stripe, [...OWN_TYPES]),
    oldEventIdsOf: (stripeAccount) =>
      unlessRefused(oldEvents(stripe, [...CONNECTED_TYPES], { stripeAccount })),
    endpoints: () => unlessRefused(endpointsOf(stripe)),
    hasTransfer: (id) => unlessRefused(isThere(stripe.transfers.retrieve(id))),
  };
}

async function oldEvents(stripe: Stripe, types: string[], options: Stripe.RequestOptions = {}) {
  const now = Math.floor(Date.now() / 1_000);
  const created = { lt: now - ARRIVED_AFTER, gt: now - LOOKED_FOR };
  const { data } = await stripe.events.list({ limit: 20, types, created }, options);
  return data.map(({ id }) => id);
}

async function endpointsOf(stripe: Stripe): Promise<Endpoint[]> {
  const { data } = await stripe.webhookEndpoints.list({ limit: 100 });
  return data.map(({ url, status, enabled_events: types }) => ({
    url,
    enabled: status === 'enabled',
    types,
  }));
}

const statusOf = (error: unknown) => (error as { statusCode?: number }).statusCode ?? 0;

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Not for our key, or nothing that whoever answers knows of. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);

async function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (REFUSED.has(statusOf(error))) return null;
    throw error;
  }
}

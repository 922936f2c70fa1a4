// The shapes of webhooks: modes, rules for single events, deliveries and emissions. Times whose name ends in
// `Ms` are milliseconds, all others Unix seconds.
import type Stripe from 'stripe';

export type WebhookMode = 'deliver' | 'hold' | 'drop';

export interface WebhookRule {
  /** `swap` sends the event after the one that follows it. */
  action: 'drop' | 'hold' | 'duplicate' | 'delay' | 'swap';
  match?: { type?: string; objectId?: string };
  /** How many events it hits. Default 1. */
  times?: number | 'always';
  /** For `delay`: milliseconds. Default 100. */
  ms?: number;
}

export interface QueuedWebhookRule extends WebhookRule {
  id: string;
  hits: number;
}

export interface DeliveryAttempt {
  atMs: number;
  /** The `t` of the signature, Unix seconds. */
  timestamp: number;
  /** The endpoint's HTTP status, or null when it could not be reached. */
  status: number | null;
  error: string | null;
}

type DeliveryStatus = 'pending' | 'held' | 'dropped' | 'delivered' | 'failed';

/** The delivery of one event; there is exactly one for each. */
export interface Delivery {
  /** The event's id, `evt_…`. */
  id: string;
  created: number;
  type: string;
  objectId: string;
  /** Which endpoint, and so which secret, it is for. */
  endpoint: 'platform' | 'connect';
  status: DeliveryStatus;
  attempts: DeliveryAttempt[];
  /** Unix seconds that every signature of this delivery carries; absent, the time of the try. */
  timestamp?: number;
  /** `platform`, `connect` or raw secrets: one `v1` each; absent, the endpoint's own. */
  signWith?: string[];
}

export interface Emission {
  /** Any event type; `transfer.paid` and `transfer.failed` show their object as old API versions did. */
  type: string;
  /** The object is looked up by its id (`tr_`, `po_`, `acct_`); an unknown one is a bare object with that id. */
  objectId?: string;
  /** The object itself, instead of an id. */
  object?: { id: string; [name: string]: unknown };
  /** Put over the object: a wrong amount, another destination. */
  patch?: Record<string, unknown>;
  /** The connected account; absent, the platform (or the owner of a bank payout or account). */
  account?: string;
  /** The event's id; one that exists is replaced. */
  id?: string;
  /** The event's `created`, Unix seconds. */
  created?: number;
  livemode?: boolean;
  apiVersion?: string | null;
  /** The signature's `t`, Unix seconds, old or future; absent, now. */
  timestamp?: number;
  /** `platform`, `connect` or raw `whsec_…`: one `v1` for each. Absent: the endpoint's own secret. */
  signWith?: string[];
}

/** An emitted event and what became of its first try. */
export interface Emitted {
  event: Stripe.EventBase;
  delivery: Delivery;
}

// The shapes that cross the simulator's border: start options, what control takes about accounts, and the
// state that it shows. Amounts are integer minor units (cents); times whose name
// ends in `Ms` are milliseconds, all others Unix seconds.
import type Stripe from 'stripe';
import type { FaultName, QueuedFault } from './fault-types.js';
import type { QueuedWebhookRule, WebhookMode } from './webhook-types.js';

export interface SimulatorOptions {
  /** TCP port; 0 picks a free one. */
  port: number;
  /** Address to listen on. Default `127.0.0.1`. */
  host?: string;
  /** Secret keys that are accepted. Absent: any `sk_test_…`. */
  apiKeys?: string[];
  /** Where platform and Connect events are POSTed. Control may change it later. */
  webhookUrl?: string;
  /** `whsec_…` that signs the platform's events. */
  platformSecret: string;
  /** `whsec_…` that signs events of connected accounts (those with `account`). */
  connectSecret: string;
  /** File that keeps the state across restarts and kill -9. Absent: the state lives in memory. */
  journal?: string;
  /** The host's time in milliseconds. Default `Date.now`. */
  now?: () => number;
  /** The platform's country, which decides the region that it may pay into. Default `US`. */
  country?: string;
  /** Opening balance in cents per currency, for a new state. Default `{ usd: 100_000_000 }`. */
  balance?: Record<string, number>;
  /** Milliseconds between tries of a webhook; the last one repeats. */
  webhookRetryDelaysMs?: number[];
  /** Milliseconds that an endpoint has to answer a webhook. Default 10 000. */
  webhookTimeoutMs?: number;
  /** Requests a second that each endpoint answers before it says 429. Absent: no limit. */
  requestsPerSecond?: number;
  /** Base of the onboarding links, when people reach the simulator by another address. */
  publicUrl?: string;
}

export interface Simulator {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  port: number;
  /** Ends every connection, timer and delivery; pending webhooks go on after a restart. */
  close(): Promise<void>;
}

export interface RequestEntry {
  id: string;
  atMs: number;
  method: string;
  path: string;
  params: unknown;
  idempotencyKey: string | null;
  account: string | null;
  /** What was answered; null while in flight, or when the connection was cut without an answer. */
  status: number | null;
  /** Stripe's error code, when the answer was an error that has one. */
  code: string | null;
  replayed: boolean;
  faults: FaultName[];
}

export interface RequestCounters {
  total: number;
  /** By `METHOD /v1/resource`. */
  byEndpoint: Record<string, number>;
  byStatus: Record<string, number>;
  /** The most requests that one endpoint saw within any one second. */
  peakPerSecond: Record<string, number>;
}

export interface IdempotencyEntry {
  key: string;
  createdMs: number;
  method: string;
  path: string;
  /** Null while the first request is in flight. */
  status: number | null;
}

export interface SimulatorState {
  /** The simulator's clock, Unix seconds. */
  now: number;
  country: string;
  balance: Record<string, number>;
  transfers: Stripe.Transfer[];
  accounts: Stripe.Account[];
  payouts: Stripe.Payout[];
  idempotencyKeys: IdempotencyEntry[];
  requests: RequestEntry[];
  counters: RequestCounters;
  faults: QueuedFault[];
  /** How many requests a latency or a hang is holding right now. */
  heldRequests: number;
  webhooks: { url: string | null; mode: WebhookMode; rules: QueuedWebhookRule[] };
  /** Reconciles the platform's balance with its transactions, cent for cent. */
  balanced: boolean;
}

export interface NewAccount {
  /** A chosen `acct_…`; absent, one is made. */
  id?: string;
  /** Default `inactive`, as a new account is before its owner was onboarded. */
  transfers?: 'active' | 'inactive' | 'pending';
  /** Default: the platform's country. */
  country?: string;
  email?: string;
  serviceAgreement?: 'full' | 'recipient';
}

export interface AccountChange {
  transfers?: 'active' | 'inactive' | 'pending';
  payoutsEnabled?: boolean;
  country?: string;
  email?: string;
  serviceAgreement?: 'full' | 'recipient';
}

export interface NewBankPayout {
  /** Continues an earlier bank payout (`po_…`), say one that was paid and now fails. */
  id?: string;
  /** Cents; absent, all that the account holds. */
  amount?: number;
  currency?: string;
  status: 'paid' | 'failed';
  failureCode?: string;
}

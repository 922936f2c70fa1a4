// The rows that the store keeps: Stripe's objects with what the API does not show of them.
import type Stripe from 'stripe';
import type { Row } from './table.js';
import type { Delivery, WebhookMode } from './webhook-types.js';

/** A transfer as kept; `reversals` is put in when it is shown. */
export interface TransferRow extends Omit<Stripe.Transfer, 'reversals' | 'destination'> {
  destination: string;
  /** Only of one that failed after it was made, as transfers could in older API versions. */
  status?: 'failed';
  reversalIds: string[];
}

export interface ReversalRow extends Omit<Stripe.TransferReversal, 'transfer'> {
  transfer: string;
}

export interface AccountRow extends Row {
  account: Stripe.Account;
  /** Cents per currency that have arrived and not left for the bank. */
  balance: Record<string, number>;
  deleted: boolean;
}

export interface LinkRow extends Row {
  account: string;
  expiresAt: number;
  returnUrl: string;
  refreshUrl: string;
  /** The form's token once the link was opened: links work once. */
  session: string | null;
  done: boolean;
}

export interface PayoutRow extends Row {
  account: string;
  payout: Stripe.Payout;
}

export interface EventRow extends Row {
  event: Stripe.EventBase;
}

export interface KeyRow extends Row {
  key: string;
  createdMs: number;
  method: string;
  path: string;
  fingerprint: string;
  requestId: string;
  status: number;
  body: string;
}

export interface PlatformRow extends Row {
  balance: Record<string, number>;
  accountId: string;
}

export interface ControlRow extends Row {
  clockOffsetMs: number;
  webhookUrl: string | null;
  webhookMode: WebhookMode;
}

export interface Rows {
  transfers: TransferRow;
  reversals: ReversalRow;
  accounts: AccountRow;
  links: LinkRow;
  balanceTransactions: Stripe.BalanceTransaction;
  payouts: PayoutRow;
  events: EventRow;
  keys: KeyRow;
  deliveries: Delivery;
  platform: PlatformRow;
  control: ControlRow;
}

// What the payouts' rules need from outside, as interfaces: the rules know no SDK, no queue and no broker.

/** A transfer as Stripe has it, whoever told us: a response, a list or a webhook. */
export interface TransferFact {
  id: string;
  amountCents: number;
  currency: string;
  /** The connected account, `acct_…`. */
  destination: string;
  transferGroup: string | null;
  /** Our payout, from the transfer's metadata. */
  payoutId: string | null;
  /** The key it was made under, from the transfer's metadata; null on what we did not make. */
  idempotencyKey: string | null;
  amountReversedCents: number;
}

/** Exactly what is asked of Stripe under one key; a resend asks the same. */
export interface TransferRequest {
  payoutId: string;
  idempotencyKey: string;
  amountCents: number;
  currency: string;
  destination: string;
}

/** What an answer of Stripe's means for the payout. */
export type TransferAnswer =
  | { kind: 'succeeded'; transfer: TransferFact; requestId: string | null }
  /** Stripe says that nothing was and nothing will be done under this key. */
  | { kind: 'refused'; retryable: boolean; code: string; message: string; requestId: string | null }
  /** Stripe did not start on it: the same key may be sent again. */
  | { kind: 'not_executed'; code: string; message: string }
  /** Nobody knows: the transfer may exist. Never taken for a failure. */
  | { kind: 'unknown'; message: string }
  /** Our key or our request is at fault; trying again does not help before someone mends it. */
  | { kind: 'misconfigured'; code: string; message: string };

export interface TransferGateway {
  /** Sends the request once, under its key. Whatever happens becomes an answer; it does not throw. */
  create(request: TransferRequest): Promise<TransferAnswer>;
  /** All transfers of a payout. @throws when Stripe does not answer: absence is proven by an answer only. */
  findByPayout(payoutId: string): Promise<TransferFact[]>;
}

/** Reminders. Postgres is the truth, so a lost one costs time and nothing else. */
export interface Signals {
  /** Payouts wait to be sent. */
  due(): void;
  /** The log has new events. */
  changed(): void;
}

/** `transfer_group` of a payout's transfers: unique to the payout, so listing by it finds all of them. */
export const transferGroupOf = (payoutId: string): string => `payout_${payoutId}`;

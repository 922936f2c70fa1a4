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

/** Stripe refuses our key or our permissions: nothing works before someone mends the settings. */
export class GatewayRefusedError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Making transfers. */
export interface TransferGateway {
  /** Sends the request once, under its key. Whatever happens becomes an answer; it does not throw. */
  create(request: TransferRequest): Promise<TransferAnswer>;
  /**
   * All transfers of a payout.
   * @throws when Stripe does not answer, GatewayRefusedError when it refuses us: absence is proven by an answer only
   */
  findByPayout(payoutId: string): Promise<TransferFact[]>;
}

/** What Stripe knows of single things. All of it throws as `findByPayout` does. */
export interface StripeReader {
  /** One transfer; null: Stripe has none of this id. */
  transfer(transferId: string): Promise<RetrievedTransfer | null>;
  /** A connected account as it stands now; null: Stripe has no such account. */
  account(accountId: string): Promise<AccountState | null>;
}

/** What a connected account can do, and what it lacks. */
export interface AccountState {
  /** It can receive transfers: what gates the bank leg does not matter. */
  transfersEnabled: boolean;
  /** What Stripe still asks for; null: who told us of the account did not say. */
  requirements: AccountRequirements | null;
}

/** In Stripe's words; `payouts/creators/requirements` says them plainly. */
export interface AccountRequirements {
  /** What the creator must hand in, such as `external_account` or `individual.dob.day`. */
  due: readonly string[];
  /** Handed in, and being looked at by Stripe. */
  pending: readonly string[];
  /** Why Stripe has turned something off, such as `requirements.past_due` or `rejected.fraud`. */
  disabledReason: string | null;
  /** Until when it must be handed in: an ISO time. */
  deadline: string | null;
}

/** An account that Stripe does not know, or that took our access away, receives nothing. */
export const NO_ACCOUNT: AccountState = {
  transfersEnabled: false,
  requirements: { due: [], pending: [], disabledReason: 'no_such_account', deadline: null },
};

export interface NewAccount {
  /** Of the creator. */
  id: string;
  email: string;
  /** Accounts that the creator had of us before, and that were taken from it: this is another one. */
  earlierAccounts: number;
}

/** Letting creators set up their account at Stripe. It throws as `findByPayout` does. */
export interface OnboardingGateway {
  /** Makes a connected account; twice for the same of one creator within a day makes one. @returns its id */
  createAccount(creator: NewAccount): Promise<string>;
  /** A page of Stripe's, once, for some minutes; null: Stripe has no such account. */
  createLink(accountId: string, urls: OnboardingUrls): Promise<OnboardingLink | null>;
}

export interface OnboardingUrls {
  /** Where the creator goes when it is done, or has had enough: it proves nothing. */
  returnUrl: string;
  /** Where it goes when the link is spent or too old: ask for a new one there. */
  refreshUrl: string;
}

export interface OnboardingLink {
  url: string;
  expiresAt: Date;
}

export interface RetrievedTransfer extends TransferFact {
  /** Older API versions have transfers that fail after they were made, and say so. */
  failed: boolean;
}

/** The platform's own money at Stripe. */
export interface PlatformBalance {
  /** What may leave now, in cents by currency (lower case); a currency that is not there has none. It throws as `findByPayout` does. */
  available(): Promise<Readonly<Record<string, number>>>;
}

/** Stripe's books of a period, page by page. All of it throws as `findByPayout` does. */
export interface TransferBook {
  /** Every transfer that was made in the period, newest first. */
  created(period: StripePeriod): AsyncIterable<ListedTransfer[]>;
  /** The transfers of which something was taken back in the period, as they stand now. */
  reversed(period: StripePeriod): AsyncIterable<ListedTransfer[]>;
}

export interface ListedTransfer extends TransferFact {
  createdAt: Date;
}

/** From `start` (included) to `end` (excluded), to the second. */
export interface StripePeriod {
  start: Date;
  end: Date;
}

/** Reminders. Postgres is the truth, so a lost one costs time and nothing else. */
export interface Signals {
  /** Payouts wait to be sent. */
  due(): void;
  /** Failed payouts wait to be sent again, before their time. */
  retriesDue(): void;
  /** Attempts wait to be looked up or sent again. */
  outcomesDue(): void;
  /** Accounts wait to be asked about: whether they can receive transfers. */
  accountsDue(): void;
  /** A reconciliation waits to be run. */
  reconciliationDue(): void;
  /** The log has new events, or alerts have changed. */
  changed(): void;
}

/** `transfer_group` of a payout's transfers: unique to the payout, so listing by it finds all of them. */
export const transferGroupOf = (payoutId: string): string => `payout_${payoutId}`;

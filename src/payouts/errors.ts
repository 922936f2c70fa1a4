// What a caller can do wrong, as typed errors: each has a literal `code` of the public contract and a message that
// says what to do. Anything else that is thrown is a fault of ours or of a dependency.
import { formatCents } from './money.js';

export type PayoutErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'AMOUNT_BELOW_MINIMUM'
  | 'AMOUNT_ABOVE_MAXIMUM'
  | 'STATEMENT_OVERDRAWN'
  | 'CREATOR_NOT_READY'
  | 'INVALID_TRANSITION'
  | 'APPROVER_IS_REQUESTER'
  | 'IDEMPOTENCY_CONFLICT'
  | 'TOTAL_CHANGED'
  | 'STRIPE_UNAVAILABLE';

/** The base of all of them. */
export abstract class PayoutError extends Error {
  abstract readonly code: PayoutErrorCode;
}

/** A value that cannot be meant: `path` names the input field. */
export class InvalidInputError extends PayoutError {
  readonly code = 'INVALID_INPUT';
  /** Not `path`: GraphQL takes an error that has one for its own. */
  readonly inputPath: readonly string[];
  constructor(path: readonly string[], message: string) {
    super(`${path.join('.')}: ${message}`);
    this.inputPath = path;
  }
}

/** The thing does not exist, or is not the viewer's: there is no difference. */
export class NotFoundError extends PayoutError {
  readonly code = 'NOT_FOUND';
  constructor(what: string) {
    super(`No such ${what}. Check the id.`);
  }
}

export class AmountBelowMinimumError extends PayoutError {
  readonly code = 'AMOUNT_BELOW_MINIMUM';
  readonly minimumCents: number;
  constructor(minimumCents: number, currency: string) {
    super(`A payout is at least ${formatCents(minimumCents, currency)}.`);
    this.minimumCents = minimumCents;
  }
}

export class AmountAboveMaximumError extends PayoutError {
  readonly code = 'AMOUNT_ABOVE_MAXIMUM';
  readonly maximumCents: number;
  constructor(maximumCents: number, currency: string) {
    super(`A payout is at most ${formatCents(maximumCents, currency)}. Split the amount.`);
    this.maximumCents = maximumCents;
  }
}

export class StatementOverdrawnError extends PayoutError {
  readonly code = 'STATEMENT_OVERDRAWN';
  readonly availableCents: number;
  constructor(
    availableCents: number,
    currency: string,
    message = `Only ${formatCents(availableCents, currency)} of this statement is left to pay.`,
  ) {
    super(message);
    this.availableCents = availableCents;
  }
}

export class CreatorNotReadyError extends PayoutError {
  readonly code = 'CREATOR_NOT_READY';
  constructor(
    message = 'The creator cannot receive transfers yet. Ask them to finish their Stripe onboarding.',
  ) {
    super(message);
  }
}

/** The payout is in a status from which this cannot be done. */
export class InvalidTransitionError extends PayoutError {
  readonly code = 'INVALID_TRANSITION';
  readonly status: string;
  constructor(status: string, message: string) {
    super(message);
    this.status = status;
  }
}

/** Two people decide about a large sum: who asked for it is one of them, and cannot be the other. */
export class ApproverIsRequesterError extends PayoutError {
  readonly code = 'APPROVER_IS_REQUESTER';
  constructor() {
    super('You asked for this payout yourself. Ask another admin to approve it.');
  }
}

/** The client's key was used before, with another request. */
export class IdempotencyConflictError extends PayoutError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
  constructor() {
    super('This idempotency key was used with other input. Use a new key for a new request.');
  }
}

/** What a run comes to. */
export interface RunTotals {
  payoutCount: number;
  totalCents: number;
}

/** The run is not what was previewed any more. */
export class TotalChangedError extends PayoutError {
  readonly code = 'TOTAL_CHANGED';
  readonly totalCents: number;
  readonly payoutCount: number;
  /** @param what has changed: the sum or the count, or nothing but the statements behind both */
  constructor({ totalCents, payoutCount }: RunTotals, currency: string, what: 'sum' | 'statements' = 'sum') {
    const payouts = payoutCount === 1 ? '1 payout' : `${payoutCount} payouts`;
    const sum = `${formatCents(totalCents, currency)} in ${payouts}`;
    const now = what === 'sum' ? `It is ${sum} now` : `It is still ${sum}, but not of the same statements`;
    super(`${now}. Look at the preview again.`);
    this.totalCents = totalCents;
    this.payoutCount = payoutCount;
  }
}

/** Stripe did not answer, or refused us: nothing was changed. */
export class StripeUnavailableError extends PayoutError {
  readonly code = 'STRIPE_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('Stripe does not answer at the moment. Try again in a minute.', options);
  }
}

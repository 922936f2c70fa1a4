// What an admin decides, how the payout stands for it, and why it may not be decided any more.
import type { PayoutControl, PayoutStatus } from '../../generated/prisma/enums.js';
import { InvalidInputError, InvalidTransitionError } from '../errors.js';
import { formatCents } from '../money.js';
import { canDecide, type DecisionCause } from '../transitions.js';

export interface Decision {
  payoutId: string;
  /** Why, in the admin's words: 1 to 1000 characters. Creators never read it. */
  reason: string;
}

/** What the admin saw; absent: not looked at. */
export interface ApprovalOf extends Decision {
  /** Cents of the payout's currency. */
  expectedAmountCents?: number | null | undefined;
  /** The creator's account at Stripe. */
  expectedDestination?: string | null | undefined;
}

export interface Standing {
  status: PayoutStatus;
  control: PayoutControl | null;
  controlReason: string | null;
  amountCents: number;
  waitsForRetry: boolean;
  needsApproval: boolean;
  isApproved: boolean;
  currency: string;
  /** The creator's at Stripe, as it is now. */
  account: string | null;
  /** Until then a request that was given up without an answer could still make its transfer; null: none could. */
  mayArriveUntil: Date | null;
  /** It stood in this backup, and may have been paid after it for all that we know; null: it was not. */
  uncomparedBackup: Date | null;
}

export function checkDecision(on: DecisionCause, { status, control }: Standing): void {
  if (control !== 'REJECTED' && canDecide(on, status)) return;
  throw new InvalidTransitionError(status, whyNot(status, control));
}

export const MAY_BE_PAID =
  'Stripe tells of a transfer of this payout, which an earlier request may have made. A worker looks at it before it sends ' +
  'anything: let the payout go on, or hold it and compare both by hand.';

/** Between the look and the click somebody may have changed it: what nobody has seen is not approved. */
export function checkSeen(seen: ApprovalOf, { amountCents, currency, account }: Standing): void {
  const { expectedAmountCents = null, expectedDestination = null } = seen;
  const again = 'Look at the payout again before you approve it.';
  if (expectedAmountCents !== null && expectedAmountCents !== amountCents) {
    const [now, then] = [amountCents, expectedAmountCents].map((cents) => formatCents(cents, currency));
    throw new InvalidInputError(['expectedAmountCents'], `it is ${now} now, not ${then}. ${again}`);
  }
  if (expectedDestination !== null && expectedDestination !== account) {
    const message = `the creator has another Stripe account by now. ${again}`;
    throw new InvalidInputError(['expectedDestination'], message);
  }
}

/** A rejection frees the statement: no transfer may turn up beside it. */
export function checkLost({ status, mayArriveUntil }: Standing): void {
  if (mayArriveUntil === null) return;
  throw new InvalidTransitionError(
    status,
    'An earlier request of this payout was given up without an answer, and could still make its transfer: hold the payout, ' +
      `so that nothing else is sent, and reject it after ${mayArriveUntil.toISOString()}.`,
  );
}

/** The transfer that a restored database has forgotten would live beside the rejection. */
export function checkCompared({ status, uncomparedBackup }: Standing): void {
  if (uncomparedBackup === null) return;
  const at = uncomparedBackup.toISOString();
  throw new InvalidTransitionError(
    status,
    `The database was restored, and this payout may have been paid after the backup of ${at}: hold it, reconcile with Stripe ` +
      'from before that time, and reject it then.',
  );
}

/** What may still be sent: it was not, or it waits for its next attempt. */
export function checkUnsent({ status, control, waitsForRetry }: Standing): void {
  if (status === 'PENDING' || (status === 'FAILED' && waitsForRetry)) return;
  throw new InvalidTransitionError(status, whyNot(status, control));
}

function whyNot(status: PayoutStatus, control: Standing['control']): string {
  if (control === 'REJECTED') return 'The payout was rejected: it has ended.';
  if (status === 'PROCESSING') {
    return 'The payout is being sent, and the transfer may be made already: it cannot be kept back. Wait for its outcome.';
  }
  return status === 'COMPLETED'
    ? 'The payout is paid: there is nothing left to decide.'
    : 'The payout has failed and is not tried again: there is nothing left to decide.';
}

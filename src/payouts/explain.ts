// Why a payout failed, in a plain sentence for the creator, with what to do next. No Stripe words, no ids.
import type { PayoutRow } from './row.js';

const NEXT = {
  wait: 'We will try again by ourselves.',
  support: 'Nothing is lost: we are looking into it and will pay you as soon as it is solved.',
  ask: 'Write to us if you think that it is owed to you.',
} as const;

/** Ours, of a payout that an admin has rejected. */
export const REJECTED = 'rejected';

export interface FailureWords {
  what: string;
  /** What only the creator can mend; null: nothing. */
  todo: string | null;
  /** What follows where no retry does. */
  next: string;
}

const REASONS: Readonly<Record<string, Pick<FailureWords, 'what' | 'todo'>>> = {
  balance_insufficient: { what: 'Our payment account had to be topped up first.', todo: null },
  insufficient_capabilities_for_transfer: {
    what: 'Your Stripe account cannot receive transfers yet.',
    todo: 'Please finish your onboarding.',
  },
  resource_missing: {
    what: 'Your Stripe account could not be found.',
    todo: 'Please connect it again.',
  },
  rejected: { what: 'We decided not to make this payment.', todo: null },
  transfer_reversed: { what: 'This payment was taken back after it had been made.', todo: null },
};

const UNKNOWN = { what: 'The payment could not be made.', todo: null };

export const failureWords = (code: string | null): FailureWords => ({
  ...(REASONS[code ?? ''] ?? UNKNOWN),
  next: code === REJECTED ? NEXT.ask : NEXT.support,
});

/** `willRetry`: an automatic retry follows. */
export function explainFailure(code: string | null, willRetry: boolean): string {
  const { what, todo, next } = failureWords(code);
  return [what, todo, willRetry ? NEXT.wait : next].filter((part) => part !== null).join(' ');
}

/** Of a payout that an admin has not let go yet, whatever the admin's reason is. */
export const BEING_CHECKED = 'We are checking this payment before we send it. You need not do anything.';
/** Creators read a sentence; nobody but admins reads what Stripe wrote. Null: it has not failed. */
export function failedReasonFor(
  {
    status,
    failureCode,
    failedReason,
    nextAttemptAt,
  }: Pick<PayoutRow<Date | string>, 'status' | 'failureCode' | 'failedReason' | 'nextAttemptAt'>,
  isAdmin: boolean,
): string | null {
  if (status !== 'FAILED') return null;
  return isAdmin ? failedReason : explainFailure(failureCode, nextAttemptAt !== null);
}

// Why a payout failed, in a plain sentence for the creator, with what to do next. No Stripe words, no ids.
const NEXT = {
  wait: 'We will try again by ourselves.',
  support: 'Nothing is lost: we are looking into it and will pay you as soon as it is solved.',
  ask: 'Write to us if you think that it is owed to you.',
} as const;

/** Ours, of a payout that an admin has rejected. */
export const REJECTED = 'rejected';

const REASONS: Readonly<Record<string, string>> = {
  balance_insufficient: 'Our payment account had to be topped up first.',
  insufficient_capabilities_for_transfer:
    'Your Stripe account cannot receive transfers yet. Please finish your onboarding.',
  resource_missing: 'Your Stripe account could not be found. Please connect it again.',
  rejected: 'We decided not to make this payment.',
  transfer_reversed: 'This payment was taken back after it had been made.',
};

/** `willRetry`: an automatic retry follows. */
export function explainFailure(code: string | null, willRetry: boolean): string {
  const reason = REASONS[code ?? ''] ?? 'The payment could not be made.';
  return `${reason} ${code === REJECTED ? NEXT.ask : willRetry ? NEXT.wait : NEXT.support}`;
}

/** Of a payout that an admin has not let go yet, whatever the admin's reason is. */
export const BEING_CHECKED = 'We are checking this payment before we send it. You need not do anything.';

// Why a payout failed, in a plain sentence for the creator, with what to do next. No Stripe words, no ids.
const NEXT = {
  wait: 'We will try again by ourselves.',
  support: 'Nothing is lost: we are looking into it and will pay you as soon as it is solved.',
} as const;

const REASONS: Readonly<Record<string, string>> = {
  balance_insufficient: 'Our payment account had to be topped up first.',
  insufficient_capabilities_for_transfer:
    'Your Stripe account cannot receive transfers yet. Please finish your onboarding.',
  resource_missing: 'Your Stripe account could not be found. Please connect it again.',
  transfer_reversed: 'This payment was taken back after it had been made.',
};

/** `willRetry`: an automatic retry follows. */
export function explainFailure(code: string | null, willRetry: boolean): string {
  const reason = REASONS[code ?? ''] ?? 'The payment could not be made.';
  return `${reason} ${willRetry ? NEXT.wait : NEXT.support}`;
}

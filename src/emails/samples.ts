// One e-mail of each kind as a creator might get it, for whoever works on the templates.
import type { PayoutEmail, PayoutEmailProps } from './types.js';

const common: PayoutEmailProps = {
  brand: 'Acme Royalties',
  name: 'Maya Lindqvist',
  amount: '$1,284.50',
  period: 'Oct 1 – 31, 2026',
  reference: 'cmh5x2k9v0003qz7d8r1t6w4b',
  date: 'Nov 23, 2026, 9:05 AM UTC',
  locale: 'en-US',
};

const next = 'Nothing is lost: we are looking into it and will pay you as soon as it is solved.';
const unfinished = {
  next,
  what: 'Your Stripe account cannot receive transfers yet.',
  todo: 'Please finish your onboarding.',
};
const unknown = { what: 'Your Stripe account could not be found.', todo: 'Please connect it again.', next };

export const SAMPLES: Readonly<Record<string, PayoutEmail>> = {
  'payout-initiated': { template: 'PAYOUT_INITIATED', props: common },
  'payout-completed': { template: 'PAYOUT_COMPLETED', props: common },
  'payout-failed': {
    template: 'PAYOUT_FAILED',
    props: { ...common, reason: unknown },
  },
  'payout-retrying': {
    template: 'PAYOUT_RETRYING',
    props: { ...common, reason: unfinished, nextAttempt: 'Nov 23, 2026, 9:35 AM UTC' },
  },
};

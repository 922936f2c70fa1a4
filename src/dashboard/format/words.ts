// Plain words for what the API says in codes: one place, so that a state is called the same everywhere. What is not known
// here yet is written out as it is named.
import type { PayoutStatus } from '../gql/graphql.js';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'still';

export interface Word {
  label: string;
  tone: Tone;
  /** A sentence that says what it means. */
  means: string;
}

export interface Standing {
  status: string;
  /** Cents of it that were taken back after it was paid. */
  reversedCents?: number;
  nextAttemptAt?: string | null;
  /** A sentence where somebody keeps it from being sent. */
  notice?: string | null;
}

const ADMIN: Readonly<Record<string, Word>> = {
  PENDING: { label: 'Waiting', tone: 'still', means: 'It waits for its turn and is sent by itself.' },
  PROCESSING: { label: 'Sending', tone: 'busy', means: 'Stripe is being asked for the transfer.' },
  COMPLETED: { label: 'Paid', tone: 'good', means: 'The money is in the creator’s Stripe balance.' },
  PARTLY_BACK: { label: 'Partly taken back', tone: 'warn', means: 'It was paid, and a part taken back.' },
  FAILED: {
    label: 'Failed',
    tone: 'bad',
    means: 'It is not tried again by itself. Somebody must look at it.',
  },
  WAITING: { label: 'Held back', tone: 'warn', means: 'Somebody must decide before it is sent.' },
  RETRYING: { label: 'Retrying', tone: 'warn', means: 'It failed, and is tried again by itself.' },
};

const CREATOR: Readonly<Record<string, Word>> = {
  PENDING: {
    label: 'Getting ready',
    tone: 'still',
    means: 'We have it on our list and will send it shortly. Nothing for you to do.',
  },
  PROCESSING: {
    label: 'On its way',
    tone: 'busy',
    means: 'We are sending it to your payment account right now.',
  },
  COMPLETED: { label: 'Paid', tone: 'good', means: 'It has arrived in your payment account.' },
  PARTLY_BACK: { label: 'Partly taken back', tone: 'warn', means: 'It has arrived in your payment account.' },
  FAILED: { label: 'Not paid', tone: 'bad', means: 'It could not be sent.' },
  WAITING: { label: 'Being checked', tone: 'still', means: 'We are checking it before it is sent.' },
  RETRYING: {
    label: 'Trying again',
    tone: 'warn',
    means: 'It did not work the first time. We will try again by ourselves; nothing is lost.',
  },
};

function nameOf({ status, nextAttemptAt, notice, reversedCents }: Standing): string {
  if (status === 'COMPLETED') return reversedCents ? 'PARTLY_BACK' : status;
  if (notice) return 'WAITING';
  return status === 'FAILED' && nextAttemptAt ? 'RETRYING' : status;
}

const wordIn = (words: Readonly<Record<string, Word>>, standing: Standing): Word =>
  words[nameOf(standing)] ?? { label: spelled(standing.status), tone: 'still', means: '' };

export const forAdmins = (standing: Standing) => wordIn(ADMIN, standing);
export const forCreators = (standing: Standing) => wordIn(CREATOR, standing);

/** `ON_HOLD`, `payment_stuck` → `On hold`, `Payment stuck`. */
export function spelled(code: string): string {
  const words = code.toLowerCase().replaceAll(/[_.]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const STATUSES: PayoutStatus[] = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'];

export const RULES: Readonly<Record<string, string>> = {
  failure_rate_high: 'Many payouts fail',
  max_retries_exceeded: 'A payout needs you',
  payout_stuck: 'A payout is stuck',
  platform_balance_low: 'Too little money at Stripe',
  reconciliation_mismatch: 'Our books and Stripe’s differ',
  stripe_configuration: 'Stripe refuses our settings',
  webhook_quarantined: 'An event of Stripe was set aside',
};

export const DIFFERENCES: Readonly<Record<string, string>> = {
  amount_mismatch: 'Stripe moved another amount',
  currency_mismatch: 'Stripe moved another currency',
  destination_mismatch: 'Stripe paid another account',
  duplicate_transfer: 'It was paid twice',
  missing_transfer: 'Stripe does not know of the transfer',
  outcome_overdue: 'Under way for too long',
  transfer_of_failed_payout: 'Failed here, but paid at Stripe',
  unknown_transfer: 'A transfer that is not ours',
  unrecorded_reversal: 'Stripe took money back',
  unrecorded_transfer: 'Paid at Stripe, not yet here',
  wrong_transfer_recorded: 'Another transfer was recorded',
};

export const OUTCOMES: Readonly<Record<string, Word>> = {
  applied: { label: 'Applied', tone: 'good', means: 'It did what it says.' },
  ignored: { label: 'Not ours', tone: 'still', means: 'It tells of nothing of ours.' },
  pending: { label: 'Waiting', tone: 'busy', means: 'It will be applied soon.' },
  quarantined: {
    label: 'Set aside',
    tone: 'warn',
    means: 'It fits nothing that we know. Somebody must look.',
  },
  failed: { label: 'Failed', tone: 'bad', means: 'It could not be applied. Somebody must look.' },
};

export const ATTEMPTS: Readonly<Record<string, Word>> = {
  STARTED: { label: 'Asked', tone: 'busy', means: 'No answer yet.' },
  SUCCEEDED: { label: 'Transfer made', tone: 'good', means: '' },
  REJECTED: { label: 'Refused', tone: 'bad', means: '' },
  UNKNOWN: { label: 'No clear answer', tone: 'warn', means: 'It is being found out.' },
};

/** Where a payout of a run stands. */
export const STAGES: Readonly<Record<string, string>> = {
  PENDING: 'Waiting',
  PROCESSING: 'Sending',
  COMPLETED: 'Paid',
  RETRYING: 'Retrying',
  FAILED: 'Failed',
  HELD: 'On hold',
  AWAITING_APPROVAL: 'To approve',
};

/** What an e-mail tells the creator. */
export const EMAILS: Readonly<Record<string, string>> = {
  PAYOUT_INITIATED: 'On its way',
  PAYOUT_COMPLETED: 'It has arrived',
  PAYOUT_FAILED: 'It could not be paid',
  PAYOUT_RETRYING: 'It is tried again',
};

export const EMAIL_STATES: Readonly<Record<string, Word>> = {
  PENDING: { label: 'Waiting', tone: 'busy', means: 'It is sent soon, or once more.' },
  SENT: { label: 'Sent', tone: 'good', means: 'The mail server took it.' },
  CAPTURED: { label: 'Not sent, kept here', tone: 'still', means: 'No mail server is set.' },
  FAILED: { label: 'Not sent', tone: 'bad', means: 'The mail server refused it.' },
};

export const EXCLUSIONS: Readonly<Record<string, string>> = {
  ABOVE_MAXIMUM: 'More than the largest payout',
  ALREADY_PAID: 'Paid already',
  BELOW_MINIMUM: 'Less than the smallest payout',
  CREATOR_NOT_READY: 'Creator has not finished the set-up at Stripe',
  TAKEN_BACK: 'Paid, and taken back at Stripe',
};

/** What the audit tells of; whatever is not here is written out as it is named. */
export const ACTIONS: Readonly<Record<string, string>> = {
  created: 'Created',
  held: 'Put on hold',
  released: 'Released',
  approved: 'Approved',
  rejected: 'Rejected',
  looked_at: 'Decided about',
  claimed: 'Taken up',
  retry_claimed: 'Taken up again',
  retry_requested: 'Retry asked for',
  transfer_settled: 'Transfer made',
  transfer_refused: 'Refused by Stripe',
  transfer_failed: 'Transfer failed at Stripe',
  transfer_reversed: 'Transfer taken back',
};

const ACTORS: Readonly<Record<string, string>> = { system: 'Automatic', stripe: 'Stripe' };
export const actor = (name: string) => ACTORS[name] ?? name;

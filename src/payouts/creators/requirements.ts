// What a creator still has to do before it can be paid, in plain words: Stripe's names of what it asks for say nothing
// to the people who are asked.
import type { AccountRequirements } from '../ports.js';

/** Where a creator stands on the way to being paid. */
export type ReadinessState =
  /** Transfers can be received. */
  | 'READY'
  /** There is no account at Stripe yet. */
  | 'NOT_STARTED'
  /** The creator must do something. */
  | 'ACTION_NEEDED'
  /** Everything was handed in; Stripe looks at it. */
  | 'IN_REVIEW'
  /** Stripe has turned the account down: only its support can help. */
  | 'REFUSED';

export interface CreatorStanding {
  stripeAccountId: string | null;
  transfersEnabled: boolean;
  /** As Stripe last said; null: it was not asked yet. */
  requirements: AccountRequirements | null;
}

export interface Readiness {
  state: ReadinessState;
  /** What is missing, in plain words, each once. Also of a creator that can be paid: Stripe may ask for more later. */
  missing: string[];
  /** Until when it must be there; null: no time was set. */
  deadline: Date | null;
}

export function readinessOf(creator: CreatorStanding): Readiness {
  const { requirements } = creator;
  return {
    state: stateOf(creator),
    missing: [...new Set((requirements?.due ?? []).map(inWords))],
    deadline: requirements?.deadline ? new Date(requirements.deadline) : null,
  };
}

function stateOf({ stripeAccountId, transfersEnabled, requirements }: CreatorStanding): ReadinessState {
  if (!stripeAccountId) return 'NOT_STARTED';
  if (transfersEnabled) return 'READY';
  if (/^rejected\./.test(requirements?.disabledReason ?? '')) return 'REFUSED';
  const handedIn = requirements !== null && requirements.due.length === 0;
  const looksAtIt = requirements?.disabledReason !== 'no_such_account';
  return handedIn && looksAtIt ? 'IN_REVIEW' : 'ACTION_NEEDED';
}

/** The first that fits counts. */
const WORDS: readonly [RegExp, string][] = [
  [/^external_account/, 'a bank account to be paid to'],
  [/^tos_acceptance/, 'your agreement to Stripe’s terms'],
  [/document|proof_of/, 'a picture of a document that shows who you are'],
  [/\.dob\./, 'your date of birth'],
  [/address/, 'your address'],
  [/(first|last|maiden|full)_name|\.name$/, 'your name'],
  [/id_number|ssn|tax_id|vat_id|registration_number/, 'your tax or identity number'],
  [/\.email/, 'an e-mail address'],
  [/\.phone|support_phone/, 'a phone number'],
  [/^business_type/, 'whether you work as a person or a company'],
  [/^business_profile/, 'a few words about what you do'],
  [
    /^(company|owners|directors|executives|representative|person_)/,
    'details of your company and who runs it',
  ],
];

const inWords = (requirement: string): string =>
  WORDS.find(([pattern]) => pattern.test(requirement))?.[1] ?? 'more details that Stripe will ask you for';

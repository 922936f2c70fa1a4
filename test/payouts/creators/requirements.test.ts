// Where a creator stands, and Stripe's names of what is missing in plain words.
import { describe, expect, it, test } from 'vitest';
import { type CreatorStanding, readinessOf } from '../../../src/payouts/creators/requirements.js';

const REQUIREMENTS = { due: [], pending: [], disabledReason: null, deadline: null };
const creator = (over: Partial<CreatorStanding>): CreatorStanding => ({
  stripeAccountId: 'acct_1',
  transfersEnabled: false,
  requirements: null,
  ...over,
});

describe('a creator', () => {
  it.each([
    ['NOT_STARTED', { stripeAccountId: null }],
    ['READY', { transfersEnabled: true }],
    ['READY', { transfersEnabled: true, requirements: { ...REQUIREMENTS, due: ['external_account'] } }],
    ['ACTION_NEEDED', {}],
    ['ACTION_NEEDED', { requirements: { ...REQUIREMENTS, due: ['external_account'] } }],
    ['ACTION_NEEDED', { requirements: { ...REQUIREMENTS, disabledReason: 'no_such_account' } }],
    ['IN_REVIEW', { requirements: { ...REQUIREMENTS, pending: ['individual.verification.document'] } }],
    ['REFUSED', { requirements: { ...REQUIREMENTS, disabledReason: 'rejected.fraud' } }],
  ] as const)('is %s with %j', (state, over) => {
    expect(readinessOf(creator(over)).state).toBe(state);
  });

  it('has a deadline where Stripe has set one', () => {
    const requirements = { ...REQUIREMENTS, deadline: '2026-12-01T00:00:00.000Z' };
    expect(readinessOf(creator({ requirements })).deadline).toEqual(new Date('2026-12-01T00:00:00Z'));
    expect(readinessOf(creator({})).deadline).toBeNull();
  });
});

const missing = (...due: string[]) =>
  readinessOf(creator({ requirements: { ...REQUIREMENTS, due } })).missing;

test.each([
  ['external_account', 'a bank account to be paid to'],
  ['tos_acceptance.ip', 'your agreement to Stripe’s terms'],
  ['individual.verification.document', 'a picture of a document that shows who you are'],
  ['individual.dob.year', 'your date of birth'],
  ['individual.address.postal_code', 'your address'],
  ['person_1abc.last_name', 'your name'],
  ['individual.ssn_last_4', 'your tax or identity number'],
  ['individual.id_number', 'your tax or identity number'],
  ['individual.email', 'an e-mail address'],
  ['individual.phone', 'a phone number'],
  ['business_type', 'whether you work as a person or a company'],
  ['business_profile.product_description', 'a few words about what you do'],
  ['owners.provided', 'details of your company and who runs it'],
  ['something.new', 'more details that Stripe will ask you for'],
])('%s is “%s”', (requirement, words) => {
  expect(missing(requirement)).toEqual([words]);
});

test('what sounds the same is said once, in the order of Stripe', () => {
  expect(missing('individual.dob.day', 'external_account', 'individual.dob.month')).toEqual([
    'your date of birth',
    'a bank account to be paid to',
  ]);
});

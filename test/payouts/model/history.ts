// Histories: what may happen to payouts, at random. Each step is data, so that a failing history can be read, shrunk
// and replayed from its seed.
import fc from 'fast-check';
import type { FaultName } from '../../../src/stripe/simulator/fault-types.js';

export type Step =
  | { do: 'create'; creator: number; cents: number }
  | { do: 'spoil'; fault: FaultName; times: number }
  | { do: Plain }
  | { do: 'balance'; cents: number }
  | { do: 'capability'; creator: number; active: boolean }
  | { do: 'reverse'; pick: number; cents: number | null }
  | { do: 'webhooks'; picks: number[] }
  | { do: 'clock'; ms: number }
  | { do: 'check' }
  | { do: 'at_once'; steps: Step[] };

/** What a worker, an admin or nobody does, without any choice in it; and how often, against each other. */
const PLAIN = {
  work: 6,
  retries: 4,
  resolve: 4,
  sweep_inbox: 2,
  check_stale: 1,
  /** A worker claims a payout and dies; or dies once Stripe has the request. */
  die: 1,
  die_after_sending: 2,
  admin_retries: 3,
  pause: 1,
  /** Admins hold and release what they can, approve and reject some; the platform changes a creator's account. */
  hold: 2,
  release: 2,
  approve: 3,
  reject: 1,
  change_account: 1,
  resume: 2,
} as const;

export type Plain = keyof typeof PLAIN;

const FAULTS: FaultName[] = [
  'rate_limited',
  'unauthorized_401',
  'reset_before',
  'reset_after_commit',
  'hang_before',
  'hang_after_commit',
  'truncated_200',
  'wrong_object_200',
  'html_502',
  'json_503_without_error',
  'error_500_before',
  'error_500_after_commit',
];

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

const step = <T>(what: T, weight: number, rest: Record<string, fc.Arbitrary<unknown>>) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(what), ...rest }, { noNullPrototype: true }) as fc.Arbitrary<Step>,
});

const creator = fc.nat(1);

/** What can happen beside something else. */
const single: fc.Arbitrary<Step> = fc.oneof(
  step('create', 5, { creator, cents: fc.constantFrom(100, 500, 700, 900) }),
  step('spoil', 3, { fault: fc.constantFrom(...FAULTS), times: fc.integer({ min: 1, max: 2 }) }),
  ...Object.entries(PLAIN).map(([what, weight]) => step(what, weight, {})),
  step('balance', 3, { cents: fc.constantFrom(0, 0, 700, 10 ** 8) }),
  step('capability', 2, { creator, active: fc.boolean() }),
  step('reverse', 3, { pick: fc.nat(20), cents: fc.constantFrom(null, 40, 100) }),
  step('webhooks', 3, { picks: fc.array(fc.nat(50), { minLength: 1, maxLength: 4 }) }),
);

export const historyArb: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: single },
    step('clock', 3, {
      ms: fc.constantFrom(SECOND, 61 * SECOND, 61 * SECOND, 12 * 60 * SECOND, 3 * HOUR, 25 * HOUR),
    }),
    // All invariants, in the middle of it.
    step('check', 1, {}),
    step('at_once', 3, { steps: fc.array(single, { minLength: 2, maxLength: 4 }) }),
  ),
  { minLength: 8, maxLength: 28, size: 'max' },
);

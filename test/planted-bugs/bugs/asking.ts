// Statements, runs and bulk creation: no statement pays more than it has.
import { type PlantedBug, payouts } from '../planted-bug.js';

export const ASKING: readonly PlantedBug[] = [
  {
    name: 'statement-unlocked',
    file: 'src/payouts/statement.ts',
    edits: [
      {
        find: 'FROM royalty_statements WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE',
        replace: 'FROM royalty_statements WHERE id = ANY($1::text[]) ORDER BY id',
      },
    ],
    breaks: 'two payouts at once spend the same money of a statement',
    tests: payouts('create', 'retry'),
  },
  {
    name: 'overdrawn-by-rows-together',
    file: 'src/payouts/create-plan.ts',
    edits: [{ find: 'statement.availableCents - row.amountCents;', replace: 'statement.availableCents;' }],
    breaks: 'rows of one call overdraw a statement between them',
    tests: payouts('create-many'),
  },
  {
    name: 'run-without-locks',
    file: 'src/payouts/runs/run.ts',
    edits: [{ find: 'ORDER BY s.id FOR UPDATE', replace: 'ORDER BY s.id' }],
    breaks: 'a run pays what a creation beside it has taken already',
    tests: payouts('runs/run', 'runs/run-at-once'),
  },
  {
    name: 'run-total-unchecked',
    file: 'src/payouts/runs/run.ts',
    edits: [{ find: 'totals.totalCents !== expectedTotalCents ||', replace: '' }],
    breaks: 'a run pays another sum than the one that was previewed',
    tests: payouts('runs/run', 'runs/run-at-once'),
  },
  {
    name: 'run-of-other-statements',
    file: 'src/payouts/runs/run.ts',
    edits: [{ find: '  checkStatements(payable, totals, input, limits.currency);\n', replace: '' }],
    breaks: 'a run pays a statement that nobody has seen in place of one that was held meanwhile',
    tests: payouts('runs/run'),
  },
  {
    name: 'paid-anew-beside-a-transfer',
    file: 'src/payouts/statement.ts',
    edits: [
      { find: 'MAY_BE_PAID_ALL_THE_SAME})\n     GROUP BY', replace: 'SPENDS_STATEMENT})\n     GROUP BY' },
    ],
    breaks: 'a statement is paid once more while a transfer lives of its payout that failed',
    tests: payouts('runs/run'),
  },
  {
    name: 'paid-anew-while-a-request-may-arrive',
    file: 'src/payouts/statement.ts',
    edits: [{ find: 'OR p.stripe_transfer_id IS NULL AND EXISTS', replace: 'OR false AND EXISTS' }],
    breaks: 'a request that was given up makes a transfer beside the one that paid its statement anew',
    tests: payouts('control/paths'),
  },
  {
    name: 'run-beside-a-transfer',
    file: 'src/payouts/runs/candidates.ts',
    edits: [{ find: 'MAY_BE_PAID_ALL_THE_SAME}), 0)', replace: 'SPENDS_STATEMENT}), 0)' }],
    breaks: 'a run pays a statement once more while a transfer lives of its payout that failed',
    tests: payouts('runs/run'),
  },
  {
    name: 'run-of-held',
    file: 'src/payouts/runs/candidates.ts',
    edits: [
      { find: "WHEN held_cents > 0 THEN 'HELD'", replace: "WHEN false THEN 'HELD'" },
      { find: "    WHEN held THEN 'HELD'\n", replace: '' },
    ],
    breaks: 'the rest of a statement is paid although an admin holds it',
    tests: payouts('runs/run'),
  },
  {
    name: 'run-of-held-that-failed',
    file: 'src/payouts/runs/candidates.ts',
    edits: [{ find: "    WHEN held THEN 'HELD'\n", replace: '' }],
    breaks: 'what came back and is held is paid once more by the next run',
    tests: payouts('runs/run'),
  },
  {
    name: 'whom-a-name-led-to-forgotten',
    file: 'src/statements/enter.ts',
    edits: [{ find: '[one.creator.id, ...before]', replace: '[one.creator.id]' }],
    breaks: 'what a name has brought one creator is brought another one too, once the name leads there',
    tests: ['test/statements/overlapping-periods.test.ts'],
  },
  {
    name: 'run-of-what-was-taken-back',
    file: 'src/payouts/runs/candidates.ts',
    edits: [{ find: "p.failure_code = 'transfer_reversed'", replace: 'false' }],
    breaks: 'what somebody took back at Stripe is sent once more by the next run',
    tests: payouts('runs/run'),
  },
];

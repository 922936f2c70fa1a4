// The audit and the log: every change says who, what and why.
import { type PlantedBug, payouts } from '../planted-bug.js';

const APPLY = 'src/payouts/apply-sql.ts';
const RECORD = 'src/payouts/record-sql.ts';

export const RECORDING: readonly PlantedBug[] = [
  {
    name: 'audit-left-out',
    file: RECORD,
    edits: [
      { find: '  FROM changed\n), logged AS (', replace: '  FROM changed WHERE false\n), logged AS (' },
    ],
    breaks: 'a payout changes without a trace',
    tests: payouts('sending/claim', 'settle', 'verify-audit'),
  },
  {
    name: 'audit-without-why',
    file: 'src/payouts/apply.ts',
    edits: [{ find: 'toInput(on, { ...withReason(actor), ...change })', replace: 'toInput(on, change)' }],
    breaks: 'nobody can say why a payout was tried again',
    tests: ['test/graphql/audit-of-mutations.test.ts'],
  },
  {
    name: 'audit-without-the-failure-before',
    file: APPLY,
    edits: [{ find: "CASE WHEN p.status = 'FAILED' THEN", replace: 'CASE WHEN false THEN' }],
    breaks: 'nobody can say how a payout had failed that was tried again',
    tests: ['test/graphql/audit-of-mutations.test.ts'],
  },
];

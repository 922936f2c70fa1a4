// Holds, rejects, pauses and repairs: no money passes them by.
import { type PlantedBug, payouts } from '../planted-bug.js';

const CLAIM = 'src/payouts/sending/claim.ts';
const RESOLVE = 'src/payouts/sending/resolve.ts';
const SENDABLE = 'src/payouts/sendable.ts';
const SUBMIT = 'src/payouts/sending/submit.ts';

export const DECIDING: readonly PlantedBug[] = [
  {
    name: 'pause-ignored-by-the-claim',
    file: CLAIM,
    edits: [{ find: ` AND \${NOT_PAUSED}`, replace: '' }],
    breaks: 'payouts are taken up while processing is paused',
    tests: payouts('processing'),
  },
  {
    name: 'hold-forgotten',
    file: SENDABLE,
    edits: [{ find: ' AND p.control IS NULL\n', replace: '\n' }],
    breaks: 'what an admin holds is sent',
    tests: payouts('control/paths'),
  },
  {
    name: 'repaired-unless-certain',
    file: 'src/reconciliation/repair.ts',
    edits: [
      {
        find: 'else if (keyOf(difference) === item.key) throw refusal(difference, why);',
        replace: '',
      },
    ],
    breaks: 'a transfer that lives beside a failed payout counts as gone, and nobody looks at it any more',
    tests: ['test/reconciliation/repair.test.ts'],
  },
  {
    name: 'repaired-by-what-was-seen-before',
    file: 'src/reconciliation/repair.ts',
    edits: [{ find: "if (item.state !== 'OPEN') return false;", replace: '' }],
    breaks: 'many who repair at once write many audit rows of one repair',
    tests: ['test/reconciliation/repair.test.ts'],
  },
  {
    name: 'rejected-while-a-request-may-arrive',
    file: 'src/payouts/control/decide.ts',
    edits: [{ find: '    checkLost(standing);\n', replace: '' }],
    breaks: 'a request that was given up makes a transfer of what was rejected, whose statement is free',
    tests: payouts('control/paths'),
  },
  {
    name: 'rejected-beside-a-difference',
    file: 'src/payouts/control/untold.ts',
    edits: [
      { find: "AND kind = 'transfer_of_failed_payout' AND open_key IS NOT NULL", replace: 'AND false' },
    ],
    breaks: 'a payout whose transfer a comparison has found is rejected, and its statement is free',
    tests: payouts('control/paths'),
  },
  {
    name: 'rejected-beside-a-transfer',
    file: 'src/payouts/control/untold.ts',
    edits: [{ find: 'return rowCount === 1;', replace: 'return false && rowCount === 1;' }],
    breaks: 'the statement of what was paid is free to be paid once more',
    tests: payouts('control/paths'),
  },
  {
    name: 'rejected-and-still-there',
    file: 'src/payouts/retry.ts',
    edits: [{ find: "if (control === 'REJECTED') {", replace: 'if (false) {' }],
    breaks: 'a rejected payout is retried',
    tests: payouts('control/decide'),
  },
  {
    name: 'pause-ignored-by-the-sweep',
    file: RESOLVE,
    edits: [
      {
        find: 'if ((await processingState(deps.pool)).paused) return giveBack(deps.pool, one.attemptId);',
        replace: '',
      },
    ],
    breaks: 'requests are sent again while processing is paused',
    tests: payouts('processing', 'sending/resolve'),
  },
  {
    name: 'pause-not-seen-by-batch',
    file: SUBMIT,
    edits: [{ find: 'rows[0]?.paused === false;', replace: 'rows[0] !== undefined;' }],
    breaks: 'a batch that waits for its pace is sent although processing was paused',
    tests: payouts('sending/last-look'),
  },
];

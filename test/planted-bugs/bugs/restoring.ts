// A restored database: what was paid after its backup is not paid again.
import { type PlantedBug, payouts } from '../planted-bug.js';

const CLAIM = 'src/payouts/sending/claim.ts';

export const RESTORING: readonly PlantedBug[] = [
  {
    name: 'restored-is-paid-again',
    file: CLAIM,
    edits: [{ find: ' || restored;', replace: ';' }],
    breaks: 'what was paid after the backup of a restored database is paid once more',
    tests: ['test/deploy/restore.test.ts'],
  },
  {
    name: 'taken-back-without-its-statement',
    file: 'src/payouts/adopt.ts',
    edits: [{ find: 'if (possible.length === 0) return null;', replace: 'if (possible) return null;' }],
    breaks: 'what a restored database has forgotten is taken back, and its statement is paid once more',
    tests: payouts('after-restore'),
  },
  {
    name: 'taken-back-is-sent',
    file: 'src/payouts/adopt.ts',
    edits: [{ find: ", outcome = 'UNKNOWN',\n    finished_at = now()", replace: '' }],
    breaks: 'a payout that is taken back with a transfer that came back is sent anew by a worker',
    tests: payouts('after-restore'),
  },
  {
    name: 'rejected-though-paid-after-the-backup',
    file: 'src/payouts/control/decide.ts',
    edits: [{ find: '    checkCompared(standing);\n', replace: '' }],
    breaks:
      'a payout that was paid after a backup is rejected in the restored database, and its statement is free',
    tests: payouts('after-restore'),
  },
];

// Approval: bound to what was seen, and given by another person.
import { type PlantedBug, payouts } from '../planted-bug.js';

const APPLY = 'src/payouts/apply-sql.ts';
const CLAIM = 'src/payouts/sending/claim.ts';
const SENDABLE = 'src/payouts/sendable.ts';

export const APPROVING: readonly PlantedBug[] = [
  {
    name: 'approval-forgotten',
    file: SENDABLE,
    edits: [{ find: `\n  AND (NOT \${NEEDS_APPROVAL} OR \${IS_APPROVED}))`, replace: ')' }],
    breaks: 'a large payout is sent on the word of one',
    tests: payouts('control/paths'),
  },
  {
    name: 'approval-not-bound-to-the-account',
    file: SENDABLE,
    edits: [{ find: ' AND p.approved_destination = c.stripe_account_id', replace: '' }],
    breaks: 'money goes to another account than was approved',
    tests: payouts('control/paths', 'control/decide'),
  },
  {
    name: 'approval-not-bound-to-the-amount',
    file: SENDABLE,
    edits: [{ find: 'p.approved_amount_cents = p.amount_cents AND', replace: '' }],
    breaks: 'more is paid than was approved',
    tests: payouts('control/paths'),
  },
  {
    name: 'approval-looked-at-too-early',
    file: APPLY,
    edits: [{ find: ` AND \${MAY_BE_SENT}))`, replace: '))' }],
    breaks: 'an account that changes while a worker claims is paid without an approval',
    tests: payouts('control/paths'),
  },
  {
    name: 'approval-forgotten-by-the-new-key',
    file: 'src/payouts/sending/renew.ts',
    edits: [{ find: `AND \${MAY_BE_SENT}`, replace: 'AND c.stripe_account_id IS NOT NULL' }],
    breaks: 'a new key sends to an account that nobody approved',
    tests: payouts('control/paths'),
  },
  {
    name: 'approval-used-twice',
    file: APPLY,
    edits: [{ find: ` AND p.stripe_transfer_id IS NOT NULL THEN NULL`, replace: ' AND false THEN NULL' }],
    breaks: 'what came back is paid again without an approval',
    tests: payouts('control/paths'),
  },
  {
    name: 'limit-of-the-worker-forgotten',
    file: CLAIM,
    edits: [{ find: 'await requireApproval(db, from, ids, limits)', replace: '0' }],
    breaks: 'what was written without a limit is sent without an approval',
    tests: payouts('control/paths'),
  },
  {
    name: 'limit-of-the-worker-forgotten-by-the-new-key',
    file: 'src/payouts/sending/renew.ts',
    edits: [
      { find: "  await requireApproval(db, 'PROCESSING', [old.request.payoutId], limits);\n", replace: '' },
    ],
    breaks: 'a new key sends what was written without a limit, and nobody approved',
    tests: payouts('control/paths'),
  },
  {
    name: 'limit-of-the-worker-hides-the-rest',
    file: CLAIM,
    edits: [{ find: 'if (claims.length > 0 || kept === 0) return', replace: 'return' }],
    breaks: 'what waits for an approval keeps everything behind it from being sent',
    tests: payouts('control/paths'),
  },
  {
    name: 'approved-unseen',
    file: 'src/payouts/control/decide.ts',
    edits: [{ find: '    checkSeen(decision, standing);\n', replace: '' }],
    breaks: 'an admin approves an amount or an account that they have not seen',
    tests: payouts('control/decide'),
  },
  {
    name: 'approved-for-another-account-than-seen',
    file: 'src/payouts/control/decide-sql.ts',
    edits: [
      {
        find: 'approved_destination = $6`',
        replace:
          'approved_destination = COALESCE((SELECT stripe_account_id FROM creators WHERE id = p.creator_id), $6)`',
      },
    ],
    breaks: 'an approval of one account is of another one that came between the look and the record',
    tests: payouts('control/decide'),
  },
  {
    name: 'approved-by-who-asked',
    file: 'src/payouts/control/decide.ts',
    edits: [
      {
        find: 'if (await isRequester(db, decision.payoutId, actor)) throw new ApproverIsRequesterError();',
        replace: '',
      },
    ],
    breaks: 'one admin alone pays any sum',
    tests: payouts('control/decide'),
  },
  {
    name: 'approved-under-another-name',
    file: 'src/payouts/control/decide-sql.ts',
    edits: [{ find: "isSamePerson('asked.actor', '$2::text')", replace: "'asked.actor = $2'" }],
    breaks: "who asks by the operator's tool approves by their token",
    tests: payouts('control/decide'),
  },
  {
    name: 'approved-by-who-asked-for-it-again',
    file: 'src/payouts/control/decide-sql.ts',
    edits: [
      {
        find: "('transfer_settled', 'transfer_reversed', 'transfer_failed')",
        replace: "('transfer_settled')",
      },
    ],
    breaks: 'one admin alone pays again what came back before anybody heard of it',
    tests: payouts('control/paths'),
  },
  {
    name: 'approved-by-who-asked-first',
    file: 'src/payouts/control/decide-sql.ts',
    edits: [
      {
        find: "payout_id = asked.payout_id\n      AND action IN ('created', 'retry_requested'))",
        replace: "payout_id = asked.payout_id AND action = 'created')",
      },
    ],
    breaks: 'one admin alone pays what another program wrote into the table',
    tests: payouts('control/paths'),
  },
];

// What is heard of a transfer: its payout ends as its money did.
import { type PlantedBug, payouts, stripe } from '../planted-bug.js';

const APPLY = 'src/payouts/apply-sql.ts';
const SETTLE = 'src/payouts/settle.ts';
const TRANSFERS = 'src/stripe/transfers.ts';

export const SETTLING: readonly PlantedBug[] = [
  {
    name: 'status-condition-dropped',
    file: APPLY,
    edits: [
      {
        find: 'JOIN input i ON p.id = i.payout_id AND p.status = i.from_status\n',
        replace: 'JOIN input i ON p.id = i.payout_id\n',
      },
      {
        find: 'WHERE p.id = i.payout_id AND p.status = i.from_status',
        replace: 'WHERE p.id = i.payout_id',
      },
    ],
    breaks: 'a payout that has left its status is changed all the same',
    tests: payouts('retry', 'settle', 'sending/claim', 'sending/submit'),
  },
  {
    name: 'reversal-forgotten',
    file: SETTLE,
    edits: [
      {
        find: 'Math.max(transfer.amountReversedCents, known)',
        replace: 'transfer.amountReversedCents',
      },
    ],
    breaks: 'what was taken back shrinks when events come out of order',
    tests: payouts('reversals', 'settle'),
  },
  {
    name: 'reversed-is-live',
    file: 'src/payouts/sending/found.ts',
    edits: [
      {
        find: 'const isLive = (transfer: TransferFact) => transfer.amountReversedCents < transfer.amountCents;',
        replace: 'const isLive = (transfer: TransferFact) => transfer.id !== "";',
      },
    ],
    breaks: 'a payout whose transfer was taken back is never paid again',
    tests: payouts('retry', 'reversals', 'settle', 'sending/resolve'),
  },
  {
    name: 'amount-unchecked',
    file: SETTLE,
    edits: [
      {
        find: 'if (transfer.amountCents !== payout.amountCents) return',
        replace: 'if (payout.amountCents < 0) return',
      },
    ],
    breaks: 'a transfer of another amount completes the payout',
    tests: payouts('settle', 'events/inbox'),
  },
  {
    name: 'destination-unchecked',
    file: SETTLE,
    edits: [
      {
        find: 'if (!destinations.has(transfer.destination)) return',
        replace: 'if (destinations.size < 0) return',
      },
    ],
    breaks: "a transfer to somebody else's account completes the payout",
    tests: payouts('settle', 'events/inbox'),
  },
  {
    name: 'answer-believed-unseen',
    file: TRANSFERS,
    edits: [
      {
        find: "if (transfer.object !== 'transfer' || !transfer.id?.startsWith('tr_')) {",
        replace: 'if (!transfer) {',
      },
    ],
    breaks: 'a 2xx with anything in it is taken for a transfer',
    tests: [...stripe('transfers'), ...payouts('sending/submit')],
  },
  {
    name: 'foreign-transfer-first',
    file: 'src/payouts/sending/found.ts',
    edits: [{ find: 'asked.find(isLive) ?? transfers.find(isLive)', replace: 'transfers.find(isLive)' }],
    breaks: 'a foreign transfer in the group hides the one that paid',
    tests: payouts('sending/found'),
  },
];

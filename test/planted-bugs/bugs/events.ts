// Events of Stripe’s: each is believed once, and as far as it may be.
import { type PlantedBug, payouts } from '../planted-bug.js';

const INBOX = 'src/payouts/events/inbox.ts';

export const EVENTS: readonly PlantedBug[] = [
  {
    name: 'event-applied-twice',
    file: INBOX,
    edits: [{ find: "WHERE id = $1 AND outcome = 'pending'`;", replace: 'WHERE id = $1`;' }],
    breaks: 'a webhook that comes twice is applied twice',
    tests: payouts('events/inbox', 'settle', 'reversals'),
  },
  {
    name: 'livemode-unchecked',
    file: INBOX,
    edits: [{ find: 'return livemode === deps.livemode ?', replace: 'return livemode !== null ?' }],
    breaks: 'an event of the test mode changes live payouts',
    tests: [...payouts('events/inbox'), 'test/http/webhook.test.ts'],
  },
  {
    name: 'foreign-transfer-believed',
    file: 'src/stripe/events.ts',
    edits: [
      { find: "return account ? { kind: 'foreign',", replace: "return account === '' ? { kind: 'foreign'," },
    ],
    breaks: 'a connected account can complete payouts with transfers of its own',
    tests: payouts('events/inbox', 'settle'),
  },
  {
    name: 'failed-event-unchecked',
    file: 'src/payouts/events/fail.ts',
    edits: [
      {
        find: 'const why = mismatchOf(payout, destinationsOf(attempts), failed.transfer);',
        replace: 'const why = null;',
      },
    ],
    breaks: "somebody else's failed transfer fails a payout, and the next attempt pays a second time",
    tests: payouts('events/legacy-events'),
  },
];

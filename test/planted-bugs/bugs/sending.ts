// What is sent to Stripe: once, under its key, and no more than was looked for before.
import { type PlantedBug, payouts, stripe } from '../planted-bug.js';

const APPLY = 'src/payouts/apply-sql.ts';
const RESOLVE = 'src/payouts/sending/resolve.ts';
const SUBMIT = 'src/payouts/sending/submit.ts';
const TRANSFERS = 'src/stripe/transfers.ts';

export const SENDING: readonly PlantedBug[] = [
  {
    name: 'fresh-key-each-sending',
    file: TRANSFERS,
    edits: [
      {
        find: '{ idempotencyKey: request.idempotencyKey },',
        replace: '{ idempotencyKey: crypto.randomUUID() },',
      },
    ],
    breaks: 'a request that is sent again makes a second transfer',
    tests: [...payouts('sending/submit', 'sending/resolve'), ...stripe('transfers')],
  },
  {
    name: 'resent-without-a-look',
    file: RESOLVE,
    edits: [{ find: "if ((await settleFound(deps, one.request)) !== 'absent') return;", replace: '' }],
    breaks: 'a new key is taken although the old one has made a transfer',
    tests: payouts('sending/resolve'),
  },
  {
    name: 'no-lease',
    file: APPLY,
    edits: [
      {
        find: "creator.stripe_account_id, now() + i.lease_ms * interval '1 millisecond'",
        replace: 'creator.stripe_account_id, now()',
      },
    ],
    breaks: 'the sweep sends what a worker is sending at this moment',
    tests: payouts('sending/claim', 'sending/resolve'),
  },
  {
    name: 'deadline-ignored',
    file: SUBMIT,
    edits: [
      {
        find: 'const inTime = performance.now() + deps.stripeTimeoutMs <= deadline;',
        replace: 'const inTime = deadline > 0;',
      },
    ],
    breaks: 'a worker that was stopped sends what another one has by now',
    tests: payouts('sending/last-look'),
  },
  {
    name: 'transfer-group-left-out',
    file: TRANSFERS,
    edits: [{ find: '        transfer_group: transferGroupOf(request.payoutId),\n', replace: '' }],
    breaks: 'a transfer whose answer was lost is never found',
    tests: [...payouts('sending/resolve', 'sending/submit'), ...stripe('transfers')],
  },
  {
    name: 'unknown-forgotten',
    file: SUBMIT,
    edits: [
      {
        find: 'outcome = COALESCE($2::"AttemptOutcome", outcome)',
        replace: `outcome = COALESCE($2::"AttemptOutcome", 'STARTED')`,
      },
    ],
    breaks: 'an outcome that nobody knows looks like one that was never sent',
    tests: payouts('sending/submit', 'sending/resolve'),
  },
  {
    name: 'last-look-dropped',
    file: SUBMIT,
    edits: [
      {
        find: "WHERE id = $1 AND finished_at IS NULL AND lease_until > now() + $2 * interval '1 millisecond'`,",
        replace: 'WHERE id = $1 AND $2::float8 IS NOT NULL`,',
      },
    ],
    breaks: 'a request whose payout was completed while it waited is sent all the same',
    tests: payouts('sending/last-look'),
  },
  {
    name: 'node-http-client',
    file: 'src/stripe/client.ts',
    edits: [{ find: 'telemetry: false, httpClient };', replace: 'telemetry: false };' }],
    breaks: 'a request that lost its connection is sent twice, and one that trickles in never ends',
    tests: stripe('client'),
  },
];

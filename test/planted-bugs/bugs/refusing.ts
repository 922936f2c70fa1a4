// What Stripe refuses: it is tried again as often and as late as it may be.
import { type PlantedBug, payouts, stripe } from '../planted-bug.js';

const APPLY = 'src/payouts/apply-sql.ts';
const CLAIM = 'src/payouts/sending/claim.ts';
const CLASSIFY = 'src/stripe/classify.ts';
const RESOLVE = 'src/payouts/sending/resolve.ts';
const SUBMIT = 'src/payouts/sending/submit.ts';

export const REFUSING: readonly PlantedBug[] = [
  {
    name: 'unknown-is-failed',
    file: CLASSIFY,
    edits: [
      {
        find: "if (status < 400 || status >= 500) return { kind: 'unknown', message };",
        replace:
          "if (status < 400 || status >= 500) return { kind: 'refused', retryable: true, code: 'x', message, requestId };",
      },
    ],
    breaks: 'a lost answer counts as a refusal, and the next attempt pays a second time',
    tests: [...stripe('classify'), ...payouts('sending/submit')],
  },
  {
    name: 'busy-is-failed',
    file: CLASSIFY,
    edits: [
      { find: 'if (status === 429 || NOT_EXECUTED.has(code)) return', replace: 'if (status === 600) return' },
    ],
    breaks: 'a request that Stripe did not begin counts as refused',
    tests: [...stripe('classify'), ...payouts('sending/submit')],
  },
  {
    name: 'empty-balance-is-final',
    file: CLASSIFY,
    edits: [{ find: "new Set(['balance_insufficient', ", replace: 'new Set([' }],
    breaks: 'a payout that waits for money is never tried again',
    tests: [...stripe('classify'), ...payouts('sending/refuse')],
  },
  {
    name: 'retry-under-the-old-key',
    file: APPLY,
    edits: [
      {
        find: "'payout_' || c.id || '_' || n.number, c.amount_cents",
        replace: "'payout_' || c.id, c.amount_cents",
      },
    ],
    breaks: 'a retry is answered with the refusal that Stripe stored',
    tests: payouts('retry', 'sending/refuse', 'sending/claim'),
  },
  {
    name: 'retried-without-a-look',
    file: SUBMIT,
    edits: [{ find: 'if (!one.looksFirst) return one;', replace: 'if (one.number >= 1) return one;' }],
    breaks: 'an admin retries a payout whose transfer is there after all, and it is paid twice',
    tests: payouts('sending/refuse'),
  },
  {
    name: 'silence-is-absence',
    file: SUBMIT,
    edits: [
      {
        find: "return found === 'absent' ? one : null;",
        replace: "return found === 'settled' ? null : one;",
      },
    ],
    breaks: 'a retry is sent although Stripe could not say whether a transfer is there',
    tests: payouts('sending/refuse'),
  },
  {
    name: 'grace-ignored',
    file: RESOLVE,
    edits: [{ find: ` AND a.started_at <= now() - 2 * \${HALF} THEN 'renew'`, replace: " THEN 'renew'" }],
    breaks: 'an absence counts as proven too early',
    tests: payouts('sending/resolve'),
  },
  {
    name: 'renewed-within-a-lease',
    file: RESOLVE,
    edits: [{ find: `GREATEST(\${HALF}, \${LEASE})`, replace: `\${HALF}` }],
    breaks: 'a new key is taken while a request under the old one is on its way',
    tests: payouts('sending/resolve'),
  },
  {
    name: 'key-lives-for-ever',
    file: RESOLVE,
    edits: [{ find: `"interval '23 hours'"`, replace: `"interval '23 days'"` }],
    breaks: 'a key that Stripe has forgotten is sent again',
    tests: payouts('twelve-cases'),
  },
  {
    name: 'late-refusal-counts',
    file: APPLY,
    edits: [
      {
        find: "AND (i.outcome IS DISTINCT FROM 'REJECTED' OR i.closes_attempt_id IN (SELECT id FROM closed))",
        replace: '',
      },
    ],
    breaks: 'a late answer to an old attempt fails the payout while a new one is being paid',
    tests: payouts('sending/submit', 'sending/refuse', 'settle'),
  },
  {
    name: 'retries-uncounted',
    file: APPLY,
    edits: [
      { find: 'retry_count = p.retry_count + i.starts_retry::int', replace: 'retry_count = p.retry_count' },
    ],
    breaks: 'a payout is retried for ever',
    tests: payouts('retry', 'sending/refuse', 'sending/claim'),
  },
  {
    name: 'one-retry-too-many',
    file: 'src/payouts/sending/retries.ts',
    edits: [
      { find: 'payout.retryCount >= policy.maxRetries', replace: 'payout.retryCount > policy.maxRetries' },
    ],
    breaks: 'a payout is retried once more than was set',
    tests: payouts('retry', 'sending/refuse'),
  },
  {
    name: 'retried-before-its-time',
    file: CLAIM,
    edits: [
      { find: "`p.status = 'FAILED' AND p.next_attempt_at <= now()`", replace: "`p.status = 'FAILED'`" },
    ],
    breaks: 'what failed for good is tried again, and nothing waits for its delay',
    tests: payouts('sending/claim', 'retry', 'sending/refuse'),
  },
];

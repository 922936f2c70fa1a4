// Bugs that would cost money, each planted by changing one thing: the tests must notice every one of them.

export interface Edit {
  /** The text to be replaced: it occurs exactly once in its file. */
  find: string;
  replace: string;
}

export interface PlantedBug {
  name: string;
  file: string;
  /** Several where a rule is guarded twice. */
  edits: readonly Edit[];
  /** What it would do. */
  breaks: string;
  /** The test files of which one must fail. */
  tests: readonly string[];
}

const APPLY = 'src/payouts/apply-sql.ts';
const CLAIM = 'src/payouts/claim.ts';
const CLASSIFY = 'src/stripe/classify.ts';
const INBOX = 'src/payouts/inbox.ts';
const RESOLVE = 'src/payouts/resolve.ts';
const RECORD = 'src/payouts/record-sql.ts';
const SENDABLE = 'src/payouts/sendable.ts';
const SETTLE = 'src/payouts/settle.ts';
const SUBMIT = 'src/payouts/submit.ts';
const TRANSFERS = 'src/stripe/transfers.ts';

const payouts = (...names: string[]) => names.map((name) => `test/payouts/${name}.test.ts`);
const stripe = (...names: string[]) => names.map((name) => `test/stripe/${name}.test.ts`);

export const PLANTED_BUGS: readonly PlantedBug[] = [
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
    tests: [...payouts('submit', 'resolve'), ...stripe('transfers')],
  },
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
    tests: payouts('retry', 'settle', 'claim', 'submit'),
  },
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
    tests: [...stripe('classify'), ...payouts('submit')],
  },
  {
    name: 'busy-is-failed',
    file: CLASSIFY,
    edits: [
      { find: 'if (status === 429 || NOT_EXECUTED.has(code)) return', replace: 'if (status === 600) return' },
    ],
    breaks: 'a request that Stripe did not begin counts as refused',
    tests: [...stripe('classify'), ...payouts('submit')],
  },
  {
    name: 'empty-balance-is-final',
    file: CLASSIFY,
    edits: [{ find: "new Set(['balance_insufficient', ", replace: 'new Set([' }],
    breaks: 'a payout that waits for money is never tried again',
    tests: [...stripe('classify'), ...payouts('refuse')],
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
    tests: payouts('retry', 'refuse', 'claim'),
  },
  {
    name: 'resent-without-a-look',
    file: RESOLVE,
    edits: [{ find: "if ((await settleFound(deps, one.request)) !== 'absent') return;", replace: '' }],
    breaks: 'a new key is taken although the old one has made a transfer',
    tests: payouts('resolve'),
  },
  {
    name: 'retried-without-a-look',
    file: SUBMIT,
    edits: [{ find: 'if (!one.looksFirst) return one;', replace: 'if (one.number >= 1) return one;' }],
    breaks: 'an admin retries a payout whose transfer is there after all, and it is paid twice',
    tests: payouts('refuse'),
  },
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
    file: 'src/payouts/control.ts',
    edits: [{ find: '    checkCompared(standing);\n', replace: '' }],
    breaks:
      'a payout that was paid after a backup is rejected in the restored database, and its statement is free',
    tests: payouts('after-restore'),
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
    tests: payouts('refuse'),
  },
  {
    name: 'grace-ignored',
    file: RESOLVE,
    edits: [{ find: ` AND a.started_at <= now() - 2 * \${HALF} THEN 'renew'`, replace: " THEN 'renew'" }],
    breaks: 'an absence counts as proven too early',
    tests: payouts('resolve'),
  },
  {
    name: 'renewed-within-a-lease',
    file: RESOLVE,
    edits: [{ find: `GREATEST(\${HALF}, \${LEASE})`, replace: `\${HALF}` }],
    breaks: 'a new key is taken while a request under the old one is on its way',
    tests: payouts('resolve'),
  },
  {
    name: 'key-lives-for-ever',
    file: RESOLVE,
    edits: [{ find: `"interval '23 hours'"`, replace: `"interval '23 days'"` }],
    breaks: 'a key that Stripe has forgotten is sent again',
    tests: payouts('twelve-cases'),
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
    tests: payouts('claim', 'resolve'),
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
    tests: payouts('last-look'),
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
    tests: payouts('submit', 'refuse', 'settle'),
  },
  {
    name: 'event-applied-twice',
    file: INBOX,
    edits: [{ find: "WHERE id = $1 AND outcome = 'pending'`;", replace: 'WHERE id = $1`;' }],
    breaks: 'a webhook that comes twice is applied twice',
    tests: payouts('inbox', 'settle', 'reversals'),
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
    file: 'src/payouts/found.ts',
    edits: [
      {
        find: 'const isLive = (transfer: TransferFact) => transfer.amountReversedCents < transfer.amountCents;',
        replace: 'const isLive = (transfer: TransferFact) => transfer.id !== "";',
      },
    ],
    breaks: 'a payout whose transfer was taken back is never paid again',
    tests: payouts('retry', 'reversals', 'settle', 'resolve'),
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
    tests: payouts('settle', 'inbox'),
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
    tests: payouts('settle', 'inbox'),
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
    tests: [...stripe('transfers'), ...payouts('submit')],
  },
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
    name: 'audit-left-out',
    file: RECORD,
    edits: [
      { find: '  FROM changed\n), logged AS (', replace: '  FROM changed WHERE false\n), logged AS (' },
    ],
    breaks: 'a payout changes without a trace',
    tests: payouts('claim', 'settle', 'verify-audit'),
  },
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
    tests: payouts('control-paths'),
  },
  {
    name: 'approval-forgotten',
    file: SENDABLE,
    edits: [{ find: `\n  AND (NOT \${NEEDS_APPROVAL} OR \${IS_APPROVED}))`, replace: ')' }],
    breaks: 'a large payout is sent on the word of one',
    tests: payouts('control-paths'),
  },
  {
    name: 'approval-not-bound-to-the-account',
    file: SENDABLE,
    edits: [{ find: ' AND p.approved_destination = c.stripe_account_id', replace: '' }],
    breaks: 'money goes to another account than was approved',
    tests: payouts('control-paths', 'control'),
  },
  {
    name: 'approval-not-bound-to-the-amount',
    file: SENDABLE,
    edits: [{ find: 'p.approved_amount_cents = p.amount_cents AND', replace: '' }],
    breaks: 'more is paid than was approved',
    tests: payouts('control-paths'),
  },
  {
    name: 'approval-looked-at-too-early',
    file: APPLY,
    edits: [{ find: ` AND \${MAY_BE_SENT}))`, replace: '))' }],
    breaks: 'an account that changes while a worker claims is paid without an approval',
    tests: payouts('control-paths'),
  },
  {
    name: 'approval-forgotten-by-the-new-key',
    file: 'src/payouts/renew.ts',
    edits: [{ find: `AND \${MAY_BE_SENT}`, replace: 'AND c.stripe_account_id IS NOT NULL' }],
    breaks: 'a new key sends to an account that nobody approved',
    tests: payouts('control-paths'),
  },
  {
    name: 'approval-used-twice',
    file: APPLY,
    edits: [{ find: ` AND p.stripe_transfer_id IS NOT NULL THEN NULL`, replace: ' AND false THEN NULL' }],
    breaks: 'what came back is paid again without an approval',
    tests: payouts('control-paths'),
  },
  {
    name: 'limit-of-the-worker-forgotten',
    file: CLAIM,
    edits: [{ find: 'await requireApproval(db, from, ids, limits)', replace: '0' }],
    breaks: 'what was written without a limit is sent without an approval',
    tests: payouts('control-paths'),
  },
  {
    name: 'limit-of-the-worker-forgotten-by-the-new-key',
    file: 'src/payouts/renew.ts',
    edits: [
      { find: "  await requireApproval(db, 'PROCESSING', [old.request.payoutId], limits);\n", replace: '' },
    ],
    breaks: 'a new key sends what was written without a limit, and nobody approved',
    tests: payouts('control-paths'),
  },
  {
    name: 'limit-of-the-worker-hides-the-rest',
    file: CLAIM,
    edits: [{ find: 'if (claims.length > 0 || kept === 0) return', replace: 'return' }],
    breaks: 'what waits for an approval keeps everything behind it from being sent',
    tests: payouts('control-paths'),
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
    name: 'approved-unseen',
    file: 'src/payouts/control.ts',
    edits: [{ find: '    checkSeen(decision, standing);\n', replace: '' }],
    breaks: 'an admin approves an amount or an account that they have not seen',
    tests: payouts('control'),
  },
  {
    name: 'approved-for-another-account-than-seen',
    file: 'src/payouts/control-sql.ts',
    edits: [
      {
        find: 'approved_destination = $6`',
        replace:
          'approved_destination = COALESCE((SELECT stripe_account_id FROM creators WHERE id = p.creator_id), $6)`',
      },
    ],
    breaks: 'an approval of one account is of another one that came between the look and the record',
    tests: payouts('control'),
  },
  {
    name: 'approved-by-who-asked',
    file: 'src/payouts/control.ts',
    edits: [
      {
        find: 'if (await isRequester(db, decision.payoutId, actor)) throw new ApproverIsRequesterError();',
        replace: '',
      },
    ],
    breaks: 'one admin alone pays any sum',
    tests: payouts('control'),
  },
  {
    name: 'approved-under-another-name',
    file: 'src/payouts/control-sql.ts',
    edits: [{ find: "isSamePerson('asked.actor', '$2::text')", replace: "'asked.actor = $2'" }],
    breaks: "who asks by the operator's tool approves by their token",
    tests: payouts('control'),
  },
  {
    name: 'approved-by-who-asked-for-it-again',
    file: 'src/payouts/control-sql.ts',
    edits: [
      {
        find: "('transfer_settled', 'transfer_reversed', 'transfer_failed')",
        replace: "('transfer_settled')",
      },
    ],
    breaks: 'one admin alone pays again what came back before anybody heard of it',
    tests: payouts('control-paths'),
  },
  {
    name: 'approved-by-who-asked-first',
    file: 'src/payouts/control-sql.ts',
    edits: [
      {
        find: "payout_id = asked.payout_id\n      AND action IN ('created', 'retry_requested'))",
        replace: "payout_id = asked.payout_id AND action = 'created')",
      },
    ],
    breaks: 'one admin alone pays what another program wrote into the table',
    tests: payouts('control-paths'),
  },
  {
    name: 'rejected-while-a-request-may-arrive',
    file: 'src/payouts/control.ts',
    edits: [{ find: '    checkLost(standing);\n', replace: '' }],
    breaks: 'a request that was given up makes a transfer of what was rejected, whose statement is free',
    tests: payouts('control-paths'),
  },
  {
    name: 'rejected-beside-a-difference',
    file: 'src/payouts/untold.ts',
    edits: [
      { find: "AND kind = 'transfer_of_failed_payout' AND open_key IS NOT NULL", replace: 'AND false' },
    ],
    breaks: 'a payout whose transfer a comparison has found is rejected, and its statement is free',
    tests: payouts('control-paths'),
  },
  {
    name: 'rejected-beside-a-transfer',
    file: 'src/payouts/untold.ts',
    edits: [{ find: 'return rowCount === 1;', replace: 'return false && rowCount === 1;' }],
    breaks: 'the statement of what was paid is free to be paid once more',
    tests: payouts('control-paths'),
  },
  {
    name: 'rejected-and-still-there',
    file: 'src/payouts/retry.ts',
    edits: [{ find: "if (control === 'REJECTED') {", replace: 'if (false) {' }],
    breaks: 'a rejected payout is retried',
    tests: payouts('control'),
  },
  {
    name: 'overdrawn-by-rows-together',
    file: 'src/payouts/create-plan.ts',
    edits: [{ find: 'statement.availableCents - row.amountCents;', replace: 'statement.availableCents;' }],
    breaks: 'rows of one call overdraw a statement between them',
    tests: payouts('create-many'),
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
    tests: payouts('processing', 'resolve'),
  },
  {
    name: 'livemode-unchecked',
    file: INBOX,
    edits: [{ find: 'return livemode === deps.livemode ?', replace: 'return livemode !== null ?' }],
    breaks: 'an event of the test mode changes live payouts',
    tests: [...payouts('inbox'), 'test/http/webhook.test.ts'],
  },
  {
    name: 'foreign-transfer-believed',
    file: 'src/stripe/events.ts',
    edits: [
      { find: "return account ? { kind: 'foreign',", replace: "return account === '' ? { kind: 'foreign'," },
    ],
    breaks: 'a connected account can complete payouts with transfers of its own',
    tests: payouts('inbox', 'settle'),
  },
  {
    name: 'retries-uncounted',
    file: APPLY,
    edits: [
      { find: 'retry_count = p.retry_count + i.starts_retry::int', replace: 'retry_count = p.retry_count' },
    ],
    breaks: 'a payout is retried for ever',
    tests: payouts('retry', 'refuse', 'claim'),
  },
  {
    name: 'one-retry-too-many',
    file: 'src/payouts/retries.ts',
    edits: [
      { find: 'payout.retryCount >= policy.maxRetries', replace: 'payout.retryCount > policy.maxRetries' },
    ],
    breaks: 'a payout is retried once more than was set',
    tests: payouts('retry', 'refuse'),
  },
  {
    name: 'retried-before-its-time',
    file: CLAIM,
    edits: [
      { find: "`p.status = 'FAILED' AND p.next_attempt_at <= now()`", replace: "`p.status = 'FAILED'`" },
    ],
    breaks: 'what failed for good is tried again, and nothing waits for its delay',
    tests: payouts('claim', 'retry', 'refuse'),
  },
  {
    name: 'transfer-group-left-out',
    file: TRANSFERS,
    edits: [{ find: '        transfer_group: transferGroupOf(request.payoutId),\n', replace: '' }],
    breaks: 'a transfer whose answer was lost is never found',
    tests: [...payouts('resolve', 'submit'), ...stripe('transfers')],
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
    tests: payouts('submit', 'resolve'),
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
    tests: payouts('last-look'),
  },
  {
    name: 'pause-not-seen-by-batch',
    file: SUBMIT,
    edits: [{ find: 'rows[0]?.paused === false;', replace: 'rows[0] !== undefined;' }],
    breaks: 'a batch that waits for its pace is sent although processing was paused',
    tests: payouts('last-look'),
  },
  {
    name: 'foreign-transfer-first',
    file: 'src/payouts/found.ts',
    edits: [{ find: 'asked.find(isLive) ?? transfers.find(isLive)', replace: 'transfers.find(isLive)' }],
    breaks: 'a foreign transfer in the group hides the one that paid',
    tests: payouts('found'),
  },
  {
    name: 'failed-event-unchecked',
    file: 'src/payouts/fail.ts',
    edits: [
      {
        find: 'const why = mismatchOf(payout, destinationsOf(attempts), failed.transfer);',
        replace: 'const why = null;',
      },
    ],
    breaks: "somebody else's failed transfer fails a payout, and the next attempt pays a second time",
    tests: payouts('legacy-events'),
  },
  {
    name: 'node-http-client',
    file: 'src/stripe/client.ts',
    edits: [{ find: 'telemetry: false, httpClient };', replace: 'telemetry: false };' }],
    breaks: 'a request that lost its connection is sent twice, and one that trickles in never ends',
    tests: stripe('client'),
  },
  {
    name: 'run-without-locks',
    file: 'src/payouts/run.ts',
    edits: [{ find: 'ORDER BY s.id FOR UPDATE', replace: 'ORDER BY s.id' }],
    breaks: 'a run pays what a creation beside it has taken already',
    tests: payouts('run', 'run-at-once'),
  },
  {
    name: 'run-total-unchecked',
    file: 'src/payouts/run.ts',
    edits: [{ find: 'totals.totalCents !== expectedTotalCents ||', replace: '' }],
    breaks: 'a run pays another sum than the one that was previewed',
    tests: payouts('run', 'run-at-once'),
  },
  {
    name: 'run-of-other-statements',
    file: 'src/payouts/run.ts',
    edits: [{ find: '  checkStatements(payable, totals, input, limits.currency);\n', replace: '' }],
    breaks: 'a run pays a statement that nobody has seen in place of one that was held meanwhile',
    tests: payouts('run'),
  },
  {
    name: 'paid-anew-beside-a-transfer',
    file: 'src/payouts/statement.ts',
    edits: [
      { find: 'MAY_BE_PAID_ALL_THE_SAME})\n     GROUP BY', replace: 'SPENDS_STATEMENT})\n     GROUP BY' },
    ],
    breaks: 'a statement is paid once more while a transfer lives of its payout that failed',
    tests: payouts('run'),
  },
  {
    name: 'paid-anew-while-a-request-may-arrive',
    file: 'src/payouts/statement.ts',
    edits: [{ find: 'OR p.stripe_transfer_id IS NULL AND EXISTS', replace: 'OR false AND EXISTS' }],
    breaks: 'a request that was given up makes a transfer beside the one that paid its statement anew',
    tests: payouts('control-paths'),
  },
  {
    name: 'run-beside-a-transfer',
    file: 'src/payouts/run-candidates.ts',
    edits: [{ find: 'MAY_BE_PAID_ALL_THE_SAME}), 0)', replace: 'SPENDS_STATEMENT}), 0)' }],
    breaks: 'a run pays a statement once more while a transfer lives of its payout that failed',
    tests: payouts('run'),
  },
  {
    name: 'run-of-held',
    file: 'src/payouts/run-candidates.ts',
    edits: [
      { find: "WHEN held_cents > 0 THEN 'HELD'", replace: "WHEN false THEN 'HELD'" },
      { find: "    WHEN held THEN 'HELD'\n", replace: '' },
    ],
    breaks: 'the rest of a statement is paid although an admin holds it',
    tests: payouts('run'),
  },
  {
    name: 'run-of-held-that-failed',
    file: 'src/payouts/run-candidates.ts',
    edits: [{ find: "    WHEN held THEN 'HELD'\n", replace: '' }],
    breaks: 'what came back and is held is paid once more by the next run',
    tests: payouts('run'),
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
    file: 'src/payouts/run-candidates.ts',
    edits: [{ find: "p.failure_code = 'transfer_reversed'", replace: 'false' }],
    breaks: 'what somebody took back at Stripe is sent once more by the next run',
    tests: payouts('run'),
  },
];

// payouts verify: joins Stripe's transfers with our payouts, attempts, audit, events and inbox, and finds whatever breaks
// an invariant of the money.
import { type Command, InvalidArgumentError } from 'commander';
import { createAsk } from '../reconciliation/ask.js';
import {
  type InvariantReport,
  type VerifyProgress,
  verifyInvariants,
} from '../reconciliation/invariants/verify.js';
import { createTransferBook } from '../stripe/book.js';
import { createStripe } from '../stripe/client.js';
import { withDatabase } from './context.js';

interface VerifyFlags {
  json?: boolean;
  from?: Date;
}

const HELP = `
It reads all of Stripe's transfers since the oldest payout (with --from, since then) and looks at the database at one
moment. It changes nothing and can run beside a working system, which may show for a moment a reversal that Stripe has
not told of yet. It cannot see: that two transfers lived at once if one of them was taken back since; log files;
whether a client's request asked for just the payout that its key stands for; and, where PAYOUT_MAX_RETRIES was made
smaller, it counts older payouts by what it is now.`;

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description(
      "Holds payouts, attempts, audit and events against Stripe's transfers; exits with 1 if anything is wrong",
    )
    .option('--json', 'prints the report as JSON')
    .option('--from <date>', 'reads only the transfers made since then, such as 2026-08-01', toDate)
    .addHelpText('after', HELP)
    .action(async (flags: VerifyFlags) => {
      const report = await run(flags);
      if (flags.json) console.log(JSON.stringify(report));
      else tell(report);
      if (report.findings.length > 0) process.exitCode = 1;
    });
}

function run({ from, json }: VerifyFlags): Promise<InvariantReport> {
  return withDatabase(async ({ config, db }) => {
    const { retries, staleAfterMs, sweepIntervalMs } = config;
    const ask = createAsk({ pool: db.pool, maxRps: config.stripe.maxRps });
    const book = createTransferBook(createStripe(config.stripe), ask);
    const deps = { pool: db.pool, book, maxRetries: retries.maxRetries, staleAfterMs, sweepIntervalMs };
    const onProgress = json || !process.stderr.isTTY ? undefined : showProgress;
    return verifyInvariants(deps, { from, onProgress });
  });
}

function toDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It is not a date such as 2026-08-01.');
  return date;
}

/** One line of the terminal's error stream, written over and over; what is piped on stays clean. */
function showProgress(progress: VerifyProgress): void {
  const done = 'transfers' in progress ? false : progress.checks === progress.of;
  const line =
    'transfers' in progress
      ? `${progress.transfers} transfers read`
      : `${progress.checks} of ${progress.of} checks done`;
  process.stderr.write(done ? '\r\x1b[K' : `\r\x1b[K${line}`);
}

function tell({ findings, more, checked }: InvariantReport): void {
  for (const { invariant, payoutId, what, details } of findings) {
    console.log(
      `${invariant}: ${payoutId === null ? '' : `payout ${payoutId}: `}${what} ${JSON.stringify(details)}`,
    );
  }
  if (more) console.log('There are more of some kinds than are listed.');
  const { payouts, attempts, transfers, auditRows, events } = checked;
  const verdict = findings.length === 0 ? 'every invariant holds' : `${findings.length} findings`;
  console.log(
    `${payouts} payouts, ${attempts} attempts, ${transfers} transfers, ${events} events, ${auditRows} audit rows: ${verdict}.`,
  );
}

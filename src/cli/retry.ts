// payouts retry: one more attempt for payouts that failed, named one by one or chosen by why they failed.
import type { Command } from 'commander';
import type { Actor } from '../payouts/actor.js';
import { PayoutError } from '../payouts/errors.js';
import { walkPayouts } from '../payouts/exports/walk.js';
import { findPayoutRow } from '../payouts/find.js';
import type { ListedPayout } from '../payouts/lists/page-statement.js';
import { checkStanding, retryPayout } from '../payouts/retry.js';
import type { Viewer } from '../payouts/viewer.js';
import { columns, plural } from '../statements/terminal.js';
import { byOperator, type CommandContext, NO_SIGNALS, withDatabase } from './context.js';
import { showProgress } from './progress.js';

interface RetryFlags {
  code?: string;
  gaveUp?: boolean;
  reason?: string;
  dryRun?: boolean;
  json?: boolean;
}

interface RetryResult {
  reference: string;
  /** `would_retry`: with --dry-run. */
  outcome: 'retried' | 'would_retry' | 'refused';
  /** Why it was refused. */
  code?: string;
  message?: string;
}

const HELP = `
Each payout is made PENDING and sent by the next worker, under a new key and with its own row in the audit. What is not
FAILED, or may not be sent, is refused and said; the others go on. Exits with 1 if any was refused.`;

export function addRetry(program: Command): void {
  program
    .command('retry')
    .argument('[references...]', 'the payouts; without them, say which with --code or --gave-up')
    .description('Tries failed payouts once more')
    .option('--code <code>', 'all that failed with this code, such as balance_insufficient')
    .option('--gave-up', 'only those that no automatic retry will follow')
    .option('--reason <text>', 'why: kept in the audit')
    .option('--dry-run', 'says which they are, and does nothing')
    .option('--json', 'prints the results as JSON')
    .addHelpText('after', HELP)
    .action(async (references: string[], flags: RetryFlags) => {
      if (references.length === 0 && !flags.code && !flags.gaveUp) {
        program.error('Say which: references, --code CODE or --gave-up.');
      }
      const results = await withDatabase((context) => retryAll(context, references, flags));
      const refused = results.filter(({ outcome }) => outcome === 'refused');
      if (flags.json)
        console.log(
          JSON.stringify({ retried: results.length - refused.length, refused: refused.length, results }),
        );
      else console.log(tell(results, refused, flags.dryRun ?? false));
      if (refused.length > 0) process.exitCode = 1;
    });
}

/** One after the other: each is a transaction of its own, so that one that is refused stops none. */
async function retryAll(
  context: CommandContext,
  references: string[],
  flags: RetryFlags,
): Promise<RetryResult[]> {
  const chosen = references.length > 0 ? [...new Set(references)] : await choose(context, flags);
  const by = byOperator(context.actor, flags.reason);
  const progress = showProgress('looked at', chosen.length, flags.json ?? false);
  const results: RetryResult[] = [];
  try {
    for (const reference of chosen) {
      results.push(await retryOne(context, reference, flags, by));
      progress.to(results.length);
    }
  } finally {
    progress.stop();
  }
  return results;
}

async function retryOne(
  { config: { limits }, db }: CommandContext,
  reference: string,
  { dryRun }: RetryFlags,
  by: Actor,
): Promise<RetryResult> {
  try {
    if (dryRun) return await wouldRetry(db.pool, reference);
    await retryPayout({ pool: db.pool, limits, signals: NO_SIGNALS }, reference, by);
    return { reference, outcome: 'retried' };
  } catch (error) {
    if (!(error instanceof PayoutError)) throw error;
    return { reference, outcome: 'refused', code: error.code, message: error.message };
  }
}

/** As it stands: whether its statement still has the money is decided when it is tried. */
async function wouldRetry(pool: CommandContext['db']['pool'], reference: string): Promise<RetryResult> {
  checkStanding(await findPayoutRow(pool, reference));
  return { reference, outcome: 'would_retry' };
}

const OPERATOR: Viewer = { role: 'ADMIN', sub: 'operator' };

async function choose({ db }: CommandContext, { code, gaveUp }: RetryFlags): Promise<string[]> {
  // What an admin has held or rejected is not among them: nobody has named it.
  const wanted = ({ failureCode, nextAttemptAt, control }: ListedPayout) =>
    control === null && (!code || failureCode === code) && (!gaveUp || nextAttemptAt === null);
  const chosen: string[] = [];
  for await (const page of walkPayouts(db.pool, OPERATOR, { status: ['FAILED'] }, [])) {
    chosen.push(...page.filter(wanted).map(({ id }) => id));
  }
  return chosen;
}

/** A longer list is cut; the counts are whole. */
const MOST_SHOWN = 50;

function tell(results: readonly RetryResult[], refused: readonly RetryResult[], dryRun: boolean): string {
  const done = `${plural(results.length - refused.length, 'payout')} ${dryRun ? 'would be tried' : 'will be tried'} once more`;
  const verdict = refused.length === 0 ? `${done}.` : `${done}, ${refused.length} refused.`;
  if (refused.length === 0) return verdict;
  const rows = refused.slice(0, MOST_SHOWN).map(({ reference, message = '' }) => [reference, message]);
  return [...columns(['REFUSED', 'WHY'], rows, []), '', verdict].join('\n');
}

// payouts adopt: takes back payouts that a restored database has forgotten, by the transfers that Stripe has of them.
import type { Command } from 'commander';
import { type Adopted, adoptTransfer } from '../payouts/adopt.js';
import { PayoutError } from '../payouts/errors.js';
import { createStripe } from '../stripe/client.js';
import { createStripeReader } from '../stripe/reader.js';
import { withDatabase } from './context.js';

interface Flags {
  statement?: string;
  json?: boolean;
}

interface Result {
  transfer: string;
  payoutId: string | null;
  royaltyStatementId: string | null;
  /** Why it was refused. */
  refused: string | null;
}

const HELP = `
Reconciliation tells of such transfers as unknown_transfer. The payout gets its id back, completed by its transfer, and its
statement: the one of which just this much is left, or the one that --statement says. Where it is not certain which it was, it
is refused with those that it may be; --statement none takes it without one. Nothing is sent to Stripe. The creator is told of
the payout once more. Exits with 1 if one was refused, or if there is no statement that it can be of.`;

export function addAdopt(program: Command): void {
  program
    .command('adopt')
    .argument('<transfers...>', 'ids of transfers, tr_…')
    .description('Takes back payouts that a restored database has forgotten, by their transfers')
    .option('--statement <id>', 'what the payout was paid from, or none; for one transfer')
    .option('--json', 'prints the results as JSON')
    .addHelpText('after', HELP)
    .action(async (ids: string[], { statement, json }: Flags) => {
      if (statement && ids.length > 1) program.error('--statement is for one transfer.');
      const results = await adoptAll(ids, statement === NONE ? null : statement);
      if (json) console.log(JSON.stringify({ results }));
      else for (const one of results) console.log(tell(one));
      if (results.some((one) => isToLookAt(one, statement))) process.exitCode = 1;
    });
}

/** Of `--statement`: it was paid from none. */
const NONE = 'none';

const isToLookAt = ({ refused, royaltyStatementId }: Result, said: string | undefined) =>
  refused !== null || (royaltyStatementId === null && said !== NONE);

function adoptAll(ids: readonly string[], statement: string | null | undefined): Promise<Result[]> {
  return withDatabase(async ({ config, db, actor }) => {
    const reader = createStripeReader(createStripe(config.stripe));
    const results: Result[] = [];
    for (const id of ids) {
      const transfer = await reader.transfer(id);
      const adopting = transfer ? adoptTransfer(db.pool, transfer, { name: actor }, statement) : null;
      results.push(await resultOf(id, adopting));
    }
    return results;
  });
}

async function resultOf(transfer: string, adopting: Promise<Adopted> | null): Promise<Result> {
  const nothing = { transfer, payoutId: null, royaltyStatementId: null };
  if (!adopting) return { ...nothing, refused: 'Stripe has no such transfer' };
  try {
    const { payout, royaltyStatementId } = await adopting;
    return { transfer, payoutId: payout.id, royaltyStatementId, refused: null };
  } catch (error) {
    if (error instanceof PayoutError) return { ...nothing, refused: error.message };
    throw error;
  }
}

function tell({ transfer, payoutId, royaltyStatementId, refused }: Result): string {
  if (refused !== null) return `${transfer}: ${refused}`;
  const from = royaltyStatementId ?? 'no statement: look before you pay the creator again';
  return `${transfer}: payout ${payoutId}, paid from ${from}`;
}

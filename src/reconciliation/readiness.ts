// Reads the creators' readiness anew where a lost webhook would hurt: those we believe cannot receive transfers, and
// those whose payouts are of the period.
import { inTransaction } from '../db/transaction.js';
import { hearOfReadiness } from '../payouts/events/readiness.js';
import { type AccountState, NO_ACCOUNT } from '../payouts/ports.js';
import type { Pass } from './pass.js';

/** Accounts that one run reads at most, the newest creators' first. */
const MOST_ACCOUNTS = 1_000;

interface Believed {
  accountId: string;
  transfersEnabled: boolean;
}

export async function refreshReadiness(pass: Pass): Promise<void> {
  const { pool, signals } = pass.deps;
  let released = 0;
  for (const { accountId, transfersEnabled } of await accountsToRead(pass)) {
    pass.signal.throwIfAborted();
    // Stripe says it after it was asked: of two words, this is never the later one by mistake.
    const toldAt = await databaseSecond(pass);
    const now = await stateOf(pass, accountId);
    if (now.transfersEnabled === transfersEnabled && transfersEnabled) continue;
    const told = { accountId, ...now, toldAt };
    const heard = await inTransaction(pool, (db) => hearOfReadiness(db, told));
    released += heard.released;
  }
  if (released > 0) signals.retriesDue();
}

async function stateOf({ deps }: Pass, accountId: string): Promise<AccountState> {
  return (await deps.ask('accounts.retrieve', () => deps.reader.account(accountId))) ?? NO_ACCOUNT;
}

/** Stripe's times are whole seconds. */
async function databaseSecond({ deps }: Pass): Promise<Date> {
  const { rows } = await deps.pool.query<{ now: Date }>(`SELECT date_trunc('second', now()) AS now`);
  return rows[0]?.now ?? new Date(0);
}

async function accountsToRead({ deps, period }: Pass): Promise<Believed[]> {
  const { rows } = await deps.pool.query<Believed>(
    `SELECT c.stripe_account_id AS "accountId", bool_and(c.transfers_enabled) AS "transfersEnabled"
     FROM creators c
     WHERE c.stripe_account_id IS NOT NULL AND (NOT c.transfers_enabled OR EXISTS (
       SELECT 1 FROM payouts p WHERE p.creator_id = c.id
         AND p.updated_at >= $1::timestamp AND p.created_at < $2::timestamp))
     GROUP BY c.stripe_account_id ORDER BY max(c.created_at) DESC LIMIT ${MOST_ACCOUNTS}`,
    [period.start.toISOString(), period.end.toISOString()],
  );
  return rows;
}

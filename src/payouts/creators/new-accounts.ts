// Asks Stripe about accounts that nobody has told us anything of: a creator's account that is ready already, and that
// nothing happens to, sends no event.
import { inTransaction } from '../../db/transaction.js';
import type { Actor } from '../actor.js';
import { StripeUnavailableError } from '../errors.js';
import { type InboxDeps, pauseIfRefused } from '../events/inbox.js';
import { hearOfReadiness } from '../events/readiness.js';
import { reservePace, sleep } from '../pace.js';
import { NO_ACCOUNT } from '../ports.js';

/** Accounts of one call at most: Stripe's pace is slow, and other work waits behind it. */
const MOST_ACCOUNTS = 100;

/** What cannot be asked now is asked the next time. @returns how many accounts were heard of */
export async function askOfNewAccounts(deps: InboxDeps, signal: AbortSignal): Promise<number> {
  const accounts = await untoldAccounts(deps);
  const waits = await reservePace(deps.pool, 'accounts.retrieve', deps.maxRps, accounts.length);
  const heard = await Promise.all(
    accounts.map((accountId, i) => askLogged(deps, accountId, waits[i] ?? 0, signal)),
  );
  const told = heard.filter((released) => released !== null);
  if (told.some((released) => released > 0)) deps.signals.retriesDue();
  if (accounts.length === MOST_ACCOUNTS && told.length > 0) deps.signals.accountsDue();
  return told.length;
}

async function untoldAccounts({ pool }: InboxDeps): Promise<string[]> {
  const { rows } = await pool.query<{ accountId: string }>(
    `SELECT DISTINCT stripe_account_id AS "accountId" FROM creators
     WHERE stripe_account_id IS NOT NULL AND readiness_told_at IS NULL AND NOT transfers_enabled
     ORDER BY 1 LIMIT $1`,
    [MOST_ACCOUNTS],
  );
  return rows.map(({ accountId }) => accountId);
}

/** @returns how many payouts go on now; null: nothing was heard */
async function askLogged(
  deps: InboxDeps,
  accountId: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  await sleep(waitMs);
  if (signal.aborted) return null;
  try {
    return await askOne(deps, accountId);
  } catch (err) {
    deps.log.warn({ err, accountId }, 'Stripe does not say whether this account can receive transfers');
    return null;
  }
}

/**
 * Asks about one creator's account now: the creator has come back from Stripe and does not wait for a webhook.
 * @throws StripeUnavailableError
 */
export async function askOfCreator(deps: InboxDeps, creatorId: string, actor: Actor): Promise<void> {
  const { rows } = await deps.pool.query<{ accountId: string | null }>(
    'SELECT stripe_account_id AS "accountId" FROM creators WHERE id = $1',
    [creatorId],
  );
  const accountId = rows[0]?.accountId;
  if (!accountId) return;
  const [wait = 0] = await reservePace(deps.pool, 'accounts.retrieve', deps.maxRps, 1);
  await sleep(wait);
  const released = await askOne(deps, accountId, actor).catch((cause: unknown) => {
    deps.log.warn(
      { err: cause, accountId },
      'Stripe does not say whether this account can receive transfers',
    );
    throw new StripeUnavailableError({ cause });
  });
  if (released > 0) deps.signals.retriesDue();
}

async function askOne(deps: InboxDeps, accountId: string, actor?: Actor): Promise<number> {
  const toldAt = await secondBefore(deps);
  const answer = deps.stripe.account(accountId).catch((error) => pauseIfRefused(deps, error));
  const told = { accountId, ...((await answer) ?? NO_ACCOUNT), toldAt };
  return (await inTransaction(deps.pool, (db) => hearOfReadiness(db, told, actor))).released;
}

/**
 * Stripe's times are whole seconds. An event of this very second may be later than the answer, so that it is believed
 * whichever comes first; what was before this second, the answer knows.
 */
async function secondBefore({ pool }: InboxDeps): Promise<Date> {
  const { rows } = await pool.query<{ at: Date }>(
    `SELECT date_trunc('second', now()) - interval '1 second' AS at`,
  );
  return rows[0]?.at ?? new Date(0);
}

// Creates and changes creators by the platform's own ids. A new Stripe account receives nothing new until Stripe has
// said that it can; what is under way goes where it was sent.
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import type { Actor } from '../actor.js';
import type { PayoutError } from '../errors.js';
import type { Signals } from '../ports.js';
import { type CreatorInput, type PlannedCreator, planCreators } from './creator-plan.js';
import { accountHolders, lockCreators, saveCreators } from './creator-rows.js';
import {
  checkDisplayName,
  checkEmail,
  checkExternalId,
  checkLocale,
  checkStripeAccountId,
} from './fields.js';
import { checkRowCount, checkRows, isGood, lockUpserts, type Placed, type RowResult } from './rows.js';

export interface UpsertCreatorsDeps {
  pool: pg.Pool;
  signals: Signals;
}

/**
 * Rows are independent: a bad one has its error for a result and keeps none of the others out, and each good one is
 * written as a whole or, where it says nothing new, not at all. All good rows go in together.
 * @throws InvalidInputError for no row at all, or too many
 */
export async function upsertCreators(
  deps: UpsertCreatorsDeps,
  creators: readonly CreatorInput[],
  actor: Actor,
): Promise<RowResult[]> {
  checkRowCount('creators', creators);
  const checked = checkRows('creators', creators, checkCreator);
  const planned = await inTransaction(deps.pool, (db) => upsertInside(db, checked, actor));
  const isNewAccount = (one: PlannedCreator | PayoutError) => isGood(one) && one.changesAccount;
  if (planned.some(isNewAccount)) deps.signals.accountsDue();
  return planned.map((one) => (isGood(one) ? { outcome: one.outcome, id: one.after.id } : one));
}

function checkCreator({ row, path }: Placed<CreatorInput>): CreatorInput {
  return {
    externalId: checkExternalId(path, row.externalId),
    displayName: checkDisplayName(path, row.displayName),
    email: checkEmail(path, row.email),
    stripeAccountId: checkStripeAccountId(path, row.stripeAccountId),
    locale: checkLocale(path, row.locale),
  };
}

async function upsertInside(
  db: Queryable,
  checked: readonly (Placed<CreatorInput> | PayoutError)[],
  actor: Actor,
): Promise<(PlannedCreator | PayoutError)[]> {
  const good = checked.filter(isGood).map(({ row }) => row);
  await lockUpserts(db, 'creators');
  const earlier = await lockCreators(
    db,
    good.map(({ externalId }) => externalId),
  );
  const accounts = good.map(({ stripeAccountId }) => stripeAccountId).filter((account) => account != null);
  const planned = planCreators(checked, earlier, await accountHolders(db, accounts));
  await saveCreators(db, planned.filter(isGood), actor);
  return planned;
}

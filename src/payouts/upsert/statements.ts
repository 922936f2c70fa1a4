// Creates and changes royalty statements by the ids that they have where they come from. What was paid or is on its way
// stays covered: the statement is held as whoever spends it holds it.
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import type { Actor } from '../actor.js';
import type { PayoutError } from '../errors.js';
import type { AmountLimits } from '../money.js';
import { checkExternalId } from './fields.js';
import {
  checkRowCount,
  checkRows,
  invalid,
  isGood,
  lockUpserts,
  type Placed,
  type RowResult,
} from './rows.js';
import { type PlannedStatement, planStatements, type StatementInput } from './statement-plan.js';
import { lockCreatorsById, lockStatements, saveStatements } from './statement-rows.js';

export interface UpsertStatementsDeps {
  pool: pg.Pool;
  limits: Pick<AmountLimits, 'currency'>;
}

/**
 * Rows are independent: a bad one has its error for a result and keeps none of the others out, and each good one is
 * written as a whole or, where it says nothing new, not at all. All good rows go in together.
 * @throws InvalidInputError for no row at all, or too many
 */
export async function upsertStatements(
  deps: UpsertStatementsDeps,
  statements: readonly StatementInput[],
  actor: Actor,
): Promise<RowResult[]> {
  checkRowCount('statements', statements);
  const checked = checkRows('statements', statements, checkStatement);
  const { currency } = deps.limits;
  const planned = await inTransaction(deps.pool, (db) => upsertInside(db, checked, currency, actor));
  return planned.map((one) => (isGood(one) ? { outcome: one.outcome, id: one.id } : one));
}

function checkStatement({ row, path }: Placed<StatementInput>): StatementInput {
  checkExternalId(path, row.externalId);
  if (!/^(?:19|20)/.test(row.periodStart)) throw invalid(path, 'periodStart', 'is not a day of 1900 to 2099');
  if (!/^(?:19|20)/.test(row.periodEnd)) throw invalid(path, 'periodEnd', 'is not a day of 1900 to 2099');
  if (row.periodEnd < row.periodStart) throw invalid(path, 'periodEnd', 'lies before periodStart');
  if (!Number.isSafeInteger(row.amountCents) || row.amountCents < 0) {
    throw invalid(path, 'amountCents', 'must be a whole number of cents, 0 or more');
  }
  return row;
}

async function upsertInside(
  db: Queryable,
  checked: readonly (Placed<StatementInput> | PayoutError)[],
  currency: string,
  actor: Actor,
): Promise<(PlannedStatement | PayoutError)[]> {
  const good = checked.filter(isGood).map(({ row }) => row);
  await lockUpserts(db, 'statements');
  const creatorIds = good.map(({ creatorId }) => creatorId);
  const creators = await lockCreatorsById(db, creatorIds);
  const externalIds = good.map(({ externalId }) => externalId);
  const earlier = await lockStatements(db, externalIds);
  const planned = planStatements(checked, { creators, earlier, currency });
  await saveStatements(db, planned.filter(isGood), currency, actor);
  return planned;
}

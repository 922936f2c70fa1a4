// What each row would do to its statement: pure, on what the database holds.
import cuid from '@bugsnag/cuid';
import { NotFoundError, type PayoutError, StatementOverdrawnError } from '../errors.js';
import { formatCents } from '../money.js';
import { invalid, isGood, orError, type Placed, type Upserted } from './rows.js';

export interface StatementInput {
  /** What makes it the same statement again. */
  externalId: string;
  creatorId: string;
  /** `YYYY-MM-DD`, both days included. */
  periodStart: string;
  periodEnd: string;
  /** In the currency of payouts. */
  amountCents: number;
}

/** A statement that exists. */
export interface EarlierStatement extends StatementInput {
  id: string;
  currency: string;
  /** What payouts have of it or may still take. */
  spentCents: number;
  /** A file made it. */
  imported: boolean;
}

export interface PlannedStatement {
  outcome: Upserted['outcome'];
  id: string;
  row: StatementInput;
}

export interface StatementFacts {
  /** Ids of those that exist. */
  creators: ReadonlySet<string>;
  /** By external id. */
  earlier: ReadonlyMap<string, EarlierStatement>;
  /** Of payouts. */
  currency: string;
}

export function planStatements(
  checked: readonly (Placed<StatementInput> | PayoutError)[],
  facts: StatementFacts,
): (PlannedStatement | PayoutError)[] {
  return checked.map((one) => (isGood(one) ? orError(() => planOne(one, facts)) : one));
}

function planOne(placed: Placed<StatementInput>, facts: StatementFacts): PlannedStatement {
  const { row } = placed;
  if (!facts.creators.has(row.creatorId)) throw new NotFoundError('creator');
  const before = facts.earlier.get(row.externalId);
  if (!before) return { outcome: 'CREATED', id: cuid(), row };
  checkChange(placed, before, facts.currency);
  return { outcome: isSame(before, row) ? 'UNCHANGED' : 'UPDATED', id: before.id, row };
}

function isSame(before: StatementInput, row: StatementInput): boolean {
  return before.amountCents === row.amountCents && isSamePeriod(before, row);
}

function isSamePeriod(before: StatementInput, row: StatementInput): boolean {
  return before.periodStart === row.periodStart && before.periodEnd === row.periodEnd;
}

/** @throws InvalidInputError, StatementOverdrawnError */
function checkChange(
  { row, path }: Placed<StatementInput>,
  before: EarlierStatement,
  currency: string,
): void {
  if (before.creatorId !== row.creatorId) {
    throw invalid(path, 'creatorId', 'is not whose statement this is: a statement never changes hands');
  }
  if (before.currency !== currency) {
    throw invalid(path, 'amountCents', `the statement is in ${before.currency}, payouts are in ${currency}`);
  }
  // Its period is a part of its external id, by which the next import knows it again.
  if (before.imported && !isSamePeriod(before, row)) {
    throw invalid(path, 'periodStart', 'the statement came from a file, and its period stays as it is');
  }
  if (row.amountCents < Math.min(before.amountCents, before.spentCents)) throw overdrawn(before);
}

function overdrawn({ amountCents, spentCents, currency }: EarlierStatement): StatementOverdrawnError {
  const spent = formatCents(spentCents, currency);
  return new StatementOverdrawnError(
    amountCents - spentCents,
    currency,
    `${spent} of this statement is paid or on its way: it cannot be less than that.`,
  );
}

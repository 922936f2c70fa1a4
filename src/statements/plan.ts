// What an import would write: pure arithmetic on what the file asks for and what the database holds.
import type { Rejected, Wanted } from './assign.js';
import { fitsColumn, splitCents } from './decimal.js';

/** A statement as it is written: `cents / 100 = earned + carriedIn - carriedOut`, exactly. */
export interface PlannedStatement extends Wanted {
  carriedIn: bigint;
  carriedOut: bigint;
  cents: bigint;
}

/** A statement that exists already. */
export interface Earlier {
  /** Null: it did not come from a file. */
  fileName: string | null;
  /** ISO time. */
  at: string;
}

export interface Plan {
  statements: PlannedStatement[];
  rejected: Rejected[];
  /** What each creator of a statement is left with, for its next one. */
  carries: Map<string, bigint>;
}

/** What the column of a statement's cents can hold. */
const MOST_CENTS = 2n ** 31n - 1n;

/**
 * Takes each creator's periods in chronological order, each one's rest going into the next.
 * @param carries what each creator brings from the statements before
 * @param earlier by external id
 */
export function planStatements(
  wanted: readonly Wanted[],
  carries: ReadonlyMap<string, bigint>,
  earlier: ReadonlyMap<string, Earlier>,
): Plan {
  const plan: Plan = { statements: [], rejected: [], carries: new Map() };
  for (const item of wanted.toSorted(byCreatorAndPeriod)) {
    const before = earlier.get(item.externalId);
    const carriedIn = plan.carries.get(item.creator.id) ?? carries.get(item.creator.id) ?? 0n;
    const statement = withCarry(item, carriedIn);
    if (before) plan.rejected.push(rejected(item, 'overlap', overlapReason(item, before)));
    else if (!fits(statement)) plan.rejected.push(rejected(item, 'amount_too_large', TOO_LARGE));
    else {
      plan.statements.push(statement);
      plan.carries.set(item.creator.id, statement.carriedOut);
    }
  }
  return plan;
}

function withCarry(item: Wanted, carriedIn: bigint): PlannedStatement {
  const { cents, rest } = splitCents(item.earned + carriedIn);
  return { ...item, carriedIn, carriedOut: rest, cents };
}

const TOO_LARGE = `its statement would be more than ${MOST_CENTS} cents, or too far below zero`;

function fits(statement: PlannedStatement): boolean {
  return statement.cents <= MOST_CENTS && fitsColumn(statement.earned) && fitsColumn(statement.carriedOut);
}

function rejected(item: Wanted, code: Rejected['code'], reason: string): Rejected {
  return { code, reason, rows: item.rows, sum: item.earned, groups: item.groups };
}

function overlapReason({ creator, period }: Wanted, { fileName, at }: Earlier): string {
  const from = fileName === null ? 'made' : `from ${fileName}, imported`;
  return `${creator.displayName} has a statement for ${period.start} to ${period.end} already (${from} ${at.slice(0, 10)})`;
}

function byCreatorAndPeriod(a: Wanted, b: Wanted): number {
  return (
    compare(a.creator.id, b.creator.id) ||
    compare(a.period.start, b.period.start) ||
    compare(a.period.end, b.period.end)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// What an import would write: pure arithmetic on what the file asks for and what the database holds.
import type { Rejected, Wanted } from './assign.js';
import { fitsColumn, splitCents } from './decimal.js';
import type { Period } from './period.js';

/** A statement as it is written: `cents / 100 = earned + carriedIn - carriedOut`, exactly. */
export interface PlannedStatement extends Wanted {
  carriedIn: bigint;
  carriedOut: bigint;
  cents: bigint;
  /** What it shares days with, where the admin lets that be. */
  overlaps: EarlierPeriod | null;
}

/** A statement that exists already. */
export interface Earlier {
  /** Null: it did not come from a file. */
  fileName: string | null;
  /** ISO time. */
  at: string;
}

/** One that covers some of the same days. */
export interface EarlierPeriod extends Earlier, Period {
  /** Another creator whose it is, whom a name of the file led to before; null: the same creator. */
  former: string | null;
}

/** What the database holds already of a file's statements, each by external id. */
export interface Stored {
  same: ReadonlyMap<string, Earlier>;
  /** Another statement of the same format, and of the same creator or whom its names led to before. */
  overlapping: ReadonlyMap<string, EarlierPeriod>;
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
 * @param allowOverlap the admin has said that periods which share days with earlier ones are other earnings
 */
export function planStatements(
  wanted: readonly Wanted[],
  carries: ReadonlyMap<string, bigint>,
  stored: Stored,
  allowOverlap: boolean,
): Plan {
  const plan: Plan = { statements: [], rejected: [], carries: new Map() };
  for (const item of wanted.toSorted(byCreatorAndPeriod)) {
    const carriedIn = plan.carries.get(item.creator.id) ?? carries.get(item.creator.id) ?? 0n;
    const overlaps = stored.overlapping.get(item.externalId) ?? null;
    const statement = withCarry(item, carriedIn, overlaps);
    const problem = alreadyThere(item, stored, allowOverlap) ?? tooLarge(statement);
    if (problem) plan.rejected.push(problem);
    else {
      plan.statements.push(statement);
      plan.carries.set(item.creator.id, statement.carriedOut);
    }
  }
  return plan;
}

function withCarry(item: Wanted, carriedIn: bigint, overlaps: EarlierPeriod | null): PlannedStatement {
  const { cents, rest } = splitCents(item.earned + carriedIn);
  return { ...item, carriedIn, carriedOut: rest, cents, overlaps };
}

const TOO_LARGE = `its statement would be more than ${MOST_CENTS} cents, or too far below zero`;

function tooLarge(statement: PlannedStatement): Rejected | null {
  const { cents, earned, carriedOut } = statement;
  const fits = cents <= MOST_CENTS && fitsColumn(earned) && fitsColumn(carriedOut);
  return fits ? null : rejected(statement, 'amount_too_large', TOO_LARGE);
}

/** Nothing is written over, and nothing is counted twice without the admin's word. */
function alreadyThere(item: Wanted, { same, overlapping }: Stored, allowOverlap: boolean): Rejected | null {
  const before = same.get(item.externalId);
  if (before) return rejected(item, 'overlap', overlapReason(item, item.period, before));
  const other = allowOverlap ? undefined : overlapping.get(item.externalId);
  return other ? rejected(item, 'period_overlap', sharedReason(item, other)) : null;
}

function rejected(item: Wanted, code: Rejected['code'], reason: string): Rejected {
  return { code, reason, rows: item.rows, sum: item.earned, groups: item.groups };
}

function overlapReason(
  { creator }: Wanted,
  { start, end }: Period,
  { fileName, at, former = null }: Earlier & Partial<EarlierPeriod>,
): string {
  const from = fileName === null ? 'made' : `from ${fileName}, imported`;
  return `${former ?? creator.displayName} has a statement for ${start} to ${end} already (${from} ${at.slice(0, 10)})`;
}

const sharedReason = (item: Wanted, earlier: EarlierPeriod): string =>
  `${overlapReason(item, earlier, earlier)}, which shares days with ${item.period.start} to ${item.period.end}` +
  (earlier.former === null ? '' : `: the name led to ${earlier.former} then`);

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

// What is kept of a file's rows while they stream by: a sum for each creator and period, and what is wrong with the
// bad ones. It grows with the number of creators and periods, not with the number of rows.
import type { Header, Row, RowReader, StatementFormat } from './format.js';
import { foldName } from './names.js';
import type { Period } from './period.js';
import { type ProblemCode, RowError } from './row-error.js';

/** How many bad rows are listed one by one, at most; the others are counted and summed all the same. */
export const MOST_LISTED = 200;

/** The rows of one creator, as the file names it, and one period. */
export interface Group {
  /** The name folded, or the e-mail or id. */
  creatorKey: string;
  /** As the file spells it. */
  creatorName: string;
  period: Period;
  rows: number;
  /** Exact, see decimal.ts. */
  earned: bigint;
  /** Of the first rows, in order; MOST_LISTED at most. */
  lines: number[];
}

export interface RowProblem {
  line: number;
  code: ProblemCode;
  reason: string;
}

export interface ProblemCount {
  rows: number;
  /** Of those rows whose amount could be read. */
  sum: bigint;
  /** Rows whose amount could not. */
  unreadable: number;
}

/** What came of a file's rows. */
export interface Counted {
  /** All of them, bad ones included. */
  readonly rows: number;
  readonly groups: ReadonlyMap<string, Group>;
  /** The first bad rows, in order; MOST_LISTED at most. */
  readonly problems: readonly RowProblem[];
  readonly counts: ReadonlyMap<ProblemCode, ProblemCount>;
}

export class Tally implements Counted {
  rows = 0;
  readonly groups = new Map<string, Group>();
  readonly problems: RowProblem[] = [];
  readonly counts = new Map<ProblemCode, ProblemCount>();
  readonly #reader: RowReader;
  readonly #columns: number;
  readonly #key: (name: string) => string;

  /** @throws BadHeaderError */
  constructor(format: StatementFormat, header: Header) {
    this.#reader = format.reader(header);
    this.#columns = header.names.length;
    this.#key = format.creatorsBy === 'alias' ? foldName : (name) => name;
  }

  add(row: Row, line: number): void {
    this.rows++;
    let earned: bigint | undefined;
    try {
      checkWidth(row, this.#columns);
      earned = this.#reader.earned(row); // first, so that the sum of what is bad for other reasons is exact
      this.#count(creatorName(this.#reader.creator(row)), this.#reader.period(row), earned, line);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.#reject(error, earned, line);
    }
  }

  #count(name: string, period: Period, earned: bigint, line: number): void {
    const creatorKey = this.#key(name);
    const id = `${period.start}${period.end}${creatorKey}`;
    let group = this.groups.get(id);
    if (!group) {
      group = { creatorKey, creatorName: name, period, rows: 0, earned: 0n, lines: [] };
      this.groups.set(id, group);
    }
    group.rows++;
    group.earned += earned;
    if (group.lines.length < MOST_LISTED) group.lines.push(line);
  }

  #reject(error: RowError, earned: bigint | undefined, line: number): void {
    const count = this.counts.get(error.code) ?? { rows: 0, sum: 0n, unreadable: 0 };
    count.rows++;
    if (earned === undefined) count.unreadable++;
    else count.sum += earned;
    this.counts.set(error.code, count);
    if (this.problems.length < MOST_LISTED) {
      this.problems.push({ line, code: error.code, reason: error.message });
    }
  }
}

/** Empty fields beyond the last column mean nothing; anything else means that fields may have moved. */
function checkWidth(row: Row, columns: number): void {
  if (row.length === columns) return;
  if (row.length > columns && row.slice(columns).every((field) => field.trim() === '')) return;
  throw new RowError('wrong_columns', `the row has ${row.length} fields, the header ${columns}`);
}

function creatorName(field: string): string {
  const name = field.trim();
  if (name === '') throw new RowError('bad_creator', 'the field that names the creator is empty');
  if (name.includes('\0') || name.length > 500) {
    throw new RowError('bad_creator', 'the field that names the creator is no name');
  }
  return name;
}

// What is kept of a file's rows while they stream by: a sum for each creator and period, and a count for each reason why
// rows are bad. It grows with the number of creators and periods, not with the number of rows.
import type { Header, Row, StatementFormat } from './format.js';
import type { Period } from './period.js';
import { type ProblemCode, RowError } from './row-error.js';
import { type Owner, RowParser } from './row-parser.js';

/** The rows of one creator, as the file names it, and one period. */
export interface Group {
  /** Of creator and period. */
  id: string;
  /** The name folded, or the e-mail or id. */
  creatorKey: string;
  /** As the file spells it. */
  creatorName: string;
  period: Period;
  rows: number;
  /** Exact, see decimal.ts. */
  earned: bigint;
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
  readonly counts: ReadonlyMap<ProblemCode, ProblemCount>;
}

export class Tally implements Counted {
  rows = 0;
  readonly groups = new Map<string, Group>();
  readonly counts = new Map<ProblemCode, ProblemCount>();
  readonly #parser: RowParser;

  /** @throws BadHeaderError */
  constructor(format: StatementFormat, header: Header) {
    this.#parser = new RowParser(format, header);
  }

  add(row: Row): void {
    this.rows++;
    let earned: bigint | undefined;
    try {
      earned = this.#parser.earned(row); // first, so that the sum of what is bad for other reasons is exact
      this.#count(this.#parser.owner(row), earned);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.#reject(error.code, earned);
    }
  }

  #count(owner: Owner, earned: bigint): void {
    let group = this.groups.get(owner.id);
    if (!group) {
      group = { ...owner, rows: 0, earned: 0n };
      this.groups.set(owner.id, group);
    }
    group.rows++;
    group.earned += earned;
  }

  #reject(code: ProblemCode, earned: bigint | undefined): void {
    const count = this.counts.get(code) ?? { rows: 0, sum: 0n, unreadable: 0 };
    count.rows++;
    if (earned === undefined) count.unreadable++;
    else count.sum += earned;
    this.counts.set(code, count);
  }
}

// What a statement file's format is: how it is recognised and how its rows are read. A further format is one more
// file in formats/ and one more entry in formats/list.ts.
import { BadHeaderError } from './errors.js';
import { foldName } from './names.js';
import type { Period } from './period.js';

export interface StatementFormat {
  /** Begins the external ids of its statements, so it never changes. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** The columns by which people know it, for the message about a file that nobody knows. */
  readonly knownBy: readonly string[];
  /** The one currency that it reports, in lower case; null: whatever payouts are in. */
  readonly currency: string | null;
  /** Who the creator field names: an `account` (e-mail, external id or id), or an `alias` kept by the admin. */
  readonly creatorsBy: 'account' | 'alias';
  /** Whether these are its columns (folded like names). At most one format of the list may say so. */
  recognises(columns: ReadonlySet<string>): boolean;
  /** @throws BadHeaderError */
  reader(header: Header): RowReader;
}

/** Reads the parts of one row. Each throws RowError, and says so of this row alone. */
export interface RowReader {
  /** Exact, see decimal.ts. */
  earned(row: Row): bigint;
  creator(row: Row): string;
  period(row: Row): Period;
}

/** The fields of one line; as many as the header has columns. */
export type Row = readonly string[];

/** Gives one column's field of a row. */
export type Column = (row: Row) => string;

/** The header line. Columns are found by name, whatever their order, case and spaces. */
export class Header {
  /** Without unnamed columns at the end. */
  readonly names: readonly string[];
  readonly folded: readonly string[];

  constructor(cells: readonly string[]) {
    const width = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
    this.names = cells.slice(0, width).map((cell) => cell.trim());
    this.folded = this.names.map(foldName);
  }

  /** @throws BadHeaderError if it is missing or stands there twice */
  column(name: string): Column {
    const column = this.optionalColumn(name);
    if (!column) throw new BadHeaderError(`The column "${name}" is missing`, this.names);
    return column;
  }

  /** @throws BadHeaderError if it stands there twice */
  optionalColumn(name: string): Column | undefined {
    const index = this.folded.indexOf(foldName(name));
    if (index !== this.folded.lastIndexOf(foldName(name))) {
      throw new BadHeaderError(`The column "${name}" stands there twice`, this.names);
    }
    return index === -1 ? undefined : (row) => row[index] ?? '';
  }
}

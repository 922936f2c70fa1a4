// One row of a file, in the words of its format: what was earned, by whom, and when.
import type { Header, Row, RowReader, StatementFormat } from './format.js';
import { foldName } from './names.js';
import type { Period } from './period.js';
import { RowError } from './row-error.js';

/** Whose a row is. */
export interface Owner {
  /** Of creator and period: rows that have the same one are added up. */
  id: string;
  /** The name folded, or the e-mail or id. */
  creatorKey: string;
  /** As the file spells it. */
  creatorName: string;
  period: Period;
}

export class RowParser {
  readonly #reader: RowReader;
  readonly #columns: number;
  readonly #key: (name: string) => string;

  /** @throws BadHeaderError */
  constructor(format: StatementFormat, header: Header) {
    this.#reader = format.reader(header);
    this.#columns = header.names.length;
    this.#key = format.creatorsBy === 'alias' ? foldName : (name) => name;
  }

  /** Exact, see decimal.ts. @throws RowError, also where fields may have moved */
  earned(row: Row): bigint {
    checkWidth(row, this.#columns);
    return this.#reader.earned(row);
  }

  /** @throws RowError */
  owner(row: Row): Owner {
    const name = creatorName(this.#reader.creator(row));
    const period = this.#reader.period(row);
    const creatorKey = this.#key(name);
    return { id: `${period.start}${period.end}${creatorKey}`, creatorKey, creatorName: name, period };
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

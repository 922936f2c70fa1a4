// Rows as CSV (RFC 4180) that a spreadsheet shows and never runs.
import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | null;

/**
 * What a spreadsheet takes for a formula: some also behind spaces and quotation marks, some in the signs of full width that
 * Asian keyboards write.
 */
const FORMULA = /^[\s"'\u00a0]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * The same where a cell begins for those that part cells at semicolons or tabs: spreadsheets do by the language that they
 * are set to, whatever quotation marks say. To them a quotation mark behind a comma stands within a cell and keeps nothing
 * together, so that a line end in the text ends the row.
 */
const PARTED = /([;\t\r\n][\s"'\u00a0]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/** With an apostrophe before it, it is text to all of them. */
export const harmless = (text: string): string =>
  (FORMULA.test(text) ? `'${text}` : text).replace(PARTED, "$1'");

/** Lines that end in CRLF. A text with a line end of any kind or another kind of separator in it is quoted. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? harmless(cell) : cell)));
  return stringify(cells, { record_delimiter: '\r\n', quoted_match: /[\r\n;\t]/ });
}

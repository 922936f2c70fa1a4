// Rows as CSV (RFC 4180) that a spreadsheet shows and never runs.
import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | null;

/**
 * What a spreadsheet takes for a formula: some also behind spaces and quotation marks, some in the signs of full width that
 * Asian keyboards write.
 */
const FORMULA = /^[\s"'\u00a0]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** With an apostrophe before it, it is text to all of them. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** Lines that end in CRLF. A text with a line end of any kind in it is quoted. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? harmless(cell) : cell)));
  return stringify(cells, { record_delimiter: '\r\n', quoted_match: /[\r\n]/ });
}

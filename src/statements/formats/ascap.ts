// ASCAP's two statements: performances at home, by the quarter, and what societies abroad sent, between two dates. Each is
// a format of its own: both may tell of the same member and days, and neither is then the other one again.
import { parseDecimal } from '../decimal.js';
import type { Column, Header, Row, RowReader, StatementFormat } from '../format.js';
import { americanPeriod, type Period, quarterPeriod } from '../period.js';

/** Who is paid. `Party Name` beside it is whose share of the work it is. */
const RECIPIENT = 'Statement Recipient Name';
const QUARTER = 'Performance Quarter';
const START = 'Performance Start Date';
const END = 'Performance End Date';

export const ascap: StatementFormat = {
  id: 'ascap',
  title: 'ASCAP domestic',
  knownBy: [RECIPIENT, QUARTER, 'Dollars'],
  currency: 'usd',
  creatorsBy: 'alias',
  recognises: (columns) => hasAll(columns, 'Dollars', QUARTER),
  reader: (header) => readerOf(header, 'Dollars', periodOf(header)),
};

export const ascapInternational: StatementFormat = {
  id: 'ascap-international',
  title: 'ASCAP international',
  knownBy: [RECIPIENT, 'Work Title', START, END, '$ Amount'],
  currency: 'usd',
  creatorsBy: 'alias',
  recognises: (columns) => hasAll(columns, '$ Amount', 'Work Title') && !hasAll(columns, 'Dollars', QUARTER),
  reader: (header) => readerOf(header, '$ Amount', periodOf(header)),
};

const hasAll = (columns: ReadonlySet<string>, ...names: string[]) =>
  names.every((name) => columns.has(name.toLowerCase()));

function readerOf(header: Header, amount: string, period: (row: Row) => Period): RowReader {
  const dollars = header.column(amount);
  return { earned: (row) => parseDecimal(dollars(row)), creator: header.column(RECIPIENT), period };
}

/** The quarter where a row names one, else its dates: a statement at home has columns for both. */
function periodOf(header: Header): (row: Row) => Period {
  const quarter = header.optionalColumn(QUARTER);
  if (!quarter) return datesOf(header.column(START), header.column(END));
  const [start, end] = [header.optionalColumn(START), header.optionalColumn(END)];
  const dates = start && end && datesOf(start, end);
  return (row) => {
    const named = quarter(row);
    const hasDates = dates && `${start(row)}${end(row)}`.trim() !== '';
    return named.trim() === '' && hasDates ? dates(row) : quarterPeriod(named);
  };
}

const datesOf = (start: Column, end: Column) => (row: Row) => americanPeriod(start(row), end(row));

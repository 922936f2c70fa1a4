// The days that a statement covers, as ISO dates.
import { RowError, shown } from './row-error.js';

/** `YYYY-MM-DD`, both days included. */
export interface Period {
  start: string;
  end: string;
}

const DATE = /^(?:19|20)\d\d-\d\d-\d\d$/;
const MONTH = /^((?:19|20)\d\d)-(0[1-9]|1[0-2])$/;
const QUARTER = /^([1-4])Q((?:19|20)\d\d)$/i;
/** `6/30/2025`, `06-30-2025`: a society of the United States writes the month first. */
const AMERICAN = /^(\d{1,2})([/-])(\d{1,2})\2((?:19|20)\d\d)$/;
/** A spreadsheet may have put the time of midnight behind a date. */
const MIDNIGHT = /[ T]0?0:00(?::00(?:\.0+)?)?Z?$/;
/** `Aug 2026`, `August-2026` */
const NAMED_MONTH = /^([a-z]{3,9})\.?[ -]((?:19|20)\d\d)$/i;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/**
 * `2026-02` → 2026-02-01 to 2026-02-28.
 * @param told as the file has it, for the reason
 * @throws RowError `bad_period`
 */
export function monthPeriod(text: string, told: string = text): Period {
  const [month, year = '', number = ''] = MONTH.exec(text.trim()) ?? [];
  if (month === undefined) throw new RowError('bad_period', `${shown(told)} is not a month like 2026-08`);
  const lastDay = new Date(Date.UTC(Number(year), Number(number), 0)).getUTCDate();
  return { start: `${month}-01`, end: `${month}-${lastDay}` };
}

/** Two ISO dates in order. @throws RowError `bad_period` */
export function datePeriod(start: string, end: string): Period {
  return inOrder(isoDate(start), isoDate(end));
}

function inOrder(start: string, end: string): Period {
  if (start > end) throw new RowError('bad_period', `the period ends ${end}, before it starts ${start}`);
  return { start, end };
}

/** `2Q2025` → 2025-04-01 to 2025-06-30. @throws RowError `bad_period` */
export function quarterPeriod(text: string): Period {
  const [, quarter, year = ''] = QUARTER.exec(text.trim()) ?? [];
  if (quarter === undefined) throw new RowError('bad_period', `${shown(text)} is not a quarter like 2Q2025`);
  const last = Number(quarter) * 3;
  return { start: monthPeriod(monthOf(year, last - 2)).start, end: monthPeriod(monthOf(year, last)).end };
}

/**
 * A month, however it is written: `2026-08`, `2026/08`, `Aug 2026`, or any date in it, such as `2026-08-01`.
 * @throws RowError `bad_period`
 */
export function reportingPeriod(text: string): Period {
  const trimmed = text.trim().replace(MIDNIGHT, '').replaceAll('/', '-');
  const named = namedMonth(trimmed);
  if (named) return monthPeriod(named);
  return monthPeriod(DATE.test(trimmed) ? isoDate(trimmed, text).slice(0, 7) : trimmed, text);
}

function namedMonth(text: string): string | undefined {
  const [, name = '', year = ''] = NAMED_MONTH.exec(text) ?? [];
  const month = MONTHS.findIndex(
    (full) => full === name.toLowerCase() || full.slice(0, 3) === name.toLowerCase(),
  );
  return month === -1 ? undefined : monthOf(year, month + 1);
}

const monthOf = (year: string, month: number): string => `${year}-${String(month).padStart(2, '0')}`;

/** Two dates in order, ISO or with the month first. @throws RowError `bad_period` */
export function americanPeriod(start: string, end: string): Period {
  return inOrder(isoDate(isoOf(start), start), isoDate(isoOf(end), end));
}

function isoOf(text: string): string {
  const date = text.trim().replace(MIDNIGHT, '');
  const [, month = '', , day = '', year] = AMERICAN.exec(date) ?? [];
  return year === undefined ? date : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function isoDate(text: string, told: string = text): string {
  const date = text.trim();
  // A day that does not exist, such as 02-30, comes back as another one.
  const same = DATE.test(date) && new Date(`${date}T00:00:00Z`);
  if (!same || Number.isNaN(same.getTime()) || same.toISOString().slice(0, 10) !== date) {
    throw new RowError('bad_period', `${shown(told)} is not a date like 2026-08-31`);
  }
  return date;
}

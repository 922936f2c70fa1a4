// The days that a statement covers, as ISO dates.
import { RowError, shown } from './row-error.js';

/** `YYYY-MM-DD`, both days included. */
export interface Period {
  start: string;
  end: string;
}

const DATE = /^(?:19|20)\d\d-\d\d-\d\d$/;
const MONTH = /^((?:19|20)\d\d)-(0[1-9]|1[0-2])$/;

/** `2026-02` → 2026-02-01 to 2026-02-28. @throws RowError `bad_period` */
export function monthPeriod(text: string): Period {
  const [month, year = '', number = ''] = MONTH.exec(text.trim()) ?? [];
  if (month === undefined) throw new RowError('bad_period', `${shown(text)} is not a month like 2026-08`);
  const lastDay = new Date(Date.UTC(Number(year), Number(number), 0)).getUTCDate();
  return { start: `${month}-01`, end: `${month}-${lastDay}` };
}

/** Two ISO dates in order. @throws RowError `bad_period` */
export function datePeriod(start: string, end: string): Period {
  const period = { start: isoDate(start), end: isoDate(end) };
  if (period.start > period.end) {
    throw new RowError('bad_period', `the period ends ${period.end}, before it starts ${period.start}`);
  }
  return period;
}

function isoDate(text: string): string {
  const date = text.trim();
  // A day that does not exist, such as 02-30, comes back as another one.
  const same = DATE.test(date) && new Date(`${date}T00:00:00Z`);
  if (!same || Number.isNaN(same.getTime()) || same.toISOString().slice(0, 10) !== date) {
    throw new RowError('bad_period', `${shown(text)} is not a date like 2026-08-31`);
  }
  return date;
}

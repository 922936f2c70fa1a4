import { expect, it } from 'vitest';
import {
  americanPeriod,
  datePeriod,
  monthPeriod,
  quarterPeriod,
  reportingPeriod,
} from '../../src/statements/period.js';

it.each([
  ['2026-08', '2026-08-01', '2026-08-31'],
  [' 2026-02 ', '2026-02-01', '2026-02-28'],
  ['2028-02', '2028-02-01', '2028-02-29'],
  ['2026-12', '2026-12-01', '2026-12-31'],
])('takes the month %s from its first to its last day', (month, start, end) => {
  expect(monthPeriod(month)).toEqual({ start, end });
});

it.each(['', '2026-13', '2026-00', '2026-8', '08/2026', '2026-08-01', '0026-08'])(
  'refuses the month %j',
  (month) => {
    expect(() => monthPeriod(month)).toThrow(/is not a month/);
  },
);

it('takes two dates', () => {
  expect(datePeriod('2026-08-01', ' 2026-08-01 ')).toEqual({ start: '2026-08-01', end: '2026-08-01' });
});

it.each(['', '2026-02-29', '2026-04-31', '2026-13-01', '01/08/2026', '2026-08-01T00:00:00Z', '20260801'])(
  'refuses the date %j',
  (date) => {
    expect(() => datePeriod(date, '2026-12-31')).toThrow(/is not a date/);
    expect(() => datePeriod('1999-01-01', date)).toThrow(/is not a date/);
  },
);

it('refuses a period that ends before it starts', () => {
  expect(() => datePeriod('2026-08-02', '2026-08-01')).toThrow(/before it starts/);
});

it.each([
  ['1Q2025', '2025-01-01', '2025-03-31'],
  [' 2q2025 ', '2025-04-01', '2025-06-30'],
  ['4Q2024', '2024-10-01', '2024-12-31'],
])('takes the quarter %s from its first to its last day', (quarter, start, end) => {
  expect(quarterPeriod(quarter)).toEqual({ start, end });
});

it.each(['', '0Q2025', '5Q2025', '2Q25', 'Q22025', '2025Q2'])('refuses the quarter %j', (quarter) => {
  expect(() => quarterPeriod(quarter)).toThrow(/is not a quarter/);
});

it.each([
  '2026-08',
  '2026/08',
  '2026-08-01',
  '2026-08-31',
  '2026/08/15',
  '2026-08-01 00:00:00',
  '2026-08-01T00:00:00Z',
  'Aug 2026',
  'AUGUST-2026',
  'aug. 2026',
])('takes %s for its month', (text) => {
  expect(reportingPeriod(text)).toEqual({ start: '2026-08-01', end: '2026-08-31' });
});

it.each(['', '08/2026', '2026', '2026-08-32', 'Au 2026', 'Augusta 2026', '2026-08-01 12:00', '01/08/2026'])(
  'takes %j for no month',
  (text) => {
    expect(() => reportingPeriod(text)).toThrow(/is not a (month|date)/);
  },
);

it.each([
  ['01/01/2025', '3/31/2025'],
  ['01-01-2025', '03-31-2025'],
  ['2025-01-01', '2025-03-31 00:00:00'],
])('takes %s to %s with the month first', (start, end) => {
  expect(americanPeriod(start, end)).toEqual({ start: '2025-01-01', end: '2025-03-31' });
});

it.each(['13/01/2025', '31/03/2025', '02/30/2025', '01/01/25', '01/01-2025'])(
  'refuses the date %s',
  (date) => {
    expect(() => americanPeriod('2024-01-01', date)).toThrow(/is not a date/);
  },
);

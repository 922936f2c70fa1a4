import { expect, it } from 'vitest';
import { datePeriod, monthPeriod } from '../../src/statements/period.js';

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

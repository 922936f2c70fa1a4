// DistroKid's "bank details" export: one line for each track, store, country and sale month.
import { parseDecimal } from '../decimal.js';
import type { StatementFormat } from '../format.js';
import { monthPeriod } from '../period.js';

const EARNINGS = 'Earnings (USD)';
/** Any of them beside the earnings makes it DistroKid's: exports may lack columns. */
const MARKS = [
  'Sale Month',
  'Country of Sale',
  'Songwriter Royalties Withheld (USD)',
  'Songwriter Royalties Withheld',
];

export const distrokid: StatementFormat = {
  id: 'distrokid',
  title: 'DistroKid bank details',
  knownBy: ['Artist', 'Sale Month', EARNINGS, 'Country of Sale', 'Songwriter Royalties Withheld (USD)'],
  currency: 'usd',
  creatorsBy: 'alias',
  recognises: (columns) =>
    columns.has(EARNINGS.toLowerCase()) && MARKS.some((mark) => columns.has(mark.toLowerCase())),
  reader: (header) => {
    const [artist, month, earnings] = [
      header.column('Artist'),
      header.column('Sale Month'),
      header.column(EARNINGS),
    ];
    const recoup = header.optionalColumn('Recoup (USD)') ?? (() => '');
    return {
      // Withheld songwriter royalties are not in the earnings; what is recouped still is.
      earned: (row) => parseDecimal(earnings(row)) - orZero(recoup(row)),
      creator: artist,
      period: (row) => monthPeriod(month(row)),
    };
  },
};

function orZero(text: string): bigint {
  return text.trim() === '' ? 0n : parseDecimal(text);
}

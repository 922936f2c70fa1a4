// SoundCloud for Artists: two lines about the account stand above the header, and nowhere the name of who wrote it.
import { parseDecimal } from '../decimal.js';
import type { StatementFormat } from '../format.js';
import { reportingPeriod } from '../period.js';

const REVENUE = 'Revenue (USD)';
/** Either beside the revenue makes it SoundCloud's: exports may lack columns. */
const MARKS = ['Revenue Share (%)', 'Split Pay Share (%)'];

export const soundcloud: StatementFormat = {
  id: 'soundcloud',
  title: 'SoundCloud for Artists',
  knownBy: ['Artist(s)', 'Reporting Period', REVENUE, ...MARKS],
  currency: 'usd',
  creatorsBy: 'alias',
  recognises: (columns) =>
    columns.has(REVENUE.toLowerCase()) && MARKS.some((mark) => columns.has(mark.toLowerCase())),
  reader: (header) => {
    const [artists, period, revenue] = [
      header.column('Artist(s)'),
      header.column('Reporting Period'),
      header.column(REVENUE),
    ];
    return {
      // What is left after the shares: they say how it came about, and are not taken off again.
      earned: (row) => parseDecimal(revenue(row)),
      creator: artists,
      period: (row) => reportingPeriod(period(row)),
    };
  },
};

// Our own format: one line for each amount, for platforms that know their creators' e-mails or ids.
import { parseCents } from '../decimal.js';
import type { StatementFormat } from '../format.js';
import { datePeriod } from '../period.js';

const COLUMNS = ['creator_email', 'period_start', 'period_end', 'amount_cents'] as const;

export const payoutsCsv: StatementFormat = {
  id: 'payouts-csv',
  title: 'Our own CSV',
  knownBy: COLUMNS,
  currency: null,
  creatorsBy: 'account',
  recognises: (columns) => COLUMNS.every((column) => columns.has(column)),
  reader: (header) => {
    const [creator, start, end, cents] = [
      header.column('creator_email'),
      header.column('period_start'),
      header.column('period_end'),
      header.column('amount_cents'),
    ];
    return {
      earned: (row) => parseCents(cents(row)),
      creator,
      period: (row) => datePeriod(start(row), end(row)),
    };
  },
};

// A creator's statement of a year, to read and print, or as CSV.
import type { StatementLine, YearStatement } from '../../payouts/exports/year-statement.js';
import { formatCents } from '../../payouts/money.js';
import { csvLines } from './csv.js';
import { type Html, html, page, table } from './html.js';

export function statementPage(statement: YearStatement): string {
  const { creatorName, year, paid, unpaid } = statement;
  const body = html`<h1>Payouts in ${year}</h1><p>${creatorName}</p>
${totals(statement)}
${paid.length > 0 ? html`<h2>Paid</h2>${payouts(paid)}` : ''}
${unpaid.length > 0 ? html`<h2>Not paid</h2><p>Created in ${year}, and not with you: still on their way, failed, or taken back.</p>${payouts(unpaid)}` : ''}
${bankLeg(statement)}
<p><small>A payout counts for the month in which it reached your Stripe balance. Times and months are UTC.</small></p>`;
  return page(`Payouts in ${year}: ${creatorName}`, body);
}

function totals({ months, year }: YearStatement): Html {
  if (months.length === 0) return html`<p>Nothing was paid in ${year}.</p>`;
  const rows = months.map(({ month, payouts, cents, currency }) => [
    month,
    String(payouts),
    formatCents(cents, currency),
  ]);
  return html`<h2>By month</h2>${table(TOTAL_COLUMNS, [...rows, ...yearTotals(months)])}`;
}

const TOTAL_COLUMNS = [
  { title: 'Month' },
  { title: 'Payouts', right: true },
  { title: 'Sum', right: true },
] as const;

/** One for each currency. */
function yearTotals(months: YearStatement['months']): Html[][] {
  return [...new Set(months.map(({ currency }) => currency))].map((currency) => {
    const mine = months.filter((one) => one.currency === currency);
    const count = mine.reduce((sum, { payouts }) => sum + payouts, 0);
    const cents = mine.reduce((sum, one) => sum + one.cents, 0);
    return ['All', String(count), formatCents(cents, currency)].map((text) => html`<strong>${text}</strong>`);
  });
}

const payouts = (lines: readonly StatementLine[]): Html =>
  table(
    [
      { title: 'Date' },
      { title: 'Reference' },
      { title: 'For' },
      { title: 'Status' },
      { title: 'Amount', right: true },
      { title: 'Taken back', right: true },
    ],
    lines.map((line) => [
      line.at.slice(0, 10),
      line.reference,
      periodOf(line),
      line.status,
      formatCents(line.amountCents, line.currency),
      line.amountReversedCents > 0 ? formatCents(line.amountReversedCents, line.currency) : '',
    ]),
  );

const periodOf = ({ periodStart, periodEnd }: StatementLine): string =>
  periodStart && periodEnd ? `Royalties ${periodStart} to ${periodEnd}` : '';

function bankLeg({ bank }: YearStatement): Html {
  if (bank.length === 0) return html``;
  const rows = bank.map(({ at, amountCents, currency, status, arrivesOn }) => [
    at.slice(0, 10),
    status,
    arrivesOn ?? '',
    formatCents(amountCents, currency),
  ]);
  const columns = [
    { title: 'Date' },
    { title: 'Status' },
    { title: 'Arrives on' },
    { title: 'Amount', right: true },
  ] as const;
  return html`<h2>To your bank</h2><p>What Stripe sent on from your balance, as it told us.</p>${table(columns, rows)}`;
}

const CSV_HEADER = [
  'date',
  'reference',
  'status',
  'amountCents',
  'amountReversedCents',
  'currency',
  'periodStart',
  'periodEnd',
];

/** Those that were paid, then the others. */
export function statementCsv({ paid, unpaid }: YearStatement): string {
  const rows = [...paid, ...unpaid].map((line) => [
    line.at,
    line.reference,
    line.status,
    line.amountCents,
    line.amountReversedCents,
    line.currency,
    line.periodStart,
    line.periodEnd,
  ]);
  return csvLines([CSV_HEADER, ...rows]);
}

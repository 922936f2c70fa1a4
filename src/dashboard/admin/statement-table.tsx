// The statements that a file would make.
import type { ReportedStatement } from '../api/import.js';
import { period } from '../format/locale.js';
import { Money } from '../ui/values.js';
import { More } from './statement-problems.js';

const MOST_SHOWN = 50;

export function StatementTable({
  statements,
  currency,
}: {
  statements: readonly ReportedStatement[];
  currency: string;
}) {
  if (statements.length === 0) return null;
  const shown = statements.slice(0, MOST_SHOWN);
  return (
    <details className="border-t border-line px-5 py-4">
      <summary className="cursor-pointer font-medium text-accent">Each statement</summary>
      <table className="mt-2 w-full border-collapse">
        <caption className="sr-only">The statements that it would make</caption>
        <thead>
          <tr className="border-b border-line text-left text-sm text-muted">
            <th scope="col" className="py-2 font-medium">
              Creator
            </th>
            <th scope="col" className="hidden py-2 font-medium sm:table-cell">
              Period
            </th>
            <th scope="col" className="py-2 text-right font-medium">
              Sum
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((statement) => (
            <Line key={statement.externalId} statement={statement} currency={currency} />
          ))}
        </tbody>
      </table>
      <More count={statements.length - shown.length} what="statement" />
    </details>
  );
}

function Line({ statement, currency }: { statement: ReportedStatement; currency: string }) {
  const { creator, periodStart, periodEnd, amountCents, overlaps } = statement;
  return (
    <tr className="border-b border-line last:border-0">
      <td className="py-2 pr-4 break-words">
        {creator}
        <span className="block text-sm text-muted sm:hidden">{period(periodStart, periodEnd)}</span>
        {overlaps && (
          <span className="block text-sm text-warn">
            Shares days with {period(overlaps.periodStart, overlaps.periodEnd)}
          </span>
        )}
      </td>
      <td className="hidden py-2 pr-4 text-muted sm:table-cell">{period(periodStart, periodEnd)}</td>
      <td className="py-2 text-right">
        <Money cents={amountCents} currency={currency} className="font-medium" />
      </td>
    </tr>
  );
}

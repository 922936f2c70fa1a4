// The rows of a file that stay out: why, where they stand, and how much it is; and the names that nobody goes by.
import type { ImportReport } from '../api/import.js';
import { exactMoney } from '../format/decimal.js';
import { BAD_ROWS, plural } from '../format/import-words.js';
import { count } from '../format/locale.js';
import { spelled } from '../format/words.js';

/** Longer lists are cut; the counts and sums above them are whole. */
const MOST_SHOWN = 20;

interface BadRowsProps {
  report: ImportReport;
  overlapAllowed: boolean;
  allowOverlap: (is: boolean) => void;
}

export function BadRows({ report, overlapAllowed, allowOverlap }: BadRowsProps) {
  const { problemCounts, currency } = report;
  const asks = overlapAllowed || problemCounts.some(({ code }) => code === 'period_overlap');
  if (problemCounts.length === 0 && !asks) return null;
  return (
    <section aria-label="Rows that stay out" className="border-t border-line px-5 py-4">
      {problemCounts.length > 0 && <h3 className="text-sm font-medium text-muted">Stays out</h3>}
      <ul className="mt-2 grid gap-2">
        {problemCounts.map(({ code, rows, sum, unreadable }) => (
          <li key={code} className="flex flex-wrap justify-between gap-x-6">
            <span>{BAD_ROWS[code] ?? spelled(code)}</span>
            <Rows rows={rows} sum={unreadable < rows ? exactMoney(sum, currency) : 'sum unknown'} />
          </li>
        ))}
      </ul>
      {asks && (
        <label className="mt-3 flex items-start gap-2">
          <input
            type="checkbox"
            checked={overlapAllowed}
            onChange={({ target }) => allowOverlap(target.checked)}
            className="mt-1 size-4 accent-accent"
          />
          Rows that share days with an earlier statement are other earnings: import them as well
        </label>
      )}
      <Lines report={report} />
    </section>
  );
}

const Rows = ({ rows, sum }: { rows: number; sum: string }) => (
  <span className="text-muted">
    {plural(count(rows), rows, 'row')} · <span className="money">{sum}</span>
  </span>
);

function Lines({ report: { problems, totals } }: { report: ImportReport }) {
  if (problems.length === 0) return null;
  const shown = byReason(problems).slice(0, MOST_SHOWN);
  const told = shown.reduce((sum, [, lines]) => sum + lines.length, 0);
  return (
    <details className="mt-3">
      <summary className="cursor-pointer font-medium text-accent">Line by line</summary>
      <ul className="mt-2 grid gap-2 text-sm">
        {shown.map(([reason, lines]) => (
          <li key={reason} className="break-words">
            <span className="font-medium">{linesOf(lines)}</span> <span className="text-muted">{reason}</span>
          </li>
        ))}
      </ul>
      <More count={totals.badRows - told} what="row" />
    </details>
  );
}

function byReason(problems: ImportReport['problems']): [reason: string, lines: number[]][] {
  const lines = new Map<string, number[]>();
  for (const { line, reason } of problems) lines.set(reason, [...(lines.get(reason) ?? []), line]);
  return [...lines];
}

const linesOf = (lines: readonly number[]) =>
  `${lines.length === 1 ? 'Line' : 'Lines'} ${lines.map(String).join(', ')}:`;

export function UnknownNames({ report }: { report: ImportReport }) {
  const { unknownCreators, unknownCreatorCount, currency, format } = report;
  if (unknownCreators.length === 0) return null;
  const shown = unknownCreators.slice(0, MOST_SHOWN);
  return (
    <section aria-label="Names that nobody goes by" className="border-t border-line px-5 py-4">
      <h3 className="text-sm font-medium text-muted">Who is this?</h3>
      <ul className="mt-2 grid gap-2">
        {shown.map(({ name, rows, sum }) => (
          <li key={name} className="flex flex-wrap justify-between gap-x-6">
            <span className="font-medium break-words">{name}</span>
            <Rows rows={rows} sum={exactMoney(sum, currency)} />
          </li>
        ))}
      </ul>
      <More count={unknownCreatorCount - shown.length} what="name" />
      <p className="mt-3 text-sm text-muted">{adviceOn(format)}</p>
    </section>
  );
}

/** Our own format names accounts; the others names that an alias has to explain. */
const adviceOn = (format: string): string =>
  format === 'payouts-csv'
    ? 'Nothing is guessed. Add these creators, or correct them in the file, and choose it again.'
    : 'Nothing is guessed. Whoever runs the service can say once which creator goes by which name; then choose the file again.';

export const More = ({ count: left, what }: { count: number; what: string }) =>
  left > 0 ? (
    <p className="mt-2 text-sm text-muted">… and {plural(count(left), left, `more ${what}`)}</p>
  ) : null;

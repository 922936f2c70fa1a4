// An import's report as plain text: what happened, what is wrong, what to do next.
import { formatTitle } from './formats/list.js';
import { nextSteps } from './next-steps.js';
import type { ImportReport } from './report.js';
import { columns, money, moneyOfCents, plural, printable } from './terminal.js';

/** Longer lists are cut; the counts and sums above them are whole. */
const MOST_SHOWN = 50;

/** Several lines, without a newline at the end. */
export function formatReport(report: ImportReport): string {
  const sections =
    report.outcome === 'already_imported'
      ? [headline(report), before(report)]
      : [
          headline(report),
          statements(report),
          overlaps(report),
          problems(report),
          unknown(report),
          nextSteps(report),
        ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headline(report: ImportReport): string[] {
  const { totals, currency } = report;
  const file = `${printable(report.fileName)} (${formatTitle(report.format)}, ${plural(report.rows, 'row')})`;
  const made = `${plural(totals.statements, 'statement')}, ${moneyOfCents(totals.amountCents, currency)}`;
  switch (report.outcome) {
    case 'imported':
      return [`Imported ${file}: ${made}.`, ...leftOut(report, 'Left out')];
    case 'already_imported':
      return [`${file} was imported before. Nothing was changed.`];
    case 'refused':
      return [`Nothing was imported of ${file}.`, ...leftOut(report, 'Bad')];
    case 'dry_run':
      return [
        `Dry run, nothing was changed. ${file} would be ${wouldBe(report, made)}.`,
        ...leftOut(report, 'Bad'),
      ];
  }
}

function wouldBe(report: ImportReport, made: string): string {
  return report.wouldBe === 'imported' ? `imported: ${made}` : `refused; its good rows alone: ${made}`;
}

function leftOut({ totals, currency, rows }: ImportReport, label: string): string[] {
  if (totals.badRows === 0) return rows === 0 ? ['It has no rows below its header.'] : [];
  const unreadable = totals.unreadableRows;
  const unknown = unreadable > 0 ? `, and ${plural(unreadable, 'row')} whose amount cannot be read` : '';
  return [`${label}: ${plural(totals.badRows, 'row')}, ${money(totals.badSum, currency)}${unknown}.`];
}

function before({ previousImport, currency }: ImportReport): string[] {
  if (!previousImport) return [];
  const { fileName, importedAt, importedBy, statements, amountCents, skippedRows } = previousImport;
  const left = skippedRows > 0 ? [`${plural(skippedRows, 'bad row')} stayed out then.`] : [];
  return [
    `It went in as ${printable(fileName)} on ${importedAt.slice(0, 16).replace('T', ' ')} UTC by ` +
      `${printable(importedBy)}: ${plural(statements, 'statement')}, ${moneyOfCents(amountCents, currency)}.`,
    ...left,
  ];
}

function statements(report: ImportReport): string[] {
  const { currency } = report;
  const rows = report.statements
    .slice(0, MOST_SHOWN)
    .map((statement) => [
      statement.creator,
      `${statement.periodStart} to ${statement.periodEnd}`,
      String(statement.rows),
      money(statement.earned, currency),
      money(statement.carriedIn, currency),
      money(statement.carriedOut, currency),
      moneyOfCents(statement.amountCents, currency),
    ]);
  if (rows.length === 0) return [];
  const header = ['CREATOR', 'PERIOD', 'ROWS', 'EARNED', 'CARRIED IN', 'CARRIED OUT', 'STATEMENT'];
  return [
    ...columns(header, rows, [2, 3, 4, 5, 6]),
    ...more(report.statements.length, rows.length, 'statements'),
  ];
}

/** Let in by the admin's word, and told all the same. */
function overlaps(report: ImportReport): string[] {
  const rows = report.statements.flatMap(({ creator, periodStart, periodEnd, overlaps: earlier }) =>
    earlier
      ? [[creator, `${periodStart} to ${periodEnd}`, `${earlier.periodStart} to ${earlier.periodEnd}`]]
      : [],
  );
  if (rows.length === 0) return [];
  return [
    ...columns(['LET IN', 'PERIOD', 'SHARES DAYS WITH'], rows.slice(0, MOST_SHOWN), []),
    ...more(rows.length, Math.min(rows.length, MOST_SHOWN), 'statements'),
  ];
}

function problems(report: ImportReport): string[] {
  if (report.problems.length === 0) return [];
  const counts = report.problemCounts.map(({ code, rows, sum }) => [
    code.replaceAll('_', ' '),
    String(rows),
    money(sum, report.currency),
  ]);
  const shown = byReason(report).slice(0, MOST_SHOWN);
  return [
    ...columns(['WHAT IS WRONG', 'ROWS', 'SUM'], counts, [1, 2]),
    '',
    ...columns(
      ['REASON', 'LINES'],
      shown.map(([reason, lines]) => [reason, lines.join(', ')]),
      [],
    ),
    ...more(report.totals.badRows, shown.flatMap(([, lines]) => lines).length, 'rows'),
  ];
}

function byReason({ problems }: ImportReport): [string, number[]][] {
  const lines = new Map<string, number[]>();
  for (const { line, reason } of problems) lines.set(reason, [...(lines.get(reason) ?? []), line]);
  return [...lines];
}

function unknown({ unknownCreators, unknownCreatorCount, currency }: ImportReport): string[] {
  const rows = unknownCreators
    .slice(0, MOST_SHOWN)
    .map(({ name, rows, sum }) => [name, String(rows), money(sum, currency)]);
  if (rows.length === 0) return [];
  return [
    ...columns(['UNKNOWN CREATOR', 'ROWS', 'SUM'], rows, [1, 2]),
    ...more(unknownCreatorCount, rows.length, 'names'),
  ];
}

function more(count: number, shown: number, what: string): string[] {
  return count > shown ? [`  … and ${(count - shown).toLocaleString('en-US')} more ${what}`] : [];
}

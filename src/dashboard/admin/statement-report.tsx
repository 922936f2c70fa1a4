// What a file would do, before it does: the sums, what is wrong with it and what can be done about that, and one button.
import type { ImportReport, PreviousImport } from '../api/import.js';
import { exactMoney, isZero } from '../format/decimal.js';
import { FORMATS, plural } from '../format/import-words.js';
import { count, moment, money, period } from '../format/locale.js';
import { actor } from '../format/words.js';
import { Button } from '../ui/button.js';
import { Card, Figure } from '../ui/card.js';
import { Empty } from '../ui/states.js';
import { BadRows, UnknownNames } from './statement-problems.js';
import { carriedOn, creatorsOf, periodOf } from './statement-sums.js';
import { StatementTable } from './statement-table.js';

interface ReportProps {
  report: ImportReport;
  overlapAllowed: boolean;
  allowOverlap: (is: boolean) => void;
  go: (skipBad: boolean) => void;
  again: () => void;
}

export function ReportCard({ report, again, ...rest }: ReportProps) {
  const { fileName, format, rows, previousImport, currency } = report;
  return (
    <Card
      title={fileName}
      note={`${FORMATS[format] ?? format} · ${plural(count(rows), rows, 'row')}`}
      aside={
        <Button small onClick={again}>
          Another file
        </Button>
      }
      className="overflow-clip wrap-anywhere"
    >
      {previousImport ? (
        <Before before={previousImport} currency={currency} />
      ) : (
        <Looked report={report} {...rest} />
      )}
    </Card>
  );
}

function Before({ before, currency }: { before: PreviousImport; currency: string }) {
  const { importedAt, importedBy, statements, amountCents, skippedRows } = before;
  return (
    <Empty icon="check" title="This file was imported before: there is nothing to do">
      {moment(importedAt)} by {actor(importedBy)}: {plural(count(statements), statements, 'statement')},{' '}
      {money(Number(amountCents), currency)}.
      {skippedRows > 0 && ` ${plural(count(skippedRows), skippedRows, 'row')} stayed out.`}
    </Empty>
  );
}

function Looked({ report, overlapAllowed, allowOverlap, go }: Omit<ReportProps, 'again'>) {
  const { totals, statements } = report;
  return (
    <>
      {totals.goodRows === 0 ? (
        <Empty icon="warning" title="Nothing of it can be imported">
          {report.rows === 0 && 'It has no rows below its header.'}
        </Empty>
      ) : (
        <Sums report={report} go={go} />
      )}
      <BadRows report={report} overlapAllowed={overlapAllowed} allowOverlap={allowOverlap} />
      <UnknownNames report={report} />
      <StatementTable statements={statements} currency={report.currency} />
    </>
  );
}

function Sums({ report, go }: Pick<ReportProps, 'report' | 'go'>) {
  const { totals, statements, currency } = report;
  const sum = money(Number(totals.amountCents), currency);
  const { from, to } = periodOf(statements);
  const isWhole = totals.badRows === 0;
  return (
    <div className="grid gap-5 px-5 pb-5">
      <div className="flex flex-wrap gap-x-12 gap-y-4">
        <Figure name="In all" value={sum} note={period(from, to)} />
        <Figure name="Statements" value={count(totals.statements)} />
        <Figure name="Creators" value={count(creatorsOf(statements))} />
      </div>
      <CarriedOn report={report} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button look="main" onClick={() => go(!isWhole)}>
          Import {sum}
        </Button>
        {!isWhole && (
          <p className="text-warn">
            {plural(count(totals.badRows), totals.badRows, 'row stays out:', 'rows stay out:')} see below. Or
            mend the file, and choose it again.
          </p>
        )}
      </div>
    </div>
  );
}

function CarriedOn({ report: { statements, currency } }: Pick<ReportProps, 'report'>) {
  const carried = carriedOn(statements);
  if (isZero(carried)) return null;
  return (
    <p className="text-sm text-muted">
      <span className="money">{exactMoney(carried, currency)}</span> is carried on to the creators’ next
      statements: parts of a cent, and what is below zero.
    </p>
  );
}

// Turns what an import found and planned into the rows of its report.
import type { Nobody, Rejected } from './assign.js';
import { formatDecimal } from './decimal.js';
import type { Plan, PlannedStatement } from './plan.js';
import type { ImportReport, ReportedStatement, ReportTotals, UnknownCreator } from './report.js';
import type { ProblemCode } from './row-error.js';
import type { Counted, ProblemCount } from './tally.js';

const MOST_UNKNOWN = 1_000;

/** The part of a report that tells of the file's rows; which rows are bad, `list-problems.ts` finds out. */
export function tellRows(tally: Counted, nobodies: readonly Nobody[], plan: Plan, showStatements: boolean) {
  const rejected = [...nobodies, ...plan.rejected];
  const counts = countAll(tally, rejected);
  const unknown = tellUnknown(nobodies);
  return {
    rows: tally.rows,
    statements: showStatements ? plan.statements.map(tellStatement) : [],
    problems: [],
    problemCounts: [...counts].map(([code, count]) => ({ code, ...count, sum: formatDecimal(count.sum) })),
    unknownCreators: unknown.slice(0, MOST_UNKNOWN),
    unknownCreatorCount: unknown.length,
    totals: addUp([...counts.values()], showStatements ? plan.statements : [], plan.statements),
  } satisfies Partial<ImportReport>;
}

function countAll(tally: Counted, rejected: readonly Rejected[]): Map<ProblemCode, ProblemCount> {
  const counts = new Map([...tally.counts].map(([code, count]) => [code, { ...count }]));
  for (const { code, rows, sum } of rejected) {
    const count = counts.get(code) ?? { rows: 0, sum: 0n, unreadable: 0 };
    counts.set(code, { ...count, rows: count.rows + rows, sum: count.sum + sum });
  }
  return counts;
}

function addUp(
  counts: readonly ProblemCount[],
  shown: readonly PlannedStatement[],
  good: readonly PlannedStatement[],
): ReportTotals {
  return {
    statements: shown.length,
    amountCents: shown.reduce((sum, { cents }) => sum + cents, 0n).toString(),
    goodRows: good.reduce((sum, { rows }) => sum + rows, 0),
    goodSum: formatDecimal(good.reduce((sum, { earned }) => sum + earned, 0n)),
    badRows: counts.reduce((sum, { rows }) => sum + rows, 0),
    badSum: formatDecimal(counts.reduce((sum, count) => sum + count.sum, 0n)),
    unreadableRows: counts.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

function tellStatement(statement: PlannedStatement): ReportedStatement {
  return {
    externalId: statement.externalId,
    creatorId: statement.creator.id,
    creator: statement.creator.displayName,
    periodStart: statement.period.start,
    periodEnd: statement.period.end,
    rows: statement.rows,
    amountCents: Number(statement.cents),
    earned: formatDecimal(statement.earned),
    carriedIn: formatDecimal(statement.carriedIn),
    carriedOut: formatDecimal(statement.carriedOut),
    overlaps: tellOverlap(statement),
  };
}

function tellOverlap({ overlaps }: PlannedStatement): ReportedStatement['overlaps'] {
  if (!overlaps) return null;
  return { periodStart: overlaps.start, periodEnd: overlaps.end, fileName: overlaps.fileName };
}

function tellUnknown(nobodies: readonly Nobody[]): UnknownCreator[] {
  const byKey = new Map<string, Nobody>();
  for (const one of nobodies) {
    const before = byKey.get(one.creatorKey);
    const both = before && { ...before, rows: before.rows + one.rows, sum: before.sum + one.sum };
    byKey.set(one.creatorKey, both ?? one);
  }
  const bySum = [...byKey.values()].sort((a, b) => (a.sum === b.sum ? 0 : a.sum < b.sum ? 1 : -1));
  return bySum.map(({ code, creatorName, rows, sum }) => ({
    name: creatorName,
    reason: code === 'unknown_creator' ? 'unknown' : 'ambiguous',
    rows,
    sum: formatDecimal(sum),
  }));
}

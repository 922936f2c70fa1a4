// The figures that summaries and analytics are made of: what each one counts, said once, and how they are read.
import type { PayoutStatus } from '../generated/prisma/enums.js';

const TAKEN_BACK = `$2 IN ('transfer_reversed', 'transfer_failed')`;
const FAILED_FOR_GOOD = `status = 'FAILED' AND next_attempt_at IS NULL`;

/**
 * What a change adds to each column of `payout_deltas`, over the rows of `changed`; $2 is the cause. The database's own
 * function `payout_figures_sql` says the same of payouts that are new, or written by plain SQL.
 */
const FLOW = {
  created_count: countOf('from_status IS NULL'),
  created_cents: sumOf('amount_cents', 'from_status IS NULL'),
  completed_count: countOf(`status = 'COMPLETED'`),
  completed_cents: sumOf('amount_cents', `status = 'COMPLETED'`),
  /** From creation to completion. */
  completed_ms: sumOf('EXTRACT(epoch FROM processed_at - created_at) * 1000', `status = 'COMPLETED'`),
  failed_count: countOf(FAILED_FOR_GOOD),
  failed_cents: sumOf('amount_cents', FAILED_FOR_GOOD),
  reversed_count: countOf(TAKEN_BACK),
  reversed_cents: sumOf('amount_cents', TAKEN_BACK),
  refused_count: countOf(`$2 = 'transfer_refused'`),
  retried_count: countOf('starts_retry'),
  recovered_count: countOf(`status = 'COMPLETED' AND retry_count > 0`),
} as const;

/** How many payouts are in each status, and how much money: in the figures of a day, by how much that grew. */
const STOCK = {
  ...stockOf('pending', 'PENDING'),
  ...stockOf('processing', 'PROCESSING'),
  ...stockOf('completed', 'COMPLETED'),
  ...stockOf('failed', 'FAILED'),
};

const FIGURES = { ...STOCK, ...FLOW };

export const FIGURE_COLUMNS = Object.keys(FIGURES).join(', ');
export const FLOW_COLUMNS = Object.keys(FLOW).join(', ');

/** What comes into the status less what leaves it. */
function stockOf<Name extends string>(name: Name, status: PayoutStatus) {
  const [entered, left] = [`status = '${status}'`, `from_status = '${status}'`];
  return {
    [`in_${name}_count`]: `${countOf(entered)} - ${countOf(left)}`,
    [`in_${name}_cents`]: `${sumOf('amount_cents', entered)} - ${sumOf('amount_cents', left)}`,
  } as Record<`in_${Name}_${'count' | 'cents'}`, string>;
}

function countOf(condition: string): string {
  return `count(*) FILTER (WHERE ${condition})`;
}

function sumOf(value: string, condition: string): string {
  return `COALESCE(sum(${value}) FILTER (WHERE ${condition}), 0)`;
}

/** The scope that stands for all creators together; every other one is a creator's id. */
export const EVERYBODY = '*';

/**
 * From `changed` (columns of payouts, plus from_status and starts_retry): its figures, once for each creator and once
 * for all. The day is that of the change's audit row and event.
 */
export const APPEND_FIGURES = `
INSERT INTO payout_deltas (scope, currency, day, ${FIGURE_COLUMNS})
SELECT COALESCE(creator_id, '${EVERYBODY}'), currency, updated_at::date, ${Object.values(FIGURES).join(', ')}
FROM changed
GROUP BY GROUPING SETS ((creator_id, currency, updated_at::date), (currency, updated_at::date))`;

/** Select lists: the sum of every figure over any number of rows, none included. */
export const SUMS = sumsOf(FIGURES);
export const FLOW_SUMS = sumsOf(FLOW);

function sumsOf(figures: Readonly<Record<string, string>>): string {
  return Object.keys(figures)
    .map((column) => `COALESCE(sum(${column}), 0) AS ${column}`)
    .join(', ');
}

/** A row of `SUMS`, and of `FLOW_SUMS`, as Postgres sends it. */
export type SumsRow = Record<keyof typeof FIGURES, string>;
export type FlowRow = Record<keyof typeof FLOW, string>;

export const NO_FLOW = Object.fromEntries(Object.keys(FLOW).map((column) => [column, '0'])) as FlowRow;

/** What happened in a time. Amounts are cents, the time is in seconds; a rate or average of nothing is null. */
export interface Figures {
  createdCount: number;
  createdCents: number;
  completedCount: number;
  completedCents: number;
  failedCount: number;
  failedCents: number;
  reversedCount: number;
  reversedCents: number;
  refusedCount: number;
  retriedCount: number;
  recoveredCount: number;
  successRate: number | null;
  failureRate: number | null;
  averageProcessingSeconds: number | null;
}

export function figuresOf(row: FlowRow): Figures {
  const [completed, failed] = [Number(row.completed_count), Number(row.failed_count)];
  const seconds = Number(row.completed_ms) / 1_000;
  return {
    createdCount: Number(row.created_count),
    createdCents: Number(row.created_cents),
    completedCount: completed,
    completedCents: Number(row.completed_cents),
    failedCount: failed,
    failedCents: Number(row.failed_cents),
    reversedCount: Number(row.reversed_count),
    reversedCents: Number(row.reversed_cents),
    refusedCount: Number(row.refused_count),
    retriedCount: Number(row.retried_count),
    recoveredCount: Number(row.recovered_count),
    successRate: ratio(completed, completed + failed),
    failureRate: ratio(failed, completed + failed),
    averageProcessingSeconds: ratio(seconds, completed),
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

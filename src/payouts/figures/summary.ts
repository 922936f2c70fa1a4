// Where payouts stand: how many and how much in each status, and what happened today, this week, this month and ever.
// One statement over the rollups, so that it is exact and costs the same however many payouts there are.
import type { Queryable } from '../../db/connect.js';
import { FIGURE_COLUMNS, type Figures, figuresOf, SUMS, type SumsRow } from '../rollup-figures.js';
import type { Viewer } from '../viewer.js';
import { creatorOf, rollupScope, SCOPE_EXISTS } from './scope.js';

export interface StatusTotal {
  count: number;
  amountCents: number;
}

/** Amounts are cents of `currency`; payouts in another currency are not in it. Days are UTC. */
export interface PayoutSummary {
  /** Null: of all creators. */
  creatorId: string | null;
  currency: string;
  asOf: Date;
  pending: StatusTotal;
  processing: StatusTotal;
  completed: StatusTotal;
  failed: StatusTotal;
  allTime: Figures;
  today: Figures;
  thisWeek: Figures;
  thisMonth: Figures;
}

type Period = 'allTime' | 'today' | 'thisWeek' | 'thisMonth';
type PeriodRow = SumsRow & { period: Period; asOf: Date };

/**
 * $1 scope, $2 currency. What is folded has a row of its own for all time; what is not counts there and in its day. It
 * is added up by day first, so that each of many rows is looked at once.
 */
const SUMMARY_SQL = `
WITH today AS (
  SELECT now() AT TIME ZONE 'UTC' AS now
), periods AS (
  SELECT 'allTime' AS period, '-infinity'::date AS first FROM today
  UNION ALL SELECT 'today', now::date FROM today
  UNION ALL SELECT 'thisWeek', date_trunc('week', now)::date FROM today
  UNION ALL SELECT 'thisMonth', date_trunc('month', now)::date FROM today
), figures AS (
  SELECT day, true AS total, ${FIGURE_COLUMNS} FROM payout_rollups
  WHERE scope = $1 AND currency = $2 AND day = '-infinity'
  UNION ALL
  SELECT day, false, ${FIGURE_COLUMNS} FROM payout_rollups
  WHERE scope = $1 AND currency = $2
    AND day >= (SELECT LEAST(date_trunc('week', now), date_trunc('month', now))::date FROM today)
  UNION ALL
  SELECT day, true, ${SUMS} FROM payout_deltas WHERE scope = $1 AND currency = $2 GROUP BY day
)
SELECT period, (SELECT now FROM today)::timestamp(3) AS "asOf", ${SUMS}
FROM periods LEFT JOIN figures ON CASE WHEN first = '-infinity' THEN total ELSE day >= first END
WHERE ${SCOPE_EXISTS}
GROUP BY period`;

/** @returns null for a creator that does not exist, or is not the viewer's to see */
export async function payoutSummary(
  db: Queryable,
  viewer: Viewer,
  currency: string,
  creatorId?: string | null,
): Promise<PayoutSummary | null> {
  const scope = rollupScope(viewer, creatorId);
  if (scope === null) return null;
  const { rows } = await db.query<PeriodRow>({
    name: 'payout-summary',
    text: SUMMARY_SQL,
    values: [scope, currency],
  });
  return rows.length === 0 ? null : { creatorId: creatorOf(scope), currency, ...summaryOf(rows) };
}

function summaryOf(rows: readonly PeriodRow[]): Omit<PayoutSummary, 'creatorId' | 'currency'> {
  const of = (period: Period): PeriodRow => {
    const row = rows.find((one) => one.period === period);
    if (!row) throw new Error(`the summary has no ${period}`);
    return row;
  };
  const ever = of('allTime');
  return {
    asOf: ever.asOf,
    pending: total(ever.in_pending_count, ever.in_pending_cents),
    processing: total(ever.in_processing_count, ever.in_processing_cents),
    completed: total(ever.in_completed_count, ever.in_completed_cents),
    failed: total(ever.in_failed_count, ever.in_failed_cents),
    allTime: figuresOf(ever),
    today: figuresOf(of('today')),
    thisWeek: figuresOf(of('thisWeek')),
    thisMonth: figuresOf(of('thisMonth')),
  };
}

const total = (count: string, cents: string): StatusTotal => ({
  count: Number(count),
  amountCents: Number(cents),
});

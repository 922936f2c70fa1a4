// What happened to payouts over time: one statement over the rollups, by day, week or month.
import type { Queryable } from '../../db/connect.js';
import {
  type Figures,
  FLOW_COLUMNS,
  FLOW_SUMS,
  type FlowRow,
  figuresOf,
  NO_FLOW,
} from '../rollup-figures.js';
import type { Viewer } from '../viewer.js';
import { type AnalyticsInterval, type Bucket, bucketsOf } from './buckets.js';
import { creatorOf, rollupScope, SCOPE_EXISTS } from './scope.js';

export interface AnalyticsRequest {
  /** Included. */
  from: Date;
  /** Excluded. */
  to: Date;
  interval: AnalyticsInterval;
  creatorId?: string | null | undefined;
}

/** Amounts are cents of `currency`; payouts in another currency are not in it. */
export interface PayoutAnalytics extends Bucket {
  /** Null: of all creators. */
  creatorId: string | null;
  currency: string;
  interval: AnalyticsInterval;
  asOf: Date;
  /** Without a gap, oldest first; each has its figures, also where nothing happened. */
  buckets: (Bucket & { figures: Figures })[];
  total: Figures;
}

/** `first` is the bucket's first day; null in the row for all of them together. */
type BucketRow = FlowRow & { first: string | null; asOf: Date };

/** $1 scope, $2 currency, $3 first day, $4 the day after the last one, $5 unit. */
const ANALYTICS_SQL = `
SELECT date_trunc($5, day::timestamp)::date AS first, (now() AT TIME ZONE 'UTC')::timestamp(3) AS "asOf", ${FLOW_SUMS}
FROM (
  SELECT day, ${FLOW_COLUMNS} FROM payout_rollups
  WHERE scope = $1 AND currency = $2 AND day >= $3::date AND day < $4::date
  UNION ALL
  SELECT day, ${FLOW_COLUMNS} FROM payout_deltas
  WHERE scope = $1 AND currency = $2 AND day >= $3::date AND day < $4::date
) figures
GROUP BY GROUPING SETS ((first), ()) HAVING ${SCOPE_EXISTS}`;

/**
 * @returns null for a creator that does not exist, or is not the viewer's to see
 * @throws InvalidInputError for a time that is empty or too long
 */
export async function payoutAnalytics(
  db: Queryable,
  viewer: Viewer,
  currency: string,
  { from, to, interval, creatorId }: AnalyticsRequest,
): Promise<PayoutAnalytics | null> {
  const buckets = bucketsOf(from, to, interval);
  const covered = { from: buckets[0]?.from ?? from, to: buckets.at(-1)?.to ?? to };
  const scope = rollupScope(viewer, creatorId);
  if (scope === null) return null;
  const { rows } = await db.query<BucketRow>({
    name: 'payout-analytics',
    text: ANALYTICS_SQL,
    values: [scope, currency, dayOf(covered.from), dayOf(covered.to), interval.toLowerCase()],
  });
  const all = rows.find(({ first }) => first === null);
  if (!all) return null;
  const figures = new Map(rows.map((row) => [row.first, figuresOf(row)]));
  return {
    ...covered,
    creatorId: creatorOf(scope),
    currency,
    interval,
    asOf: all.asOf,
    buckets: buckets.map((bucket) => ({ ...bucket, figures: figures.get(dayOf(bucket.from)) ?? NOTHING })),
    total: figuresOf(all),
  };
}

/** Nothing happened. */
const NOTHING = figuresOf(NO_FLOW);

const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

// How far back each step of the analysis looks. Days are UTC, as the API counts them, so that the span is the same all day.
import type { AnalyticsInterval } from '../gql/graphql.js';

const DAY_MS = 86_400_000;

const BACK: Record<AnalyticsInterval, { days: number; label: string }> = {
  DAY: { days: 29, label: 'Last 30 days' },
  WEEK: { days: 7 * 12 - 1, label: 'Last 12 weeks' },
  MONTH: { days: 334, label: 'Last 12 months' },
};

export function spanOf(interval: AnalyticsInterval, now = Date.now()) {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const { days, label } = BACK[interval];
  return {
    label,
    from: new Date(today - days * DAY_MS).toISOString(),
    to: new Date(today + DAY_MS).toISOString(),
  };
}

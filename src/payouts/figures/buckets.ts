// Cuts a time into whole days, weeks (from Monday) or months, in UTC.
import { InvalidInputError } from '../errors.js';

export type AnalyticsInterval = 'DAY' | 'WEEK' | 'MONTH';

/** `to` is the beginning of the next one. */
export interface Bucket {
  from: Date;
  to: Date;
}

/** A year of days; more of them is more than anybody can look at. */
export const MOST_BUCKETS = 366;

/**
 * Every interval that the time from `from` (included) to `to` (excluded) touches, as a whole, oldest first.
 * @throws InvalidInputError for a time that is empty, has more than 366 of them, or leaves the year 9999
 */
export function bucketsOf(from: Date, to: Date, interval: AnalyticsInterval): Bucket[] {
  if (from >= to) throw new InvalidInputError(['to'], 'must be after from');
  const buckets: Bucket[] = [];
  for (let start = startOf(from, interval); start < to; start = nextOf(start, interval)) {
    if (buckets.length === MOST_BUCKETS) {
      throw new InvalidInputError(
        ['to'],
        `at most ${MOST_BUCKETS} intervals; ask for less, or for longer ones`,
      );
    }
    buckets.push({ from: start, to: nextOf(start, interval) });
  }
  if (nextOf(buckets.at(-1)?.from ?? to, interval).getUTCFullYear() > 9_999) {
    throw new InvalidInputError(['to'], 'the last interval must end in the year 9999');
  }
  return buckets;
}

const SHORTEST_DAYS: Readonly<Record<AnalyticsInterval, number>> = { DAY: 1, WEEK: 7, MONTH: 28 };

/** How many that can be, from 1 to 366, without a look at the calendar; 366 for a time that is none. */
export function mostBucketsOf(from: Date, to: Date, interval: AnalyticsInterval): number {
  const whole = (to.getTime() - from.getTime()) / (SHORTEST_DAYS[interval] * 86_400_000);
  return Number.isNaN(whole) ? MOST_BUCKETS : Math.min(Math.max(1, Math.ceil(whole) + 1), MOST_BUCKETS);
}

function startOf(moment: Date, interval: AnalyticsInterval): Date {
  const start = new Date(moment);
  start.setUTCHours(0, 0, 0, 0);
  if (interval === 'WEEK') start.setUTCDate(start.getUTCDate() - ((start.getUTCDay() + 6) % 7));
  if (interval === 'MONTH') start.setUTCDate(1);
  return start;
}

function nextOf(start: Date, interval: AnalyticsInterval): Date {
  const next = new Date(start);
  if (interval === 'MONTH') next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setUTCDate(next.getUTCDate() + (interval === 'WEEK' ? 7 : 1));
  return next;
}

// Stripe's rate limits hold across all workers together. One row says when the next request may leave; whoever wants
// to send moves it on and gets the moments between for itself.
import type { Queryable } from '../db/connect.js';

/** A queue that seems longer tells of a clock that was set back, and begins anew. */
const LONGEST_QUEUE_MS = 600_000;

/**
 * Reserves the next `count` moments, `1 / perSecond` apart, and returns how many milliseconds from now each one is.
 * An unused moment is lost, never handed to another: the limit is never exceeded.
 */
export async function reservePace(
  db: Queryable,
  name: string,
  perSecond: number,
  count: number,
): Promise<number[]> {
  const gapMs = 1000 / perSecond;
  const { rows } = await db.query<{ wait_ms: number }>({
    name: 'reserve-pace',
    text: `INSERT INTO stripe_pace AS p (name, next_at)
      VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
      ON CONFLICT (name) DO UPDATE
      SET next_at = CASE WHEN p.next_at > clock_timestamp() + ${LONGEST_QUEUE_MS} * interval '1 millisecond'
        THEN clock_timestamp() ELSE GREATEST(p.next_at, clock_timestamp()) END + $2 * interval '1 millisecond'
      RETURNING (extract(epoch FROM next_at - clock_timestamp()) * 1000 - $2)::float8 AS wait_ms`,
    values: [name, gapMs * count],
  });
  const first = Math.max(0, rows[0]?.wait_ms ?? 0);
  return Array.from({ length: count }, (_, i) => first + i * gapMs);
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds until the first moment that nobody has reserved. */
export async function paceQueueMs(db: Queryable, name: string): Promise<number> {
  const { rows } = await db.query<{ ms: number }>({
    name: 'pace-queue',
    text: `SELECT GREATEST(0, extract(epoch FROM next_at - clock_timestamp()) * 1000)::float8 AS ms
      FROM stripe_pace WHERE name = $1`,
    values: [name],
  });
  return Math.min(rows[0]?.ms ?? 0, LONGEST_QUEUE_MS);
}

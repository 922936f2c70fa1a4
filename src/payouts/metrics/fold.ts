// Counts for good what happened since the last time, so that a scrape reads a few rows however long the history is. Any
// worker may do it at any time, twice, beside another one or never: who reads adds what is not folded yet. It is also the
// sweep's mark: how long ago a worker was here tells whether any is.
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import { COUNTED, countsOf } from './counted.js';

/** So that no statement takes long. */
const LARGEST_FOLD = 100_000;

interface Place {
  counted: string;
  next: string;
  /** Every transaction that could still write an id up to `next` has ended. */
  settled: boolean;
  /** `next` was chosen in another server, whose transactions say nothing here: the database was restored since then. */
  foreign: boolean;
}

/** @returns whether there was anything to fold */
export async function foldMetrics(pool: pg.Pool, atMost = LARGEST_FOLD): Promise<boolean> {
  let folded = false;
  for (;;) {
    const { some, more } = await inTransaction(pool, (db) => foldOnce(db, atMost));
    folded ||= some;
    if (!more) return folded;
  }
}

async function foldOnce(db: Queryable, atMost: number): Promise<{ some: boolean; more: boolean }> {
  const place = await takePlace(db);
  // Another fold is at it.
  if (!place) return { some: false, more: false };
  const webhooks = await foldWebhooks(db, atMost);
  const upTo = place.settled ? Math.min(Number(place.next), Number(place.counted) + atMost) : null;
  const some = upTo !== null && upTo > Number(place.counted);
  if (some) await countEvents(db, place.counted, upTo);
  const arrived = place.foreign || upTo === Number(place.next);
  await db.query(arrived ? CHOOSE_NEXT : 'UPDATE metric_position SET swept_at = now()');
  return { some: some || webhooks > 0, more: (some && !arrived) || webhooks === atMost };
}

async function takePlace(db: Queryable): Promise<Place | undefined> {
  const { rows } = await db.query<Place>(
    `SELECT counted_id AS counted, next_id AS next,
       next_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled,
       next_xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS foreign
     FROM metric_position FOR UPDATE SKIP LOCKED`,
  );
  return rows[0];
}

const ADD_UP = `ON CONFLICT (metric, first_label, second_label)
  DO UPDATE SET count = m.count + EXCLUDED.count, total_ms = m.total_ms + EXCLUDED.total_ms`;

async function countEvents(db: Queryable, after: string, upTo: number): Promise<void> {
  await db.query(
    `INSERT INTO metric_counts AS m (metric, first_label, second_label, count, total_ms)
     ${countsOf('id > $1 AND id <= $2')} ${ADD_UP}`,
    [after, upTo],
  );
  await db.query('UPDATE metric_position SET counted_id = $1', [upTo]);
}

/** One statement sees the newest id and who may still write a lower one. */
const CHOOSE_NEXT = `
UPDATE metric_position SET swept_at = now(), next_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
  next_id = GREATEST(next_id, (SELECT max(id) FROM payout_events))`;

/** @returns how many were folded */
async function foldWebhooks(db: Queryable, atMost: number): Promise<number> {
  const { rows } = await db.query<{ folded: number }>(
    `WITH chosen AS MATERIALIZED (
       SELECT id FROM webhook_deltas ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
     ), gone AS (
       DELETE FROM webhook_deltas d USING chosen c WHERE d.id = c.id RETURNING d.type, d.outcome
     ), folded AS (
       INSERT INTO metric_counts AS m (metric, first_label, second_label, count)
       SELECT '${COUNTED.webhookEvents}', type, outcome::text, count(*) FROM gone GROUP BY type, outcome ${ADD_UP}
     )
     SELECT count(*)::int AS folded FROM gone`,
    [atMost],
  );
  return rows[0]?.folded ?? 0;
}

// Reads which alerts have changed, from where the channel's last reading ended, and writes down what it is to be told of
// them. Both are one transaction: nothing is read and forgotten.
import type pg from 'pg';
import { changedBetween } from '../../db/alert-log.js';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';

export interface PlanOptions {
  /** Of the channel. */
  channel: string;
  /** Milliseconds at least between two notices that an open alert has changed. */
  updateEveryMs: number;
}

/**
 * A channel that nobody has read for so long counts as new: it was turned off, and is told what is open now. What it was
 * told of before and is over is resolved all the same.
 */
const FORGOTTEN = "interval '1 day'";

/** One reader of a channel at a time; another one leaves it to that. */
export async function planDeliveries(pool: pg.Pool, { channel, updateEveryMs }: PlanOptions): Promise<void> {
  await inTransaction(pool, async (db) => {
    await db.query('INSERT INTO alert_channels (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', [channel]);
    const { rows } = await db.query<{ since: string | null }>({ text: SINCE, values: [channel] });
    if (rows[0]) await plan(db, channel, rows[0].since, updateEveryMs);
  });
}

// A snapshot that is ahead of this server was taken on another one, which this database was loaded from.
const SINCE = `
SELECT CASE WHEN read_at > now() - ${FORGOTTEN}
  AND pg_snapshot_xmax(since::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) THEN since END AS since
FROM alert_channels WHERE id = $1 FOR UPDATE SKIP LOCKED`;

async function plan(db: Queryable, channel: string, since: string | null, updateMs: number): Promise<void> {
  if (since === null)
    await db.query({ name: 'plan-alerts-anew', text: PLAN_ANEW, values: [channel, updateMs] });
  else await db.query({ name: 'plan-alerts', text: PLAN, values: [channel, updateMs, since] });
}

/** `which`: of `alerts`, with `head` for what the channel was told of each. $1 channel, $2 milliseconds. */
const planSql = (which: string) => `
WITH present AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot), told AS (
  SELECT a.*, head.state AS head_state, head.told_xid, head.told_at
  FROM present, alerts a LEFT JOIN alert_deliveries head
    ON head.alert_id = a.id AND head.channel = $1 AND head.step = 'raised'
  WHERE ${which}
), planned AS (
  INSERT INTO alert_deliveries AS d (alert_id, channel, step, due_at)
  SELECT told.id, $1, s.step, s.due
  FROM told CROSS JOIN LATERAL (VALUES
    ('raised', true, now()),
    ('acknowledged', acknowledged_at IS NOT NULL, now()),
    ('resolved', resolved_at IS NOT NULL, now()),
    ('changed', head_state = 'sent' AND told_xid <> log_xid AND acknowledged_at IS NULL AND resolved_at IS NULL,
      GREATEST(now(), told_at + $2::float8 * interval '1 millisecond'))) AS s(step, wanted, due)
  WHERE s.wanted
  ON CONFLICT (alert_id, channel, step) DO UPDATE SET state = 'waiting', due_at = EXCLUDED.due_at, tries = 0
  WHERE d.step = 'changed' AND d.state <> 'waiting'
)
UPDATE alert_channels SET since = present.snapshot::text, read_at = now() FROM present WHERE id = $1`;

const PLAN = planSql(changedBetween('$3', 'present.snapshot'));

const PLAN_ANEW = planSql(`a.open_key IS NOT NULL OR head.alert_id IS NOT NULL`);

/** Which of the channels have something to read: cheap enough to be asked whenever anything changes. */
export async function unreadChannels(db: Queryable, channels: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'unread-alert-channels',
    text: `SELECT id FROM alert_channels c WHERE id = ANY ($1) AND (since IS NULL OR EXISTS (
      SELECT FROM alerts WHERE ${changedBetween('c.since', 'pg_current_snapshot()')}))`,
    values: [channels],
  });
  return rows.map(({ id }) => id);
}

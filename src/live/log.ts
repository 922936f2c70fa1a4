// Reads the event log: every change of every payout, in an order that never shows a later change before an earlier one
// and never skips a row whose transaction commits late.
import type { Queryable } from '../db/connect.js';
import { HORIZON } from '../db/horizon.js';
import type { PayoutStatus } from '../generated/prisma/enums.js';

/** A place in the log. The order is that of `xid`, then `id`. */
export interface Position {
  xid: bigint;
  id: bigint;
}

export interface LogEntry {
  position: Position;
  payoutId: string;
  creatorId: string;
  version: number;
  fromStatus: PayoutStatus | null;
  toStatus: PayoutStatus;
  reason: string | null;
  /** The payout after the change, as `payouts/apply-sql` wrote it. */
  snapshot: Readonly<Record<string, unknown>>;
  occurredAt: Date;
}

export interface LogPage {
  entries: LogEntry[];
  /** Everything up to here was read. */
  position: Position;
  /** There is more below the horizon; read on at once. */
  more: boolean;
  /** Rows are there whose turn has not come: a transaction that began earlier is still open. */
  waiting: boolean;
}

/** No id comes near it, and a cursor has room for it. */
const LAST_ID = 2n ** 48n - 1n;

/**
 * The next entries after `after`, of one creator's payouts or of all. Only what lies below the oldest open transaction is
 * read: all of that is complete, whatever commits later.
 */
export async function readLog(
  db: Queryable,
  after: Position,
  limit: number,
  creatorId?: string,
): Promise<LogPage> {
  const place = [String(after.xid), String(after.id), limit];
  const { rows } = await db.query<LogRow>(
    creatorId === undefined
      ? { name: 'read-log', text: readSql(), values: place }
      : { name: 'read-log-of', text: readSql('creator_id = $4'), values: [...place, creatorId] },
  );
  const horizon = BigInt(rows[0]?.horizon ?? 0);
  const entries = rows.filter(isEntry).map(toEntry);
  const more = entries.length === limit;
  const last = entries.at(-1)?.position ?? after;
  const complete = { xid: horizon - 1n, id: LAST_ID };
  const position = more || !isBefore(last, complete) ? last : complete;
  return { entries, position, more, waiting: rows[0]?.waiting ?? false };
}

/** All changes of these payouts, those of each one oldest first. */
export async function historiesOf(db: Queryable, payoutIds: readonly string[]): Promise<LogEntry[]> {
  const { rows } = await db.query<EventColumns>({
    name: 'payout-histories',
    text: `SELECT ${COLUMNS} FROM payout_events WHERE payout_id = ANY($1) ORDER BY payout_id, version`,
    values: [payoutIds],
  });
  return rows.map(toEntry);
}

/** The place after all that is complete now: where a new subscriber begins. */
export async function endOfLog(db: Queryable): Promise<Position> {
  const { rows } = await db.query<{ horizon: string }>(`SELECT ${HORIZON} AS horizon`);
  return { xid: BigInt(rows[0]?.horizon ?? 0) - 1n, id: LAST_ID };
}

/** Whether there is a change at this very place, in its turn or not. */
export async function isLogged(db: Queryable, { xid, id }: Position): Promise<boolean> {
  const { rows } = await db.query(
    'SELECT 1 FROM payout_events WHERE (log_xid, id) = ($1::bigint, $2::bigint)',
    [String(xid), String(id)],
  );
  return rows.length > 0;
}

export function isBefore(a: Position, b: Position): boolean {
  return a.xid < b.xid || (a.xid === b.xid && a.id < b.id);
}

const COLUMNS =
  'id, payout_id, creator_id, version, from_status, to_status, reason, snapshot, log_xid, occurred_at';

/**
 * The newest row is the end of the index, for any planner. Asked whether a row above the horizon exists, it expects to
 * meet one soon and reads the whole table to find that there is none.
 */
const readSql = (condition = 'true') => `
WITH h AS MATERIALIZED (SELECT ${HORIZON} AS horizon, (SELECT max(log_xid) FROM payout_events) AS newest)
SELECT h.horizon, coalesce(h.newest >= h.horizon, false) AS waiting, e.*
FROM h LEFT JOIN LATERAL (
  SELECT ${COLUMNS}
  FROM payout_events
  WHERE ${condition} AND (log_xid, id) > ($1::bigint, $2::bigint) AND log_xid < h.horizon
  ORDER BY log_xid, id LIMIT $3) e ON true
ORDER BY e.log_xid, e.id`;

interface EventColumns {
  id: string;
  payout_id: string;
  creator_id: string;
  version: number;
  from_status: PayoutStatus | null;
  to_status: PayoutStatus;
  reason: string | null;
  snapshot: Record<string, unknown>;
  log_xid: string;
  occurred_at: Date;
}

type LogRow = { horizon: string; waiting: boolean } & (EventColumns | { id: null });

function isEntry(row: LogRow): row is { horizon: string; waiting: boolean } & EventColumns {
  return row.id !== null;
}

function toEntry(row: EventColumns): LogEntry {
  return {
    position: { xid: BigInt(row.log_xid), id: BigInt(row.id) },
    payoutId: row.payout_id,
    creatorId: row.creator_id,
    version: row.version,
    fromStatus: row.from_status,
    toStatus: row.to_status,
    reason: row.reason,
    snapshot: row.snapshot,
    occurredAt: row.occurred_at,
  };
}

// Reads which alerts have changed since a moment. A moment is a snapshot of Postgres: it says of each transaction
// whether it was seen, so that one that commits late is told of when it does, and waits for no other one.
import type { Alert } from '../generated/prisma/client.js';
import type { Queryable } from './connect.js';

/** `pg_current_snapshot()`: the transactions whose changes can be seen. */
export type Snapshot = string;

/** Among those that changed since one moment; the order is that of `logXid`, then `id`. */
export type AlertPlace = Pick<Alert, 'logXid' | 'id'>;

export interface AlertPage {
  /** As they stand now. */
  alerts: Alert[];
  /** Of this reading. */
  snapshot: Snapshot;
}

/** The moment at which all transactions below `xid` had ended, and nothing is known of the others. */
export const allBelow = (xid: bigint): Snapshot => `${xid}:${xid}:`;

/** The alerts that were changed by transactions that `since` does not see, from behind a place among them. */
export async function readAlerts(
  db: Queryable,
  since: Snapshot,
  limit: number,
  after: AlertPlace = { logXid: 0n, id: '' },
): Promise<AlertPage> {
  const { rows } = await db.query<Row>({
    name: 'read-alerts',
    text: READ,
    values: [since, String(after.logXid), after.id, limit],
  });
  const alerts = rows
    .filter(isAlert)
    .map(({ snapshot: _, ...row }) => ({ ...row, logXid: BigInt(row.logXid) }));
  return { alerts, snapshot: rows[0]?.snapshot ?? since };
}

/** The columns of `alerts`, by the names that `Alert` has. */
export const ALERT_COLUMNS = `id, rule, key, message, details, payout_id AS "payoutId", occurrences, opened_at AS "openedAt",
    updated_at AS "updatedAt", acknowledged_at AS "acknowledgedAt", acknowledged_by AS "acknowledgedBy",
    resolved_at AS "resolvedAt", open_key AS "openKey", log_xid AS "logXid"`;

/**
 * For a WHERE over `alerts`: changed by transactions that the snapshot `since` does not see and `present` does. Rows that
 * were loaded from another server bear numbers that this one has not reached: nobody changed them here.
 */
export const changedBetween = (since: string, present: string): string =>
  `log_xid >= pg_snapshot_xmin(${since}::pg_snapshot)::text::bigint
    AND NOT pg_visible_in_snapshot(log_xid::text::xid8, ${since}::pg_snapshot)
    AND pg_visible_in_snapshot(log_xid::text::xid8, ${present})`;

const READ = `
WITH present AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
SELECT present.snapshot::text AS snapshot, a.*
FROM present LEFT JOIN LATERAL (
  SELECT ${ALERT_COLUMNS}
  FROM alerts
  WHERE ${changedBetween('$1', 'present.snapshot')}
    AND (log_xid, id) > ($2::bigint, $3::text)
  ORDER BY log_xid, id LIMIT $4) a ON true
ORDER BY a."logXid", a.id`;

type AlertRow = { snapshot: Snapshot } & Omit<Alert, 'logXid'> & { logXid: string };
type Row = AlertRow | { snapshot: Snapshot; id: null };

function isAlert(row: Row): row is AlertRow {
  return row.id !== null;
}

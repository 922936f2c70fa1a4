// The event log after a restore. Its order is that of transaction ids, and those belong to a server: in another one they
// begin anew, so that restored events lie in its future, where nobody is told of them, and new ones fall behind them.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Queryable } from './connect.js';

/** A database that was put back from a backup, and is not ready to be worked with. */
export class RestoreError extends Error {
  readonly code = 'RESTORE';
  constructor() {
    super(
      'This database was restored from a backup: run "npm run payouts -- after-restore" first. See docs/operations/backup.md.',
    );
  }
}

/** SQL: the first transaction id that this server has not given out yet. */
const NEXT_XID = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint';

/** SQL: some event bears an id that this server has not reached. The newest one is the end of an index. */
const IS_AHEAD = `coalesce((SELECT max(log_xid) FROM payout_events) >= ${NEXT_XID}, false)`;

/** Of a migrated database. @throws RestoreError where `after-restore` is still to be run */
export async function assertReadied(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'payouts-start' });
  client.on('error', () => undefined); // the query rejects
  try {
    await client.connect();
    const { rows } = await client.query<{ waits: boolean }>(
      `SELECT ${IS_AHEAD} OR EXISTS (SELECT 1 FROM restores WHERE readied_at IS NULL) AS waits`,
    );
    if (rows[0]?.waits) throw new RestoreError();
  } finally {
    await client.end();
  }
}

/**
 * Lets the log go on in this server, and ends all cursors that clients hold: those from after the backup name places that
 * other events will take. Call it inside a transaction, while no process works with the database.
 * @returns whether the events had to be numbered anew
 */
export async function continueLog(db: Queryable): Promise<boolean> {
  await db.query('UPDATE cursor_key SET key = $1', [randomBytes(16)]);
  const { rows } = await db.query<{ ahead: boolean }>(`SELECT ${IS_AHEAD} AS ahead`);
  const ahead = rows[0]?.ahead ?? false;
  if (ahead) for (const sql of RENUMBER) await db.query(sql);
  await db.query(TOLD_ALERTS);
  await db.query(`UPDATE alerts SET log_xid = log_xid WHERE log_xid >= ${NEXT_XID}`);
  return ahead;
}

/** No event's id comes near it. */
const LAST_ID = '(1::bigint << 48) - 1';

/**
 * In two parts, both far below any id of a server: what e-mails were written of, and what not. Within each the order is
 * that of the events' ids, which keeps the changes of one payout in theirs: each is written under the payout's lock.
 */
const RENUMBER = [
  `UPDATE payout_events e SET log_xid = CASE WHEN (e.log_xid, e.id) <= (o.log_xid, o.event_id) THEN 1 ELSE 2 END
   FROM email_outbox o`,
  `UPDATE email_outbox SET log_xid = 1, event_id = ${LAST_ID}`,
  `UPDATE payouts p SET log_xid = COALESCE((
     SELECT e.log_xid FROM payout_events e WHERE e.payout_id = p.id AND e.version = p.version), 1)`,
];

/** Numbered anew, an alert has not changed: no channel is told of it once more. */
const TOLD_ALERTS = `
UPDATE alert_deliveries d SET told_xid = pg_current_xact_id()::text::bigint
FROM alerts a WHERE a.id = d.alert_id AND a.log_xid = d.told_xid AND a.log_xid >= ${NEXT_XID}`;

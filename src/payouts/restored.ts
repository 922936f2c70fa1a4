// What a restore means for the money. The database does not know what was paid after its backup: nothing is sent before
// somebody has looked, and whatever stood in it is looked for at Stripe before its first request too.
import type pg from 'pg';
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { continueLog } from '../db/restored-log.js';
import { inTransaction } from '../db/transaction.js';
import type { Actor } from './actor.js';
import { InvalidInputError } from './errors.js';
import { pauseInside } from './processing.js';

/** Of a payout `p`: it stood in a backup that was restored, so that it may have been sent without our knowing. */
export const STOOD_IN_BACKUP =
  'EXISTS (SELECT 1 FROM restores restored WHERE restored.restored_at >= p.created_at)';

/**
 * The newest of the backups that a payout `p` stood in of which nobody has asked Stripe yet what was paid after it, neither
 * for the payout nor for all; null: there is none.
 */
export const UNCOMPARED_BACKUP = `(SELECT max(r.backup_at) FROM restores r WHERE r.restored_at >= p.created_at
  AND NOT EXISTS (SELECT 1 FROM payout_attempts a WHERE a.payout_id = p.id AND a.started_at > r.restored_at)
  AND NOT EXISTS (SELECT 1 FROM reconciliation_runs run WHERE run.status = 'COMPLETED'
    AND run.period_start <= r.backup_at AND run.period_end >= r.readied_at))`;

export interface Restored {
  /** The moment that the data are of. */
  backupAt: Date;
  /** The event log had to be numbered anew: it was made by another server. */
  renumbered: boolean;
  /** Payouts that Stripe is asked about before anything is sent for them. */
  openPayouts: number;
}

/**
 * Makes a restored database ready: processing is paused, every open payout is looked for at Stripe before it is sent, and
 * the event log goes on in this server. Again, it only pauses again. While no process works with the database.
 * @param backupAt when the backup was taken; null: `deploy/restore.sh` has noted it
 * @throws InvalidInputError where nobody knows when the backup was taken
 */
export async function afterRestore(pool: pg.Pool, backupAt: Date | null, actor: Actor): Promise<Restored> {
  return inTransaction(pool, async (db) => {
    const noted = await noteRestore(db, backupAt);
    const reason = `The database was restored from a backup of ${noted.toISOString()}: compare it with Stripe, then resume.`;
    await pauseInside(db, reason, actor);
    const renumbered = await continueLog(db);
    const openPayouts = await countOpen(db);
    await recordAudit(db, {
      chain: 'processing',
      actor: actor.name,
      action: 'database_restored',
      after: { backupAt: noted.toISOString(), renumbered, openPayouts },
    });
    return { backupAt: noted, renumbered, openPayouts };
  });
}

/** One row for each restore; not before the newest payout, whatever the clock of the server that was lost has shown. */
async function noteRestore(db: Queryable, backupAt: Date | null): Promise<Date> {
  const latest = 'GREATEST(now(), (SELECT max(created_at) FROM payouts))';
  const readied = await db.query<{ backup_at: Date }>(
    `UPDATE restores SET readied_at = now(), restored_at = ${latest}, backup_at = COALESCE($1, backup_at)
     WHERE readied_at IS NULL RETURNING backup_at`,
    [backupAt?.toISOString() ?? null],
  );
  if (readied.rows[0]) return readied.rows[0].backup_at;
  if (!backupAt)
    throw new InvalidInputError(
      ['backupTime'],
      'say of when the backup is: --backup-time 2026-08-01T03:00:00Z.',
    );
  await db.query(`INSERT INTO restores (backup_at, restored_at, readied_at) VALUES ($1, ${latest}, now())`, [
    backupAt.toISOString(),
  ]);
  return backupAt;
}

async function countOpen(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM payouts WHERE status IN ('PENDING', 'PROCESSING')
       OR (status = 'FAILED' AND next_attempt_at IS NOT NULL)`,
  );
  return Number(rows[0]?.count);
}

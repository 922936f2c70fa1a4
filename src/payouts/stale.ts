// Raises an alert for each payout that has been under way for too long, and ends the alerts of those that are not what
// they were any more.
import type { Queryable } from '../db/connect.js';
import { checkpoint } from '../observability/checkpoints.js';
import { PARTLY_REVERSED } from './alerts.js';
import type { Signals } from './ports.js';

export interface StaleDeps {
  pool: Queryable;
  signals: Pick<Signals, 'changed'>;
  /** Milliseconds in PROCESSING after which somebody must look. */
  staleAfterMs: number;
}

/** @returns how many are stuck */
export async function checkStalePayouts({ pool, signals, staleAfterMs }: StaleDeps): Promise<number> {
  const raised = await pool.query(
    `INSERT INTO alerts (rule, key, message, details, payout_id, open_key)
     SELECT 'payout_stuck', p.id,
       'The payout has been under way since ' || to_char(p.updated_at, 'YYYY-MM-DD HH24:MI') || ' UTC and Stripe has '
         || 'given no certain answer. It is asked again and again; look at its attempts.',
       jsonb_build_object('since', p.updated_at, 'lastError', (
         SELECT a.error_message FROM payout_attempts a WHERE a.payout_id = p.id ORDER BY a.number DESC LIMIT 1)),
       p.id, 'payout_stuck:' || p.id
     FROM payouts p
     WHERE p.status = 'PROCESSING' AND p.updated_at < now() - $1 * interval '1 millisecond'
     FOR UPDATE OF p SKIP LOCKED
     ON CONFLICT (open_key) DO UPDATE SET updated_at = now(), details = EXCLUDED.details`,
    [staleAfterMs],
  );
  checkpoint('stale.after_alerts');
  await pool.query(FORGOTTEN);
  signals.changed();
  return raised.rowCount ?? 0;
}

/**
 * An alert ends in the statement that changes its payout, save one that was raised while that statement already ran.
 * Each of these rules speaks of a payout in one status.
 */
const FORGOTTEN = `
  UPDATE alerts a SET resolved_at = now(), updated_at = now(), open_key = NULL
  FROM payouts p
  WHERE p.id = a.payout_id AND a.open_key IS NOT NULL AND CASE
    WHEN a.rule = 'payout_stuck' THEN p.status <> 'PROCESSING'
    WHEN a.rule = 'max_retries_exceeded' THEN p.status <> 'FAILED'
    WHEN a.open_key = 'reconciliation_mismatch:${PARTLY_REVERSED}:' || p.id THEN p.status <> 'COMPLETED'
    ELSE false END`;

// Writes what was found down. A difference that lasts is one open item with one alert, however many runs see it, and
// what a person has answered for is not asked again while it is the same.
import type { Queryable } from '../db/connect.js';
import { raiseAlert } from '../payouts/alerts.js';
import { type Difference, keyOf } from './difference.js';
import { explain } from './explain.js';

/** Who resolves what was gone by itself. */
export const NOBODY = 'system';
export const GONE = 'gone';

/** The transaction that repaired it writes this too. */
export async function recordRepaired(db: Queryable, runId: string, difference: Difference): Promise<void> {
  await db.query(
    `INSERT INTO reconciliation_items (run_id, seen_in_run_id, kind, payout_id, transfer_id, details, occurred_at,
       state, resolved_at, resolved_by, resolution)
     VALUES ($1, $1, $2, $3, $4, $5, $6::timestamp, 'REPAIRED', now(), '${NOBODY}', 'repaired')`,
    valuesOf(runId, difference),
  );
}

/** @returns whether it is open now; not where a person has resolved just this before */
export async function recordOpen(db: Queryable, runId: string, difference: Difference): Promise<boolean> {
  const recorded = await db.query(
    `INSERT INTO reconciliation_items AS item
       (run_id, seen_in_run_id, kind, payout_id, transfer_id, details, occurred_at, open_key)
     SELECT $1, $1, $2, $3, $4, $5::jsonb, $6::timestamp, $7
     WHERE NOT EXISTS (
       SELECT 1 FROM reconciliation_items past
       WHERE past.kind = $2 AND past.state = 'RESOLVED' AND past.resolved_by <> '${NOBODY}'
         AND past.payout_id IS NOT DISTINCT FROM $3 AND past.transfer_id IS NOT DISTINCT FROM $4
         AND past.details = $5::jsonb)
     ON CONFLICT (open_key) DO UPDATE SET details = EXCLUDED.details, seen_in_run_id = (
       -- Of two runs at once the one that began later: it must not take for gone what the other has just seen.
       SELECT id FROM reconciliation_runs WHERE id IN (item.seen_in_run_id, EXCLUDED.seen_in_run_id)
       ORDER BY started_at DESC LIMIT 1)`,
    [...valuesOf(runId, difference), keyOf(difference)],
  );
  if (recorded.rowCount === 0) return false;
  const { kind, payoutId, transferId, details } = difference;
  await raiseAlert(db, {
    rule: 'reconciliation_mismatch',
    key: keyOf(difference),
    message: explain(difference),
    details: { kind, transferId, ...details },
    ...(payoutId && { payoutId }),
  });
  return true;
}

function valuesOf(runId: string, { kind, payoutId, transferId, details, occurredAt }: Difference): unknown[] {
  return [runId, kind, payoutId, transferId, JSON.stringify(details), occurredAt.toISOString()];
}

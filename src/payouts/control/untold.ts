// What is known of Stripe's books and not yet in ours: a transfer of a payout that nobody has settled.
import type { Queryable } from '../../db/connect.js';
import { transferGroupOf } from '../ports.js';

/** An event of a transfer of this payout waits in the inbox, or a comparison has found one: it may be alive. */
export async function awaitsTransfer(db: Queryable, payoutId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT 1 FROM webhook_events WHERE outcome = 'pending' AND type LIKE 'transfer.%'
       AND payload->'data'->'object'->>'transfer_group' = $1
     UNION ALL
     SELECT 1 FROM reconciliation_items
     WHERE payout_id = $2 AND kind = 'transfer_of_failed_payout' AND open_key IS NOT NULL LIMIT 1`,
    [transferGroupOf(payoutId), payoutId],
  );
  return rowCount === 1;
}

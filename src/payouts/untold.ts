// What Stripe has told of a payout that has not been applied yet: a transfer that waits until a worker has looked at it.
import type { Queryable } from '../db/connect.js';
import { transferGroupOf } from './ports.js';

/** An event of a transfer of this payout waits in the inbox: the transfer may be alive. */
export async function awaitsTransfer(db: Queryable, payoutId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT 1 FROM webhook_events WHERE outcome = 'pending' AND type LIKE 'transfer.%'
       AND payload->'data'->'object'->>'transfer_group' = $1 LIMIT 1`,
    [transferGroupOf(payoutId)],
  );
  return rowCount === 1;
}

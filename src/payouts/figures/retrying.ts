// What has failed and is tried again by itself: counted from its index, which has as many rows as there are of these.
import type { Queryable } from '../../db/connect.js';
import type { StatusTotal } from './summary.js';

/** @param creatorId whose payouts; null: of all creators @param currency cents of which are added up */
export async function retryingTotal(
  db: Queryable,
  { creatorId, currency }: { creatorId: string | null; currency: string },
): Promise<StatusTotal> {
  const { rows } = await db.query<{ count: number; amountCents: string }>({
    name: `retrying-total-${creatorId === null ? 'all' : 'one'}`,
    text: `SELECT count(*)::int AS count, COALESCE(sum(amount_cents), 0) AS "amountCents" FROM payouts
      WHERE status = 'FAILED' AND next_attempt_at IS NOT NULL AND currency = $1
        ${creatorId === null ? '' : 'AND creator_id = $2'}`,
    values: creatorId === null ? [currency] : [currency, creatorId],
  });
  return { count: rows[0]?.count ?? 0, amountCents: Number(rows[0]?.amountCents ?? 0) };
}

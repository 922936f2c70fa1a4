// A person answers for a difference that no transition could mend.
import type pg from 'pg';
import { recordAudit } from '../db/audit.js';
import { inTransaction } from '../db/transaction.js';
import type { Actor } from '../payouts/actor.js';
import { resolveAlert } from '../payouts/alerts.js';
import { InvalidTransitionError, NotFoundError } from '../payouts/errors.js';
import { requiredReason } from '../payouts/reason.js';

/**
 * Resolves an open item, and its alert. The same difference is not reported again; another one of the same payout is.
 * @throws InvalidInputError without a resolution, NotFoundError, InvalidTransitionError when it is not open any more
 */
export async function resolveItem(
  pool: pg.Pool,
  id: string,
  resolution: string,
  actor: Actor,
): Promise<void> {
  const text = requiredReason(resolution, 'resolution', 'say what was done about it.');
  await inTransaction(pool, async (db) => {
    const { rows } = await db.query<{
      state: string;
      key: string | null;
      kind: string;
      payoutId: string | null;
      transferId: string | null;
    }>(
      `SELECT state, open_key AS key, kind, payout_id AS "payoutId", transfer_id AS "transferId"
       FROM reconciliation_items WHERE id = $1 FOR UPDATE`,
      [id],
    );
    const item = rows[0];
    if (!item) throw new NotFoundError('reconciliation item');
    const { state, key, ...about } = item;
    if (key === null)
      throw new InvalidTransitionError(state, `The item is ${state}, so there is nothing to resolve.`);
    await db.query(
      `UPDATE reconciliation_items SET state = 'RESOLVED', resolved_at = now(), resolved_by = $2, resolution = $3,
         open_key = NULL WHERE id = $1`,
      [id, actor.name, text],
    );
    await resolveAlert(db, 'reconciliation_mismatch', key);
    await recordAudit(db, {
      chain: 'reconciliation',
      actor: actor.name,
      action: 'reconciliation_item_resolved',
      reason: text,
      ...(actor.requestId && { requestId: actor.requestId }),
      before: { itemId: id, ...about, state },
      after: { itemId: id, ...about, state: 'RESOLVED' },
    });
  });
}

// What was taken back of a transfer. It is kept with the attempt that made it, since a payout that failed by a reversal
// and was paid anew has another transfer; it only grows, whatever the order in which we hear of it.
import type { Queryable } from '../db/connect.js';
import type { Actor } from './actor.js';
import { PARTLY_REVERSED, raiseAlert } from './alerts.js';
import { applyPartReversal } from './apply.js';
import { formatCents } from './money.js';
import type { PayoutRow } from './row.js';

/** Also: an attempt that was given up has made this transfer after all. */
export async function rememberReversal(
  db: Queryable,
  attemptId: string,
  transferId: string,
  reversedCents: number,
): Promise<void> {
  await db.query(
    `UPDATE payout_attempts SET amount_reversed_cents = GREATEST(amount_reversed_cents, $3),
       transfer_id = COALESCE(transfer_id, $2),
       outcome = CASE WHEN finished_at IS NULL THEN outcome ELSE 'SUCCEEDED'::"AttemptOutcome" END
     WHERE id = $1`,
    [attemptId, transferId, reversedCents],
  );
}

/** A completed payout stays so while a part of its transfer is left; somebody must look. */
export async function recordPartReversal(
  db: Queryable,
  payout: PayoutRow,
  reversedCents: number,
  actor: Actor,
): Promise<void> {
  if (await applyPartReversal(db, payout, reversedCents, actor)) {
    await alertPartReversal(db, payout, reversedCents);
  }
}

/** Open for as long as the payout stays completed. */
export async function alertPartReversal(
  db: Queryable,
  { id, amountCents, currency }: PayoutRow,
  reversedCents: number,
): Promise<void> {
  const part = `${formatCents(reversedCents, currency)} of ${formatCents(amountCents, currency)}`;
  await raiseAlert(db, {
    rule: 'reconciliation_mismatch',
    key: `${PARTLY_REVERSED}:${id}`,
    message: `${part} were taken back at Stripe. Find out why, and pay the creator what is missing if it is owed.`,
    payoutId: id,
  });
}

// The attempts of a payout as the rules see them, and which of them made a transfer that we hear of.
import type { Queryable } from '../db/connect.js';
import type { AttemptOutcome } from '../generated/prisma/enums.js';
import type { TransferFact } from './ports.js';

export interface Attempt {
  id: string;
  /** The first is 1. */
  number: number;
  idempotencyKey: string;
  destination: string;
  outcome: AttemptOutcome;
  transferId: string | null;
  /** Of its transfer: the most that was ever told to be taken back. */
  amountReversedCents: number;
  /** Null: its outcome is not certain yet. */
  finishedAt: Date | null;
  /** Some worker may be sending it at this moment. */
  leased: boolean;
}

/** Stripe has forgotten the key by then, and no network carries a request for so long: it makes nothing any more. */
export const SURELY_LOST = "interval '24 hours'";

/** Of an attempt `a`: it was given up without an answer, and could still make its transfer. */
export const MAY_ARRIVE = `(a.outcome = 'UNKNOWN' AND a.transfer_id IS NULL AND a.sent_at > now() - ${SURELY_LOST})`;

/** Newest first. */
export async function attemptsOf(db: Queryable, payoutId: string): Promise<Attempt[]> {
  const { rows } = await db.query<Attempt>({
    name: 'attempts-of',
    text: `SELECT id, number, idempotency_key AS "idempotencyKey", destination, outcome,
        transfer_id AS "transferId", amount_reversed_cents AS "amountReversedCents", finished_at AS "finishedAt",
        finished_at IS NULL AND lease_until > now() AS leased
      FROM payout_attempts WHERE payout_id = $1 ORDER BY number DESC`,
    values: [payoutId],
  });
  return rows;
}

/**
 * The attempt that made the transfer: the one whose key stands in it. A transfer that names none is that of the
 * attempt that has its id, else of the one under way, else of the newest whose outcome nobody knows.
 */
export function makerOf(attempts: readonly Attempt[], transfer: TransferFact): Attempt | undefined {
  const { idempotencyKey, id } = transfer;
  if (idempotencyKey !== null) return attempts.find((one) => one.idempotencyKey === idempotencyKey);
  return (
    attempts.find((one) => one.transferId === id) ??
    attempts.find((one) => one.finishedAt === null) ??
    attempts.find((one) => one.outcome === 'UNKNOWN' && one.transferId === null)
  );
}

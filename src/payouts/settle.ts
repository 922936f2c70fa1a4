// What an answer of Stripe's, or a transfer that we hear of, does to a payout. The response, the webhook and whoever
// looks it up all end here; the first one changes the payout, the others find it changed.
import type { Queryable } from '../db/connect.js';
import { type Actor, type Applied, applyTransition } from './apply.js';
import { findPayoutRow } from './find.js';
import { type TransferAnswer, type TransferFact, transferGroupOf } from './ports.js';
import { nextRetryInMs, type RetryPolicy } from './retries.js';
import type { PayoutRow } from './row.js';

export type Settled =
  /** The payout is COMPLETED by this transfer now, or was already. */
  | { kind: 'completed'; payout: PayoutRow; changed: boolean }
  /** The transfer is not what the payout asked for, or the payout cannot have one now: nothing was changed. */
  | { kind: 'mismatch'; why: string };

/** COMPLETED, if `transfer` is the transfer that this payout asked for. Works inside a transaction or without one. */
export async function settleTransfer(
  db: Queryable,
  payoutId: string,
  transfer: TransferFact,
  actor: Actor,
  requestId: string | null = null,
): Promise<Settled> {
  const payout = await findPayoutRow(db, payoutId);
  const why = await mismatchOf(db, payout, transfer);
  if (why) return { kind: 'mismatch', why };
  const settled = await complete(db, payout, transfer, actor, requestId);
  if (settled) return { kind: 'completed', payout: settled, changed: true };
  const now = await findPayoutRow(db, payoutId);
  return now.status === 'COMPLETED' && now.stripeTransferId === transfer.id
    ? { kind: 'completed', payout: now, changed: false }
    : {
        kind: 'mismatch',
        why: `the payout is ${now.status} with transfer ${now.stripeTransferId ?? 'none'}`,
      };
}

async function complete(
  db: Queryable,
  payout: PayoutRow,
  transfer: TransferFact,
  actor: Actor,
  requestId: string | null,
): Promise<PayoutRow | undefined> {
  const open = await openAttempt(db, payout.id);
  const change = {
    payoutId: payout.id,
    from: 'PROCESSING' as const,
    transferId: transfer.id,
    ...(open && {
      closes: { attemptId: open.id, outcome: 'SUCCEEDED' as const, transferId: transfer.id, requestId },
    }),
  };
  const [applied] = await applyTransition(db, 'transfer_settled', [change], actor);
  return applied?.payout;
}

/** Why this transfer cannot be the payout's, or null where all that we asked for is as we asked. */
async function mismatchOf(db: Queryable, payout: PayoutRow, transfer: TransferFact): Promise<string | null> {
  const { rows } = await db.query<{ destination: string }>(
    'SELECT DISTINCT destination FROM payout_attempts WHERE payout_id = $1',
    [payout.id],
  );
  if (!transfer.id.startsWith('tr_')) return `${transfer.id} is not a transfer's id`;
  if (transfer.amountCents !== payout.amountCents) return `amount ${transfer.amountCents}`;
  if (transfer.currency !== payout.currency) return `currency ${transfer.currency}`;
  if (!rows.some((r) => r.destination === transfer.destination)) return `destination ${transfer.destination}`;
  if (transfer.transferGroup !== transferGroupOf(payout.id))
    return `transfer_group ${transfer.transferGroup}`;
  return null;
}

async function openAttempt(db: Queryable, payoutId: string): Promise<{ id: string } | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'SELECT id FROM payout_attempts WHERE payout_id = $1 AND finished_at IS NULL ORDER BY number DESC LIMIT 1',
    [payoutId],
  );
  return rows[0];
}

type Refusal = Extract<TransferAnswer, { kind: 'refused' }>;

/** FAILED, because Stripe definitely refused this attempt; with the time of the next one where one will follow. */
export async function refuseTransfer(
  db: Queryable,
  payoutId: string,
  attemptId: string,
  refusal: Refusal,
  policy: RetryPolicy,
  actor: Actor,
): Promise<Applied | undefined> {
  const payout = await findPayoutRow(db, payoutId);
  const change = {
    payoutId,
    from: 'PROCESSING' as const,
    reason: refusal.message,
    failure: { code: refusal.code, reason: refusal.message },
    retryInMs: nextRetryInMs(policy, payout, refusal.retryable),
    closes: {
      attemptId,
      outcome: 'REJECTED' as const,
      errorCode: refusal.code,
      errorMessage: refusal.message,
      requestId: refusal.requestId,
    },
  };
  const [applied] = await applyTransition(db, 'transfer_refused', [change], actor);
  return applied;
}

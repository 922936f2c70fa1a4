// Stripe definitely refused an attempt: the payout has failed, with the time of the next attempt where one will follow.
import type { Queryable } from '../../db/connect.js';
import { checkpoint } from '../../observability/checkpoints.js';
import type { Actor } from '../actor.js';
import { type Applied, applyTransition, type Change } from '../apply.js';
import { findPayoutRow } from '../find.js';
import { openBalanceAlert, TOO_LITTLE } from '../platform-balance.js';
import type { TransferAnswer } from '../ports.js';
import type { PayoutRow } from '../row.js';
import { nextRetryInMs, type RetryPolicy } from './retries.js';

type Refusal = Extract<TransferAnswer, { kind: 'refused' }>;

/** FAILED, unless the attempt has ended otherwise by now. */
export async function refuseTransfer(
  db: Queryable,
  payoutId: string,
  attemptId: string,
  refusal: Refusal,
  policy: RetryPolicy,
  actor: Actor,
): Promise<Applied | undefined> {
  const payout = await findPayoutRow(db, payoutId);
  const retryInMs = nextRetryInMs(policy, payout, refusal.retryable);
  const change: Change = {
    payoutId,
    from: 'PROCESSING',
    reason: refusal.message,
    failure: { code: refusal.code, reason: refusal.message },
    retryInMs,
    closes: {
      attemptId,
      outcome: 'REJECTED',
      errorCode: refusal.code,
      errorMessage: refusal.message,
      requestId: refusal.requestId,
    },
    // A refusal that would have passed by itself, and did not in time.
    ...(refusal.retryable && retryInMs === undefined && { alert: exhausted(payout, refusal) }),
  };
  const [applied] = await applyTransition(db, 'transfer_refused', [change], actor);
  checkpoint('refuse.after_commit');
  if (applied && refusal.code === TOO_LITTLE) await openBalanceAlert(db, applied.payout);
  return applied;
}

function exhausted({ retryCount }: PayoutRow, { code }: Refusal): NonNullable<Change['alert']> {
  return {
    rule: 'max_retries_exceeded',
    message: `Stripe refused the payout after ${retryCount} retries (${code}). Mend the cause, then retry it.`,
  };
}

// When a refused payout is tried again by itself, and when no more.
import type { PayoutRow } from '../row.js';

export interface RetryPolicy {
  /** Automatic retries at most, after the first attempt. */
  maxRetries: number;
  /** Milliseconds before the first, second, … retry; the last one holds for all that follow. */
  delaysMs: readonly number[];
}

/** Milliseconds until the next automatic retry, or undefined: none will follow. */
export function nextRetryInMs(
  policy: RetryPolicy,
  payout: Pick<PayoutRow, 'retryCount'>,
  retryable: boolean,
): number | undefined {
  if (!retryable || payout.retryCount >= policy.maxRetries) return undefined;
  return policy.delaysMs[Math.min(payout.retryCount, policy.delaysMs.length - 1)];
}

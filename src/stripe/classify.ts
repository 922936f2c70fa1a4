// What Stripe's errors mean for a transfer, in one place. In doubt it is unknown: only a definite word of Stripe's that
// nothing was done counts as a refusal.
import Stripe from 'stripe';
import type { TransferAnswer } from '../payouts/ports.js';

/** Refusals that pass by themselves: the balance is topped up, the creator finishes onboarding. */
const RETRYABLE = new Set(['balance_insufficient', 'insufficient_capabilities_for_transfer']);

export function classifyError(error: unknown): TransferAnswer {
  if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'unknown', message: String(error) };
  const { statusCode: status, message } = error;
  const code = error.code ?? error.type;
  if (status === 401 || status === 403) return { kind: 'misconfigured', code, message };
  if (status === 429) return { kind: 'not_executed', code, message };
  if (status === 409) {
    return error.code === 'idempotency_key_in_use'
      ? { kind: 'not_executed', code, message }
      : { kind: 'unknown', message };
  }
  if (error instanceof Stripe.errors.StripeIdempotencyError) return { kind: 'misconfigured', code, message };
  if (status === undefined || status < 400 || status >= 500) return { kind: 'unknown', message };
  return { kind: 'refused', retryable: RETRYABLE.has(code), code, message, requestId: error.requestId ?? null };
}

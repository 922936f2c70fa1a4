// What Stripe's errors mean for a transfer, in one place. In doubt it is unknown: only a definite word of Stripe's that
// nothing was done counts as a refusal.
import Stripe from 'stripe';
import type { TransferAnswer } from '../payouts/ports.js';
import { redact } from './redact.js';

/**
 * How Stripe says no for good. Another status (408, 424) or another type (`api_error`, or what a proxy made up) is no
 * such word.
 */
const DEFINITE = {
  statuses: new Set([400, 402, 404]),
  types: new Set(['invalid_request_error', 'card_error']),
};

/** Stripe did not begin, whatever the status that it says so with. */
const NOT_EXECUTED = new Set(['rate_limit', 'lock_timeout', 'idempotency_key_in_use']);

/** Our key or its permissions are refused; the code where Stripe gives none. */
const REFUSES_US: Readonly<Record<number, string>> = { 401: 'authentication_error', 403: 'permission_error' };

/** Refusals that pass by themselves: the balance is topped up, the creator finishes onboarding. */
const RETRYABLE = new Set(['balance_insufficient', 'insufficient_capabilities_for_transfer']);

export function classifyError(error: unknown): TransferAnswer {
  if (!(error instanceof Stripe.errors.StripeError))
    return { kind: 'unknown', message: redact(String(error)) };
  const { statusCode: status = 0, requestId = null } = error;
  const message = redact(error.message);
  if (status < 400 || status >= 500) return { kind: 'unknown', message };
  const code = error.code ?? REFUSES_US[status] ?? error.rawType ?? error.type;
  if (REFUSES_US[status]) return { kind: 'misconfigured', code, message };
  if (status === 429 || NOT_EXECUTED.has(code)) return { kind: 'not_executed', code, message };
  if (error instanceof Stripe.errors.StripeIdempotencyError) return { kind: 'misconfigured', code, message };
  if (!isDefinite(error)) return { kind: 'unknown', message };
  return { kind: 'refused', retryable: RETRYABLE.has(code), code, message, requestId };
}

function isDefinite({ statusCode = 0, rawType }: Stripe.errors.StripeError): boolean {
  return DEFINITE.statuses.has(statusCode) && DEFINITE.types.has(String(rawType));
}

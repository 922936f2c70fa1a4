// Reading from Stripe: a refusal of our key is told apart from everything else that can go wrong.
import Stripe from 'stripe';
import { GatewayRefusedError } from '../payouts/ports.js';
import { classifyError } from './classify.js';
import { redact } from './redact.js';

/** Passes the answer on. @throws GatewayRefusedError when Stripe refuses us, and whatever else was thrown, redacted */
export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const meant = classifyError(error);
    if (meant.kind !== 'misconfigured') throw redacted(error);
    throw new GatewayRefusedError(meant.code, meant.message, { cause: redacted(error) });
  }
}

/** What is thrown is logged, and what is logged must not tell. */
function redacted(error: unknown): unknown {
  if (error instanceof Error) error.message = redact(error.message);
  return error;
}

/** Null where Stripe says that it has no such thing, or that an account is none of ours any more. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (codeOf(error) === 'resource_missing' || codeOf(error) === 'account_invalid') return null;
    throw error;
  }
}

/** Stripe's, also below what a refusal was wrapped in. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof GatewayRefusedError) return error.code;
  return error instanceof Stripe.errors.StripeError ? error.code : undefined;
}

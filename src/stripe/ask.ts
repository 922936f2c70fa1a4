// Reading from Stripe: a refusal of our key is told apart from everything else that can go wrong.
import Stripe from 'stripe';
import { GatewayRefusedError, type TransferAnswer } from '../payouts/ports.js';
import { classifyError } from './classify.js';
import { redact } from './redact.js';
import { inStripeSpan, OUTCOME } from './traced.js';

/**
 * Asks, and passes the answer on. `route`: Stripe's path, without ids.
 * @throws GatewayRefusedError when Stripe refuses us, and whatever else was thrown, redacted
 */
export function asked<T>(route: string, ask: () => Promise<T>): Promise<T> {
  return inStripeSpan('GET', route, async (span) => {
    try {
      const answer = await ask();
      span.setAttribute(OUTCOME, 'succeeded');
      return answer;
    } catch (error) {
      const meant = classifyError(error);
      span.setAttribute(OUTCOME, meant.kind);
      throw thrownFor(error, meant);
    }
  });
}

function thrownFor(error: unknown, meant: TransferAnswer): unknown {
  if (meant.kind !== 'misconfigured') return redacted(error);
  return new GatewayRefusedError(meant.code, meant.message, { cause: redacted(error) });
}

/** What is thrown is logged, and what is logged must not tell. */
function redacted(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = redact(error.message);
  // It begins with the message as it was.
  if (error.stack) error.stack = redact(error.stack);
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

// Reading from Stripe: a refusal of our key is told apart from everything else that can go wrong.
import { GatewayRefusedError } from '../payouts/ports.js';
import { classifyError } from './classify.js';

/** Passes the answer on. @throws GatewayRefusedError when Stripe refuses us, and whatever else was thrown */
export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const meant = classifyError(error);
    if (meant.kind !== 'misconfigured') throw error;
    throw new GatewayRefusedError(meant.code, meant.message, { cause: error });
  }
}

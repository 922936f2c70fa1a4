// Tells of every request that goes to Stripe: how long the answer took, and what it meant. Around the SDK's own client, so
// that no request is missed, whoever sends it and however many pages it has.
import Stripe from 'stripe';
import type { StripeObservation } from '../observability/traffic.js';
import { classifyError } from './classify.js';

export type ObserveStripe = (observation: StripeObservation) => void;

type Client = ReturnType<typeof Stripe.createFetchHttpClient>;

/** The same client; what it does is told. */
export function metered(client: Client, observe: ObserveStripe): Client {
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const began = performance.now();
    const tell = (outcome: StripeObservation['outcome']) =>
      observe({ outcome, seconds: (performance.now() - began) / 1_000 });
    const response = await orUnknown(send(...request), tell);
    const read = response.toJSON.bind(response);
    response.toJSON = async () => {
      const body: unknown = await orUnknown(read(), tell);
      tell(outcomeOf(response.getStatusCode(), body));
      return body;
    };
    return response;
  };
  return client;
}

async function orUnknown<T>(answer: Promise<T>, tell: (outcome: 'unknown') => void): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    tell('unknown');
    throw error;
  }
}

interface Refusal {
  type?: string;
  code?: string;
  message?: string;
}

/** As `classify` has it. Where Stripe says yes, it is believed here: whether the transfer is ours is not its business. */
function outcomeOf(statusCode: number, body: unknown): StripeObservation['outcome'] {
  const { error } = (body ?? {}) as { error?: Refusal };
  if (statusCode < 400 && !error) return 'succeeded';
  const raw = { message: '', ...error, statusCode } as never;
  const spent = error?.type === 'idempotency_error' && (statusCode === 400 || statusCode === 404);
  const { StripeIdempotencyError, StripeAPIError } = Stripe.errors;
  return classifyError(spent ? new StripeIdempotencyError(raw) : new StripeAPIError(raw)).kind;
}

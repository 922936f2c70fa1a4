// The SDK, set up so that nothing happens behind our back: no retries of its own, our time-out, no telemetry.
import Stripe from 'stripe';
import { metered, type ObserveStripe } from './meter.js';
import { traceResponses } from './traced.js';

export interface StripeSettings {
  secretKey: string;
  /** Another host, such as the simulator: `http://127.0.0.1:PORT`. Absent: Stripe itself. */
  apiUrl?: string | undefined;
  /** Milliseconds that an answer may take. */
  timeoutMs: number;
}

/** @param observe is told of each request */
export function createStripe(settings: StripeSettings, observe: ObserveStripe = () => undefined): Stripe {
  const stripe = clientOf(settings, observe);
  traceResponses(stripe);
  return stripe;
}

function clientOf({ secretKey, apiUrl, timeoutMs }: StripeSettings, observe: ObserveStripe): Stripe {
  // Node's own client sends a POST once more after a cut connection whatever is set, and times neither the connecting
  // nor a body that trickles in; fetch does as it is told.
  const httpClient = metered(Stripe.createFetchHttpClient(), observe);
  const options = { maxNetworkRetries: 0, timeout: timeoutMs, telemetry: false, httpClient };
  if (!apiUrl) return new Stripe(secretKey, options);
  const { protocol, hostname, port } = new URL(apiUrl);
  const http = protocol === 'http:';
  return new Stripe(secretKey, {
    ...options,
    protocol: http ? 'http' : 'https',
    host: hostname,
    port: port || (http ? 80 : 443),
  });
}

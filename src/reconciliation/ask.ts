// Asks Stripe, at the pace that all workers share, and again where it does not answer: reading changes nothing, and one
// lost answer must not end a run of an hour.
import type { Queryable } from '../db/connect.js';
import { reservePace, sleep } from '../payouts/pace.js';
import { GatewayRefusedError } from '../payouts/ports.js';

export type Ask = <T>(endpoint: string, request: () => Promise<T>) => Promise<T>;

export interface AskOptions {
  pool: Queryable;
  /** Requests a second to each of Stripe's endpoints, of all workers together. */
  maxRps: number;
  /** Milliseconds before each further try; after the last one the request has failed. */
  retryWaitsMs?: readonly number[];
}

const RETRY_WAITS_MS = [500, 2_000, 8_000];

/** What it answers throws what the last try threw; a GatewayRefusedError at once. */
export function createAsk({ pool, maxRps, retryWaitsMs = RETRY_WAITS_MS }: AskOptions): Ask {
  return async (endpoint, request) => {
    for (let tries = 0; ; tries++) {
      const [wait = 0] = await reservePace(pool, endpoint, maxRps, 1);
      await sleep(wait);
      try {
        return await request();
      } catch (error) {
        const pause = retryWaitsMs[tries];
        if (pause === undefined || error instanceof GatewayRefusedError) throw error;
        await sleep(pause);
      }
    }
  };
}

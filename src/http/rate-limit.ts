// How often one caller may ask: counted in Redis for all instances together, in this process where there is none or it
// is away. A Redis that is down makes the limits those of each instance, and refuses nobody.
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Logger } from '../observability/logger.js';
import { createFuse, type Fuse } from './redis-fuse.js';

/** So many in each window. */
export interface Rate {
  points: number;
  seconds: number;
}

export interface RateLimits {
  /** @returns 0, or how many seconds to wait: nothing is left */
  take(caller: string, kind: 'query' | 'mutation', points: number): Promise<number>;
  close(): void;
}

export interface RateLimitOptions {
  redisUrl: string | undefined;
  queries: Rate;
  mutations: Rate;
  log: Logger;
}

/** Waits a moment for Redis, so that the first calls are counted together too. */
export async function createRateLimits(options: RateLimitOptions): Promise<RateLimits> {
  const redis = options.redisUrl ? await openRedis(options.redisUrl, options.log) : null;
  const fuse = redis && createFuse(redis);
  const limiters = {
    query: limiterOf('query', options.queries, fuse),
    mutation: limiterOf('mutation', options.mutations, fuse),
  };
  return {
    async take(caller, kind, points) {
      try {
        await limiters[kind](caller, points);
        return 0;
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal;
        return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1_000));
      }
    },
    close() {
      fuse?.close();
      redis?.disconnect();
    },
  };
}

/** @throws RateLimiterRes where nothing is left */
type Consume = (caller: string, points: number) => Promise<unknown>;

function limiterOf(name: string, { points, seconds }: Rate, fuse: Fuse | null): Consume {
  const memory = new RateLimiterMemory({ keyPrefix: `payouts:rate:${name}`, points, duration: seconds });
  const here: Consume = (caller, taken) => memory.consume(caller, taken);
  if (!fuse) return here;
  const shared = new RateLimiterRedis({
    storeClient: fuse.redis,
    keyPrefix: memory.keyPrefix,
    points,
    duration: seconds,
    // A caller who is over the limit is refused without Redis until the window ends.
    inMemoryBlockOnConsumed: points + 1,
  });
  return async (caller, taken) => {
    if (fuse.isBlown()) return here(caller, taken);
    try {
      return await shared.consume(caller, taken);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      fuse.blow();
      return here(caller, taken);
    }
  };
}

/** Milliseconds that Redis may take for one count; then this process counts. */
const PATIENCE_MS = 250;
const START_MS = 1_000;

async function openRedis(url: string, log: Logger): Promise<Redis> {
  const redis = new Redis(url, { enableOfflineQueue: false, commandTimeout: PATIENCE_MS });
  redis.on('error', (error: Error) => log.warn({ err: error, connection: 'rate limits' }, 'redis'));
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, START_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return redis;
}

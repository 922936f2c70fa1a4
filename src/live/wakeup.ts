// Tells the other instances that the log has grown. Only a wake-up: what is in the log is the truth, so a lost message
// costs a moment and nothing else.
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { PubSub, type PubSubEngine } from 'graphql-subscriptions';
import { Redis } from 'ioredis';
import type { Logger } from '../observability/logger.js';

export interface Wakeup {
  /** Never throws: the log is read at intervals anyway. */
  send(): void;
  /** @returns a function that ends it */
  listen(onWake: () => void): Promise<() => void>;
  close(): Promise<void>;
}

const TOPIC = 'payout-events';

/** Through Redis where there is one, else within this process. */
export function createWakeup(redisUrl: string | undefined, log: Logger): Wakeup {
  return redisUrl ? redisWakeup(redisUrl, log) : wakeupOver(new PubSub(), log, async () => undefined);
}

function redisWakeup(url: string, log: Logger): Wakeup {
  const connect = (name: string) => {
    // No offline queue for what is only a reminder: while Redis is away, a wake-up is dropped at once.
    const redis = new Redis(url, { maxRetriesPerRequest: name === 'publisher' ? 1 : null });
    redis.on('error', (error: Error) => log.warn({ err: error, connection: name }, 'redis'));
    return redis;
  };
  const pubsub = new RedisPubSub({ publisher: connect('publisher'), subscriber: connect('subscriber') });
  return wakeupOver(pubsub, log, () => pubsub.close());
}

function wakeupOver(pubsub: PubSubEngine, log: Logger, close: () => Promise<unknown>): Wakeup {
  let sending = false;
  let again = false;
  const send = () => {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    pubsub
      .publish(TOPIC, {})
      .catch((error: Error) => log.warn({ err: error }, 'wake-up not sent'))
      .finally(() => {
        sending = false;
        if (again) {
          again = false;
          send();
        }
      });
  };
  return {
    send,
    async listen(onWake) {
      const id = await pubsub.subscribe(TOPIC, onWake, {});
      return () => pubsub.unsubscribe(id);
    },
    close: async () => void (await close()),
  };
}

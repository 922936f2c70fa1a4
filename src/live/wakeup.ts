// Tells the other instances that the log has grown. Only a wake-up: what is in the log is the truth, so a lost message
// costs a moment and nothing else.
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { PubSub, type PubSubEngine } from 'graphql-subscriptions';
import { Redis } from 'ioredis';
import type { Logger } from '../observability/logger.js';

export interface Wakeup {
  /** Never throws: the log is read at intervals anyway. */
  send(): void;
  /** Does not wait for Redis, and never throws. @returns a function that ends it, safe to call twice */
  listen(onWake: () => void): () => void;
  /** Whether what carries it answers. Null: nothing does, it stays within this process. */
  check: (() => Promise<unknown>) | null;
  close(): Promise<void>;
}

const TOPIC = 'payout-events';

/** Through Redis where there is one, else within this process. */
export function createWakeup(redisUrl: string | undefined, log: Logger): Wakeup {
  return redisUrl
    ? redisWakeup(redisUrl, log)
    : wakeupOver(new PubSub(), log, { check: null, close: async () => undefined });
}

/** Milliseconds that Redis may take for a wake-up. */
const PATIENCE_MS = 2_000;
/** Milliseconds before a refused SUBSCRIBE is asked for again. */
const ASK_AGAIN_MS = 5_000;

function redisWakeup(url: string, log: Logger): Wakeup {
  // No offline queue for what is only a reminder: while Redis is away, a wake-up is dropped at once.
  const publisher = new Redis(url, { enableOfflineQueue: false, commandTimeout: PATIENCE_MS });
  const subscriber = new Redis(url, { maxRetriesPerRequest: null });
  publisher.on('error', (error: Error) => log.warn({ err: error, connection: 'publisher' }, 'redis'));
  subscriber.on('error', (error: Error) => log.warn({ err: error, connection: 'subscriber' }, 'redis'));
  const pubsub = new RedisPubSub({ publisher, subscriber: patient(subscriber, log) });
  return wakeupOver(pubsub, log, {
    check: () => publisher.ping(),
    close: async () => {
      // Not `quit`, which waits for a Redis that may be away.
      publisher.disconnect();
      subscriber.disconnect();
    },
  });
}

type Command = (...args: unknown[]) => Promise<unknown>;

/**
 * graphql-redis-subscriptions leaves a rejection unhandled, which ends the process, when SUBSCRIBE or UNSUBSCRIBE
 * fails; ioredis does when it subscribes again after a lost connection. Here neither fails: SUBSCRIBE is asked again.
 */
function patient(redis: Redis, log: Logger): Redis {
  const commands = redis as unknown as Record<'subscribe' | 'unsubscribe' | 'punsubscribe', Command>;
  const subscribe = commands.subscribe.bind(redis);
  const ask = (channels: unknown[]): Promise<unknown> =>
    subscribe(...channels).catch((error: Error) => {
      if (redis.status !== 'ready') return;
      log.warn({ err: error }, 'Redis refuses the subscription; asking again');
      setTimeout(() => void ask(channels), ASK_AGAIN_MS).unref();
    });
  commands.subscribe = async (...args) => {
    const callback = typeof args.at(-1) === 'function' ? (args.pop() as (error: null) => void) : undefined;
    await ask(args);
    callback?.(null);
  };
  for (const name of ['unsubscribe', 'punsubscribe'] as const) {
    const command = commands[name].bind(redis);
    commands[name] = (...args) => command(...args).catch(() => undefined);
  }
  return redis;
}

function wakeupOver(pubsub: PubSubEngine, log: Logger, link: Pick<Wakeup, 'check' | 'close'>): Wakeup {
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
      .catch((error: Error) => log.debug({ err: error }, 'wake-up not sent'))
      .finally(() => {
        sending = false;
        if (again) {
          again = false;
          send();
        }
      });
  };
  return {
    ...link,
    send,
    listen(onWake) {
      const subscribed = pubsub.subscribe(TOPIC, onWake, {});
      let listening = true;
      return () => {
        // The engines throw at an unsubscription that they do not know.
        if (listening) void subscribed.then((id) => pubsub.unsubscribe(id));
        listening = false;
      };
    },
  };
}

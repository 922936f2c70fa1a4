// A Redis that does not answer is not asked again by requests, each of which would wait for it: a look once a second finds
// out when it is back.
import type { Redis } from 'ioredis';

export interface Fuse {
  redis: Redis;
  /** Whether Redis is away, as far as is known. */
  isBlown(): boolean;
  /** Redis has failed somebody. */
  blow(): void;
  close(): void;
}

/** Milliseconds between two looks. */
const LOOK_MS = 1_000;

export function createFuse(redis: Redis): Fuse {
  let timer: NodeJS.Timeout | null = null;
  const mend = () => {
    if (timer) clearTimeout(timer);
    timer = null;
  };
  const later = () => {
    timer = setTimeout(() => void redis.ping().then(mend, () => timer && later()), LOOK_MS).unref();
  };
  return {
    redis,
    isBlown: () => timer !== null,
    blow() {
      if (!timer) later();
    },
    close: mend,
  };
}

// Tells who watches a thing how far it has come: at most a few times a second, by one reading for all that are watched
// and all who watch. While nobody watches nothing is read.
import type { Logger } from '../observability/logger.js';
import { LatestQueue } from './latest.js';
import { createReader } from './reader.js';
import type { Wakeup } from './wakeup.js';

export interface RunFeedOptions<T extends { id: string }> {
  wakeup: Wakeup;
  /** As they stand, in the order of the ids; null: there is none. */
  read(ids: readonly string[]): Promise<readonly (T | null)[]>;
  /** Nothing more will come of it. */
  hasEnded(value: T): boolean;
  log: Logger;
  /** Milliseconds between readings without a wake-up. */
  pollMs: number;
  /** Milliseconds between readings, however many wake-ups come. */
  pauseMs: number;
}

export interface RunFeed<T> {
  /**
   * The thing as it stands, at once and whenever that has changed. Ends when the thing has, when there is none, or when
   * its reader returns.
   */
  watch(id: string): AsyncIterableIterator<T>;
  stop(): Promise<void>;
  /** How many watch. */
  readonly watchers: number;
}

interface Watched<T extends { id: string }> {
  queues: Set<LatestQueue<T>>;
  /** Those who have been told nothing yet. */
  fresh: Set<LatestQueue<T>>;
  /** What the others were told. */
  told: string;
}

export function createRunFeed<T extends { id: string }>(options: RunFeedOptions<T>): RunFeed<T> {
  const { wakeup, log, pollMs, pauseMs } = options;
  const watched = new Map<string, Watched<T>>();
  let stopped = false;
  const reader = createReader({ wakeup, read: readAll, what: 'runs', log, pollMs, pauseMs });

  async function readAll(): Promise<void> {
    const ids = [...watched.keys()];
    // Those who come while it is read may have come after what it sees: they are told by the next one.
    const told = new Map(ids.map((id) => [id, [...(watched.get(id)?.fresh ?? [])]]));
    const values = await options.read(ids);
    ids.forEach((id, i) => {
      tell(id, values[i] ?? null, told.get(id) ?? []);
    });
  }

  function tell(id: string, value: T | null, fresh: readonly LatestQueue<T>[]): void {
    const one = watched.get(id);
    if (!one) return;
    const text = textOf(value);
    const changed = text !== one.told;
    one.told = text;
    const hears = (queue: LatestQueue<T>) => (one.fresh.has(queue) ? fresh.includes(queue) : changed);
    for (const queue of [...one.queues].filter(hears)) hand(one, queue, value);
  }

  function hand({ fresh }: Watched<T>, queue: LatestQueue<T>, value: T | null): void {
    fresh.delete(queue);
    if (value) queue.push(value);
    if (!value || options.hasEnded(value)) queue.end();
  }

  function leave(id: string, queue: LatestQueue<T>): void {
    const one = watched.get(id);
    one?.queues.delete(queue);
    one?.fresh.delete(queue);
    if (one?.queues.size === 0) watched.delete(id);
    if (watched.size === 0) void reader.stop();
  }

  return {
    watch(id) {
      const queue = new LatestQueue<T>(1, () => leave(id, queue));
      if (stopped) {
        queue.end();
        return queue;
      }
      const first = watched.size === 0;
      const one = watched.get(id) ?? { queues: new Set(), fresh: new Set(), told: '' };
      watched.set(id, one);
      one.queues.add(queue);
      one.fresh.add(queue);
      if (first) reader.start();
      else reader.wake();
      return queue;
    },
    async stop() {
      stopped = true;
      for (const { queues } of [...watched.values()]) for (const queue of [...queues]) queue.end();
      await reader.stop();
    },
    get watchers() {
      return [...watched.values()].reduce((sum, { queues }) => sum + queues.size, 0);
    },
  };
}

/** Equal for what reads the same. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));

// Creators who are connected, over both transports: whether they still are creators is asked for all of them at once, at
// intervals, and only while there are any.
import type { Logger } from '../../observability/logger.js';
import { scopeOf, type Viewer } from '../../payouts/viewer.js';

export interface Standing {
  /**
   * Calls `onGone` once when the viewer is a creator that there is no more.
   * @returns what ends it, safe to call twice
   */
  watch(viewer: Viewer, onGone: () => void): () => void;
  /** How many creators are asked for. */
  readonly size: number;
}

export interface StandingOptions {
  /** Which of these creators there are no more. */
  gone(ids: readonly string[]): Promise<readonly string[]>;
  /** Milliseconds between two questions; 5 s unless told. */
  intervalMs?: number;
  log: Logger;
}

/** One who has lost its right may hear this much longer. */
const INTERVAL_MS = 5_000;

export function createStanding({ gone, intervalMs = INTERVAL_MS, log }: StandingOptions): Standing {
  const watchers = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;
  let asking = false;

  function askLater(): void {
    // Whoever comes while an answer is on its way is asked for after it.
    if (!asking && watchers.size > 0) timer ??= setTimeout(ask, intervalMs).unref();
  }

  async function ask(): Promise<void> {
    timer = undefined;
    asking = true;
    try {
      for (const id of await gone([...watchers.keys()])) tell(id);
    } catch (error) {
      // Nobody is sent away for a database that does not answer.
      log.warn({ err: error }, 'connected creators could not be looked up; trying again');
    }
    asking = false;
    askLater();
  }

  function tell(id: string): void {
    const theirs = watchers.get(id);
    watchers.delete(id);
    for (const onGone of theirs ?? []) onGone();
  }

  function unwatch(id: string, watcher: () => void): void {
    const theirs = watchers.get(id);
    theirs?.delete(watcher);
    if (theirs?.size === 0) watchers.delete(id);
    if (watchers.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    watch(viewer, onGone) {
      const id = scopeOf(viewer);
      if (id === null) return () => undefined;
      // One who is watched twice is told twice.
      const watcher = () => onGone();
      watchers.set(id, (watchers.get(id) ?? new Set()).add(watcher));
      askLater();
      return () => unwatch(id, watcher);
    },
    get size() {
      return watchers.size;
    },
  };
}

// Tells admins of alerts as they change: one reading for all who listen, at each wake-up and at intervals. While nobody
// listens nothing is read.
import type pg from 'pg';
import { type AlertPlace, allBelow, readAlerts, type Snapshot } from '../db/alert-log.js';
import type { Alert } from '../generated/prisma/client.js';
import type { Logger } from '../observability/logger.js';
import { LatestQueue } from './latest.js';
import type { Position } from './log.js';
import { createReader } from './reader.js';
import type { Wakeup } from './wakeup.js';

export interface AlertFeedOptions {
  pool: pg.Pool;
  wakeup: Wakeup;
  /** Up to where the event log was read: all transactions before it have ended. */
  position(): Position;
  log: Logger;
  /** Milliseconds between readings without a wake-up. */
  pollMs: number;
}

export interface AlertFeed {
  /**
   * Every alert that changes from now on, as it stands: of several changes at once the last. What changed just before
   * may be among them. Ends when its reader returns or far too many wait for it.
   */
  listen(): AsyncIterableIterator<Alert>;
  stop(): Promise<void>;
  /** How many listen. */
  readonly listeners: number;
}

/** Alerts that are read at once. */
const PAGE = 500;
/** Alerts that may wait for one reader; each waits once. */
const MOST_WAITING = 10_000;
/** Milliseconds between readings, however many wake-ups come: alerts are read by people, and payouts go first. */
const PAUSE_MS = 20;

export function createAlertFeed({ pool, wakeup, position, log, pollMs }: AlertFeedOptions): AlertFeed {
  const queues = new Set<LatestQueue<Alert>>();
  /** All that it sees was told. */
  let since: Snapshot = allBelow(1n);
  let stopped = false;
  const reader = createReader({
    wakeup,
    read: readAll,
    what: 'alerts',
    log,
    pollMs,
    pauseMs: PAUSE_MS,
  });

  async function readAll(): Promise<void> {
    let page = await readAlerts(pool, since, PAGE);
    // What changes while the pages are read is not seen by this one: it is read, perhaps once more, the next time.
    const { snapshot } = page;
    handOn(page.alerts);
    for (let last = lastOf(page.alerts); last; last = lastOf(page.alerts)) {
      page = await readAlerts(pool, since, PAGE, last);
      handOn(page.alerts);
    }
    since = snapshot;
  }

  function handOn(alerts: readonly Alert[]): void {
    for (const alert of alerts) for (const queue of queues) queue.push(alert);
  }

  /** Not read before now, nor by waiting: nothing may happen between being asked and listening. */
  function begin(): void {
    since = allBelow(position().xid + 1n);
    reader.start();
  }

  function leave(queue: LatestQueue<Alert>): void {
    queues.delete(queue);
    if (queues.size === 0) void reader.stop();
  }

  return {
    listen() {
      const queue = new LatestQueue<Alert>(MOST_WAITING, () => leave(queue));
      if (stopped) {
        queue.end();
        return queue;
      }
      queues.add(queue);
      if (queues.size === 1) begin();
      return queue;
    },
    async stop() {
      stopped = true;
      for (const queue of [...queues]) queue.end();
      await reader.stop();
    },
    get listeners() {
      return queues.size;
    },
  };
}

/** Where to read on; null: that was all. */
function lastOf(alerts: readonly Alert[]): AlertPlace | null {
  return alerts.length === PAGE ? (alerts.at(-1) ?? null) : null;
}

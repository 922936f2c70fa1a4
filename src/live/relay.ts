// Reads the log once for this process, in order, and hands every entry to those who listen. A wake-up makes it read
// now; an interval makes it read anyway, so that a lost wake-up is only late.
import type pg from 'pg';
import type { Logger } from '../observability/logger.js';
import { Group } from './group.js';
import { type Feed, type Interest, Listeners, type Subscription } from './interest.js';
import { Lag } from './lag.js';
import { endOfLog, type LogEntry, type LogPage, type Position, readLog } from './log.js';
import { readPast } from './past.js';
import { BoundedQueue } from './queue.js';
import { RecentEntries } from './recent.js';
import type { Wakeup } from './wakeup.js';

export interface RelayOptions {
  pool: pg.Pool;
  wakeup: Wakeup;
  log: Logger;
  /** Milliseconds between readings without a wake-up. */
  pollMs: number;
  /** Entries that may wait for one subscriber. */
  queueLimit: number;
  /** Entries that are kept for those who come back; 2,000 unless told. */
  recentLimit?: number;
}

export interface Relay extends Feed {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** All accepted entries, each once, in the log's order; ends when its reader returns or is too slow. */
  subscribe(subscription: Subscription): AsyncIterableIterator<LogEntry>;
  /**
   * How far subscribers are behind, in milliseconds: what the last change took, since when an open transaction holds
   * changes back, or since when nothing could be read.
   */
  lagMs(): number;
  /** Rejects when the log could not be read for some seconds: subscribers of this process hear nothing new. */
  check(): Promise<void>;
  readonly queueLimit: number;
}

/** Entries that are read at once. */
const PAGE = 500;
/** Milliseconds before looking again for rows whose turn has not come. */
const WAITING_MS = 10;
const RECENT = 2_000;
/**
 * Milliseconds without a reading until this is no place for subscribers: several readings in a row have failed by then. A
 * connection that broke, or a database that changes over within a moment, is mended before.
 */
const UNREAD_MS = 5_000;

export function createRelay(options: RelayOptions): Relay {
  const { pool, wakeup, log } = options;
  const listeners = new Listeners();
  const recentLimit = options.recentLimit ?? RECENT;
  let recent = new RecentEntries(recentLimit, { xid: 0n, id: 0n });
  let position: Position = { xid: 0n, id: 0n };
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let unlisten = () => {};
  let lag = new Lag(options.pollMs);

  function wake(): void {
    if (stopped) return;
    again = true;
    running ??= run().finally(() => {
      running = null;
      // Woken after the last look and before this: nobody else would come for it.
      if (again) wake();
    });
  }

  async function run(): Promise<void> {
    clearTimeout(timer);
    const pause = await readAll().catch((error: unknown) => {
      log.warn({ err: error }, 'the event log could not be read; trying again');
      return options.pollMs;
    });
    if (!stopped) timer = setTimeout(wake, pause);
  }

  /** @returns the milliseconds until the next look */
  async function readAll(): Promise<number> {
    let pause = options.pollMs;
    while (again && !stopped) {
      again = false;
      const page = await readLog(pool, position, PAGE);
      handOn(page);
      if (page.more) again = true;
      pause = page.waiting ? WAITING_MS : options.pollMs;
    }
    return pause;
  }

  function handOn(page: LogPage): void {
    lag.note(page);
    position = page.position;
    recent.add(page.entries, page.position);
    for (const entry of page.entries) listeners.deliver(entry);
  }

  const relay: Relay = {
    queueLimit: options.queueLimit,
    async start() {
      position = await endOfLog(pool);
      recent = new RecentEntries(recentLimit, position);
      lag = new Lag(options.pollMs);
      unlisten = wakeup.listen(wake);
      wake();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      unlisten();
      await running;
      listeners.end();
    },
    position: () => position,
    listen(listener) {
      const leave = listeners.add(listener);
      if (stopped) queueMicrotask(() => listener.end());
      return leave;
    },
    past: (interest, after, until) => readPast({ pool, recent: () => recent }, interest, after, until),
    subscribe: ({ after, ...interest }) => subscribeAlone(relay, interest, after),
    lagMs: () => lag.lagMs(),
    async check() {
      const unreadMs = lag.unreadMs();
      if (unreadMs > UNREAD_MS) throw new Error(`the event log was last read ${unreadMs} ms ago`);
    },
  };
  return relay;
}

/** A group of one, which reads the entries themselves. */
function subscribeAlone(relay: Relay, interest: Interest, after: Position | undefined) {
  const limit = relay.queueLimit;
  const group = new Group<LogEntry>({ relay, interest, compute: (entry) => entry, limit });
  const queue = new BoundedQueue<LogEntry>(limit, () => member.leave());
  const member = group.join(queue, after);
  return queue;
}

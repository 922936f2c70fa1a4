// Reads the log once for this process, in order, and hands every entry to those who subscribed to it. A wake-up makes
// it read now; an interval makes it read anyway, so that a lost wake-up is only late.
import type pg from 'pg';
import type { Logger } from '../observability/logger.js';
import { endOfLog, isBefore, type LogEntry, type Position, readLog } from './log.js';
import { BoundedQueue } from './queue.js';
import type { Wakeup } from './wakeup.js';

export interface RelayOptions {
  pool: pg.Pool;
  wakeup: Wakeup;
  log: Logger;
  /** Milliseconds between readings without a wake-up. */
  pollMs: number;
  /** Entries that may wait for one subscriber. */
  queueLimit: number;
}

export interface Subscription {
  accepts: (entry: LogEntry) => boolean;
  /** Begin after this place in the log; absent: with what happens from now on. */
  after?: Position | undefined;
}

export interface Relay {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** All accepted entries, each once, in the log's order; ends when its reader returns or is too slow. */
  subscribe(subscription: Subscription): AsyncIterableIterator<LogEntry>;
}

const PAGE = 500;
/** Milliseconds before looking again for rows whose turn has not come. */
const WAITING_MS = 10;

interface Listener {
  accepts: (entry: LogEntry) => boolean;
  queue: BoundedQueue<LogEntry>;
}

export function createRelay(options: RelayOptions): Relay {
  const { pool, wakeup, log } = options;
  const listeners = new Set<Listener>();
  let position: Position = { xid: 0n, id: 0n };
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let unlisten = () => {};

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
      position = page.position;
      page.entries.forEach(deliver);
      if (page.more) again = true;
      pause = page.waiting ? WAITING_MS : options.pollMs;
    }
    return pause;
  }

  function deliver(entry: LogEntry): void {
    for (const { accepts, queue } of listeners) if (accepts(entry)) queue.push(entry);
  }

  function listen(accepts: Listener['accepts']): BoundedQueue<LogEntry> {
    const queue = new BoundedQueue<LogEntry>(options.queueLimit, () => listeners.delete(listener));
    const listener = { accepts, queue };
    listeners.add(listener);
    if (stopped) void queue.return();
    return queue;
  }

  return {
    async start() {
      position = await endOfLog(pool);
      unlisten = wakeup.listen(wake);
      wake();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      unlisten();
      await running;
      for (const { queue } of [...listeners]) await queue.return();
    },
    subscribe({ accepts, after }) {
      // Listening begins before the past is read, so there is no gap; the past ends where listening began, so nothing
      // comes twice.
      if (!after) return listen(accepts);
      // A cursor may come from an instance that is ahead of us: what was before it was seen there.
      const live = listen((entry) => isBefore(after, entry.position) && accepts(entry));
      return new Replay(pool, accepts, after, position, live);
    },
  };
}

/** Thrown to the reader whose `after` is no place in this log. */
export class UnknownCursorError extends Error {
  readonly code = 'CURSOR_EXPIRED';
  constructor() {
    super('This cursor is unknown. Read the payouts again and subscribe without one.');
  }
}

/** First what was logged between two places, then the live queue. */
class Replay implements AsyncIterableIterator<LogEntry> {
  private readonly pool: pg.Pool;
  private readonly accepts: Listener['accepts'];
  private readonly live: BoundedQueue<LogEntry>;
  private readonly until: Position;
  private position: Position;
  private past: LogEntry[] = [];
  private caughtUp = false;
  private checked = false;

  constructor(
    pool: pg.Pool,
    accepts: Listener['accepts'],
    after: Position,
    until: Position,
    live: BoundedQueue<LogEntry>,
  ) {
    this.pool = pool;
    this.accepts = accepts;
    this.position = after;
    this.until = until;
    this.live = live;
  }

  async next(): Promise<IteratorResult<LogEntry>> {
    if (!this.checked) await this.check();
    while (!this.caughtUp && this.past.length === 0) await this.readOn();
    const value = this.past.shift();
    return value ? { value, done: false } : this.live.next();
  }

  return(): Promise<IteratorResult<LogEntry>> {
    this.caughtUp = true;
    this.past = [];
    return this.live.return();
  }

  throw(error: Error): Promise<IteratorResult<LogEntry>> {
    this.caughtUp = true;
    this.past = [];
    return this.live.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async readOn(): Promise<void> {
    if (!isBefore(this.position, this.until)) {
      this.caughtUp = true;
      return;
    }
    const page = await this.orEnd(readLog(this.pool, this.position, PAGE));
    const inside = page.entries.filter(({ position }) => !isBefore(this.until, position));
    if (this.caughtUp) return;
    this.past = inside.filter(this.accepts);
    this.position = page.position;
    this.caughtUp = !page.more || inside.length < page.entries.length;
  }

  /** A cursor that lies after the end of the log, wherever it was read, was never given out by this database. */
  private async check(): Promise<void> {
    this.checked = true;
    if (!isBefore(this.until, this.position)) return;
    const end = await this.orEnd(endOfLog(this.pool));
    if (isBefore(end, this.position)) await this.orEnd(Promise.reject(new UnknownCursorError()));
  }

  /** A reader that is told of an error does not come back: nothing may go on collecting for it. */
  private async orEnd<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      await this.return();
      throw error;
    }
  }
}

// Reads something at each wake-up and at intervals: one reading at a time, at a bounded pace, and none while nobody wants it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../observability/logger.js';
import type { Wakeup } from './wakeup.js';

export interface ReaderOptions {
  wakeup: Wakeup;
  read(): Promise<void>;
  /** What is read, in the plural: for the log. */
  what: string;
  log: Logger;
  /** Milliseconds between readings without a wake-up. */
  pollMs: number;
  /** Milliseconds between readings, however many wake-ups come. */
  pauseMs: number;
}

export interface Reader {
  /** From now on it reads whenever it is woken, and now. */
  start(): void;
  /** Reads once more, after the reading that is under way. */
  wake(): void;
  /** Nobody wants it for now. Settles when what is under way has ended. */
  stop(): Promise<void>;
}

export function createReader({ wakeup, read, what, log, pollMs, pauseMs }: ReaderOptions): Reader {
  let wanted = false;
  let again = false;
  let reading: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let unlisten = () => {};

  function wake(): void {
    if (!wanted) return;
    again = true;
    reading ??= run().finally(() => {
      reading = null;
      // Woken after the reading began and before this: nobody else would come for it.
      if (again) wake();
    });
  }

  async function run(): Promise<void> {
    clearTimeout(timer);
    again = false;
    await read().catch((error: unknown) =>
      log.warn({ err: error }, `${what} could not be read; trying again`),
    );
    if (wanted) await sleep(pauseMs);
    if (wanted) timer = setTimeout(wake, pollMs);
  }

  return {
    start() {
      wanted = true;
      unlisten = wakeup.listen(wake);
      wake();
    },
    wake,
    async stop() {
      wanted = false;
      unlisten();
      clearTimeout(timer);
      await reading;
    },
  };
}

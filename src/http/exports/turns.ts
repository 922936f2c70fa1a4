// How many exports one process sends at once. Each is a page in memory and a reader who may be slow: the next one is told
// to come back rather than let in to slow down all the others, and the API beside them.
import { ExportRefusal } from './refusal.js';

/** Fewer than a process has database connections by default. */
export const MOST_AT_ONCE = 8;
/** Of one caller: nobody keeps all the others out. */
export const MOST_OF_ONE = 2;
/** Seconds after which asking again makes sense. */
const AGAIN_SECONDS = 10;

export interface Turns {
  /** @returns what gives the turn back @throws ExportRefusal: nothing is free */
  take(caller: string): () => void;
}

export function createTurns(): Turns {
  const running = new Map<string, number>();
  const countOf = (caller: string) => running.get(caller) ?? 0;
  const leave = (caller: string) => {
    const left = countOf(caller) - 1;
    if (left > 0) running.set(caller, left);
    else running.delete(caller);
  };
  return {
    take(caller) {
      if (countOf(caller) >= MOST_OF_ONE) throw tooMany();
      if (sum(running.values()) >= MOST_AT_ONCE) throw busy();
      running.set(caller, countOf(caller) + 1);
      return () => leave(caller);
    },
  };
}

const again = { 'retry-after': String(AGAIN_SECONDS) };

const tooMany = () =>
  new ExportRefusal(
    'RATE_LIMITED',
    `You are reading ${MOST_OF_ONE} exports already: read one to its end, or ask again in ${AGAIN_SECONDS} s.`,
    again,
  );

const busy = () =>
  new ExportRefusal('BUSY', `Too many exports are being read: ask again in ${AGAIN_SECONDS} s.`, again);

const sum = (counts: Iterable<number>): number => [...counts].reduce((all, one) => all + one, 0);

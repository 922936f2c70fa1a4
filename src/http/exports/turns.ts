// How many exports one process sends at once. Each is a page in memory and a reader who may be slow.
import { createTurns, type Turns } from '../turns.js';

/** Fewer than a process has database connections by default. */
export const MOST_AT_ONCE = 8;
export const MOST_OF_ONE = 2;

export const exportTurns = (): Turns =>
  createTurns({
    mostAtOnce: MOST_AT_ONCE,
    mostOfOne: MOST_OF_ONE,
    againSeconds: 10,
    words: {
      tooMany: `You are reading ${MOST_OF_ONE} exports already: read one to its end, or`,
      busy: 'Too many exports are being read:',
    },
  });

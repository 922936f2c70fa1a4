// How many statement files one process takes in at once. Each may be a large file on the disk, and work for the database.
import { createTurns, type Turns } from '../turns.js';

export const MOST_AT_ONCE = 2;
const MOST_OF_ONE = 1;

export const importTurns = (): Turns =>
  createTurns({
    mostAtOnce: MOST_AT_ONCE,
    mostOfOne: MOST_OF_ONE,
    againSeconds: 10,
    words: {
      tooMany: 'A file of yours is being taken in already: wait for its end, or',
      busy: 'Too many files are being taken in:',
    },
  });

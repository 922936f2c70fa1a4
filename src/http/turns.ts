// How many of something long one process does at once: the next caller is told to come back rather than let in to slow down
// all the others, and the API beside them.
import { Refusal, type RefusalCode } from './refusal.js';

export interface TurnRules {
  mostAtOnce: number;
  /** Of one caller: nobody keeps all the others out. */
  mostOfOne: number;
  /** Seconds after which asking again makes sense. */
  againSeconds: number;
  /** What the caller is told, without when to ask again. */
  words: { tooMany: string; busy: string };
}

export interface Turns {
  /** @returns what gives the turn back @throws Refusal: nothing is free */
  take(caller: string): () => void;
}

export function createTurns({ mostAtOnce, mostOfOne, againSeconds, words }: TurnRules): Turns {
  const running = new Map<string, number>();
  const countOf = (caller: string) => running.get(caller) ?? 0;
  const leave = (caller: string) => {
    const left = countOf(caller) - 1;
    if (left > 0) running.set(caller, left);
    else running.delete(caller);
  };
  const refusal = (code: RefusalCode, why: string) =>
    new Refusal(code, `${why} ask again in ${againSeconds} s.`, { 'retry-after': String(againSeconds) });
  return {
    take(caller) {
      if (countOf(caller) >= mostOfOne) throw refusal('RATE_LIMITED', words.tooMany);
      if (sum(running.values()) >= mostAtOnce) throw refusal('BUSY', words.busy);
      running.set(caller, countOf(caller) + 1);
      return () => leave(caller);
    },
  };
}

const sum = (counts: Iterable<number>): number => [...counts].reduce((all, one) => all + one, 0);

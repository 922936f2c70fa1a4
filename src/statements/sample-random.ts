// What the makers of sample rows share: chance from a seed, months, and titles.

/** Some of what real titles do to a parser. */
export const TITLES = [
  'Slow Ferry',
  'Harbour, at Night',
  'Café Solaire',
  'Glass Hours (12" Mix)',
  'Ångström',
] as const;

/** `2026-11` and 2: `2027-01`. */
export function monthsLater(month: string, months: number): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

/** The list goes round. */
export function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

/** Whole numbers from a seed (mulberry32): for samples, not for secrets. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

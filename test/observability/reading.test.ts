// A reading that many ask for: made once for all, kept for a moment, and nobody waits for it for long.
import { expect, test } from 'vitest';
import { createReading } from '../../src/observability/reading.js';

function reading(read: () => Promise<number>, over: { freshMs?: number; patienceMs?: number } = {}) {
  const errors: unknown[] = [];
  let reads = 0;
  const ask = createReading(
    () => {
      reads++;
      return read();
    },
    { freshMs: 60_000, patienceMs: 5_000, onError: (error) => void errors.push(error), ...over },
  );
  return { ask, errors, reads: () => reads };
}

test('a hundred who ask at once are one reading, and so are those who come a moment later', async () => {
  const { ask, reads } = reading(async () => 7);
  expect(await Promise.all(Array.from({ length: 100 }, ask))).toEqual(Array.from({ length: 100 }, () => 7));
  expect(await ask()).toBe(7);
  expect(reads()).toBe(1);
});

test('what is no longer fresh is read again', async () => {
  let n = 0;
  const { ask } = reading(async () => ++n, { freshMs: 0 });
  expect([await ask(), await ask()]).toEqual([1, 2]);
});

test('what cannot be read is nothing, is told, and is tried again', async () => {
  const answers = [Promise.reject(new Error('no')), Promise.resolve(1)];
  const { ask, errors, reads } = reading(() => answers.shift() ?? Promise.resolve(0));
  expect([await ask(), await ask()]).toEqual([null, 1]);
  expect(errors).toEqual([new Error('no')]);
  expect(reads()).toBe(2);
});

test('what hangs holds nobody up, and is not asked a second time meanwhile', async () => {
  let answer: (n: number) => void = () => undefined;
  const { ask, reads } = reading(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    { patienceMs: 20 },
  );
  expect(await Promise.all([ask(), ask()])).toEqual([null, null]);
  expect(await ask()).toBe(null);
  expect(reads()).toBe(1);
  answer(3);
  await expect.poll(ask).toBe(3);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldName } from '../../src/statements/names.js';

it.each([
  ['  Nova   Reyes ', 'nova reyes'],
  ['NOVA\tREYES', 'nova reyes'],
  ['Nova\u00a0Reyes', 'nova reyes'],
  ['Ｎｏｖａ', 'nova'],
  ['Cafe\u0301', 'café'],
  ['ÅSA', 'åsa'],
])('folds %j to %j', (name, key) => {
  expect(foldName(name)).toBe(key);
});

it('keeps different names apart', () => {
  expect(foldName('Asa')).not.toBe(foldName('Åsa'));
  expect(foldName('A.B')).not.toBe(foldName('AB'));
});

it('changes nothing the second time', () => {
  const letter = fc.integer({ min: 0x20, max: 0x2fff }).map((code) => String.fromCodePoint(code));
  fc.assert(
    fc.property(fc.array(letter), (letters) => {
      const once = foldName(letters.join(''));
      expect(foldName(once)).toBe(once);
    }),
    { numRuns: 1_000 },
  );
});

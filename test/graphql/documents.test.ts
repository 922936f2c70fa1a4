// Documents that are kept: the same ones need not be read again, and no caller can make us keep more and more.
import { expect, test } from 'vitest';
import { createDocuments } from '../../src/graphql/limits/documents.js';

const sized = (length: number, name: string) => `query ${name} { viewer { role } } #`.padEnd(length, '-');

test('a document is read once', () => {
  const read = createDocuments();
  expect(read('{ viewer { role } }')).toBe(read('{ viewer { role } }'));
});

test('many others push out the one that nobody asks for, and not the one in use', () => {
  const read = createDocuments();
  const [used, unused] = [read(sized(100, 'Used')), read(sized(100, 'Unused'))];
  for (let n = 0; n < 30; n += 1) {
    read(sized(20_000, `Other${n}`));
    read(sized(100, 'Used'));
  }
  expect(read(sized(100, 'Used'))).toBe(used);
  expect(read(sized(100, 'Unused'))).not.toBe(unused);
});

test('a very long one is not kept, nor does it push out others', () => {
  const read = createDocuments();
  const small = read('{ viewer { role } }');
  const long = Array.from({ length: 30 }, (_, n) => sized(200_000, `Long${n}`));
  const first = long.map(read)[0];
  expect(read(long[0] ?? '')).not.toBe(first);
  expect(read('{ viewer { role } }')).toBe(small);
});

test('what is no document is refused each time', () => {
  const read = createDocuments();
  for (let n = 0; n < 2; n += 1) expect(() => read('{')).toThrow(/Syntax Error/);
});

test('2,000 tokens are taken, one more is not', () => {
  const read = createDocuments();
  const tokens = (count: number) => `{${'a '.repeat(count - 2)}}`;
  expect(read(tokens(2_000)).definitions).toHaveLength(1);
  expect(() => read(tokens(2_001))).toThrow(/At most 2000 tokens/);
});

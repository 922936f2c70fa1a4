// What it takes to reckon the cost of an operation: variables that do not fit must not make it long.
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createCheckCost } from '../../src/graphql/limits/cost.js';
import { schema } from '../../src/graphql/schema.js';

const check = createCheckCost(schema);

/** An object of that many keys, and how often one of them was read. */
function counted(count: number, value: unknown) {
  const seen = { reads: 0 };
  const object = {};
  for (let n = 0; n < count; n += 1) {
    const get = () => {
      seen.reads += 1;
      return value;
    };
    Object.defineProperty(object, `k${n}`, { enumerable: true, get });
  }
  return { object, seen };
}

describe('variables that do not fit', () => {
  const document = parse('query ($f: PayoutFilter) { payouts(filter: $f) { totalCount } }');

  test('are read a few times each, however many they are', () => {
    for (const count of [10, 1_000]) {
      const { object, seen } = counted(count, 1);
      expect(() => check(document, null, { f: object })).toThrow('Field "k0" is not defined');
      expect(seen.reads).toBeLessThan(10 * count);
    }
  });
});

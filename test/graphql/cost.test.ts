// What it takes to reckon the cost of an operation: variables that do not fit must not make it long.
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createCheckCost } from '../../src/graphql/limits/cost.js';
import { excessOf } from '../../src/graphql/limits/limits.js';
import { shapeOf } from '../../src/graphql/limits/shape.js';
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

describe('root fields', () => {
  const rootFieldsOf = (text: string) => shapeOf(parse(text)).rootFields;
  const many = Array.from({ length: 21 }, (_, n) => `f${n}: reference`).join(' ');

  test('are those of an operation, not of a fragment further down, however many that has', () => {
    const document = `mutation { retryPayout(input: { payoutId: "x" }) { ... on RetryPayoutPayload { payout { ...Row } } } }
      fragment Row on Payout { ${many} }`;
    expect(rootFieldsOf(document)).toBe(1);
    expect(excessOf(parse(document))).toBeNull();
  });

  test('are those of a fragment that an operation begins with, each time', () => {
    const fragment = 'fragment Two on Query { a: viewer { role } b: viewer { role } }';
    expect(rootFieldsOf(`{ ...Two ...Two viewer { role } } ${fragment}`)).toBe(5);
    const twentyOne = Array.from({ length: 21 }, (_, n) => `q${n}: viewer { role }`).join(' ');
    expect(excessOf(parse(`{ ...All } fragment All on Query { ${twentyOne} }`))?.message).toContain(
      '20 root fields',
    );
  });
});

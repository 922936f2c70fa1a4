// Scalars: what they take is what the database can hold, in values and in literals alike.
import { parseValue as literal } from 'graphql';
import { describe, expect, test } from 'vitest';
import { DateScalar, DateTimeScalar, SafeIntScalar } from '../../src/graphql/scalars.js';

describe.each([
  [
    'a value',
    (text: string) => DateTimeScalar.parseValue(text),
    (text: string) => DateScalar.parseValue(text),
  ],
  [
    'a literal',
    (text: string) => DateTimeScalar.parseLiteral(literal(`"${text}"`)),
    (text: string) => DateScalar.parseLiteral(literal(`"${text}"`)),
  ],
])('of %s', (_, dateTime, date) => {
  test('a moment is a moment, in whichever zone it is told', () => {
    expect(dateTime('2026-01-31T13:00:00+01:00')).toEqual(new Date('2026-01-31T12:00:00.000Z'));
    expect(dateTime('0001-01-01T00:00:00Z')).toBeInstanceOf(Date);
  });

  test.each([
    '2026-01-31',
    '2026-02-30T00:00:00Z',
    '2026-01-31T12:00:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-23:59',
    'infinity',
    '',
  ])('“%s” is no moment', (text) => {
    expect(() => dateTime(text)).toThrow();
  });

  test('a day is a day, as it was written', () => {
    expect(date('2024-02-29')).toBe('2024-02-29');
  });

  test.each([
    '2026-02-29',
    '2026-13-01',
    '0000-01-01',
    '2026-1-1',
    '2026-01-31T12:00:00Z',
    '+2026-01-01',
    '',
  ])('“%s” is no day', (text) => {
    expect(() => date(text)).toThrow();
  });
});

test('what goes out: milliseconds and UTC, plain days, numbers beyond 32 bits', () => {
  expect(JSON.stringify(DateTimeScalar.serialize(new Date('2026-01-31T13:00:00+01:00')))).toBe(
    '"2026-01-31T12:00:00.000Z"',
  );
  expect(DateScalar.serialize('2026-01-31')).toBe('2026-01-31');
  expect(SafeIntScalar.serialize(2 ** 53 - 1)).toBe(9_007_199_254_740_991);
});

test.each([2 ** 53, 1.5, '1', NaN])('%s is no SafeInt', (value) => {
  expect(() => SafeIntScalar.parseValue(value)).toThrow();
});

test('a moment that is text already is answered as the moment itself', () => {
  const [moment, text] = [new Date('2026-01-31T12:00:00.000Z'), '2026-01-31T12:00:00.000Z'];
  for (const value of [moment, text])
    expect(JSON.stringify(DateTimeScalar.serialize(value))).toBe(`"${text}"`);
});

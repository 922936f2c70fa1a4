import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitsColumn,
  formatDecimal,
  fromColumn,
  parseCents,
  parseDecimal,
  splitCents,
} from '../../src/statements/decimal.js';

describe('parseDecimal', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['12', 12_000_000_000_000n],
    [' 12.50 ', 12_500_000_000_000n],
    ['+.5', 500_000_000_000n],
    ['5.', 5_000_000_000_000n],
    ['-0.0003', -300_000_000n],
    ['0.000000000001', 1n],
    ['0.100000000000000000', 100_000_000_000n],
    ['3.1E-5', 31_000_000n],
    ['1e-12', 1n],
    ['-2.5e+3', -2_500_000_000_000_000n],
    ['1,234.56', 1_234_560_000_000_000n],
    ['-1,234,567', -1_234_567_000_000_000_000n],
    ['999999999999.999999999999', 999_999_999_999_999_999_999_999n],
  ])('reads %j exactly', (text, units) => {
    expect(parseDecimal(text)).toBe(units);
  });

  it.each([
    ['', /not an amount/],
    ['.', /not an amount/],
    ['-', /not an amount/],
    ['12,5', /not an amount/],
    ['1,234', /not an amount/],
    ['1.234,56', /not an amount/],
    ['12,34.5', /not an amount/],
    ['$1.00', /not an amount/],
    ['(1.00)', /not an amount/],
    ['1 000.00', /not an amount/],
    ['NaN', /not an amount/],
    ['Infinity', /not an amount/],
    ['0x10', /not an amount/],
    ['1e', /not an amount/],
    ['1e999', /not an amount/],
    ['٣', /not an amount/],
    ['0.0000000000001', /more than 12 decimals/],
    ['1e-13', /more than 12 decimals/],
    ['1000000000000', /too large/],
    ['1e60', /too large/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseDecimal(text)).toThrow(reason);
  });

  it('reads back what formatDecimal writes', () => {
    const limit = 10n ** 24n - 1n;
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), (units) => {
        expect(parseDecimal(formatDecimal(units))).toBe(units);
        expect(fromColumn(formatDecimal(units))).toBe(units);
      }),
    );
  });
});

describe('formatDecimal', () => {
  it.each([
    [0n, '0'],
    [-300_000_000n, '-0.0003'],
    [12_500_000_000_000n, '12.5'],
    [1n, '0.000000000001'],
  ])('writes %d as %s', (units, text) => {
    expect(formatDecimal(units)).toBe(text);
  });
});

describe('parseCents', () => {
  it.each([
    ['1234', '12.34'],
    ['-5', '-0.05'],
    [' 0 ', '0'],
    ['+7', '0.07'],
  ])('reads %j', (text, amount) => {
    expect(formatDecimal(parseCents(text))).toBe(amount);
  });

  it.each(['', '12.5', '1,234', '1e3', '12 34', '999999999999999'])('refuses %j', (text) => {
    expect(() => parseCents(text)).toThrow(/not a whole number of cents/);
  });
});

describe('splitCents', () => {
  it('pays whole cents and keeps the rest', () => {
    expect(splitCents(parseDecimal('12.349999999999'))).toEqual({
      cents: 1234n,
      rest: parseDecimal('0.009999999999'),
    });
  });

  it('pays nothing of a negative amount and keeps all of it', () => {
    expect(splitCents(parseDecimal('-0.001'))).toEqual({ cents: 0n, rest: parseDecimal('-0.001') });
  });
});

describe('fitsColumn', () => {
  it('knows the limits of DECIMAL(30,12)', () => {
    expect([10n ** 30n - 1n, 1n - 10n ** 30n].map(fitsColumn)).toEqual([true, true]);
    expect([10n ** 30n, -(10n ** 30n)].map(fitsColumn)).toEqual([false, false]);
  });
});

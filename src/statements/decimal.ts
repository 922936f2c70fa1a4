// Exact amounts. An amount is a bigint that counts 10^-12 of the currency's unit (a dollar), so sums of a million rows
// lose nothing; floating point appears nowhere.
import { RowError, shown } from './row-error.js';

/** One unit of the currency, such as a dollar. */
const UNIT = 10n ** 12n;
/** A hundredth of it. */
export const CENT = 10n ** 10n;
/** The columns are DECIMAL(30,12): amounts must stay below this. */
const COLUMN_LIMIT = 10n ** 30n;

const DECIMALS = 12;
/** Of one row, before the point: far above any real one, and a million such rows still fit the columns. */
const MOST_DIGITS = 12;
const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,2}))?$/i;
/** Commas that can only separate thousands: a point follows them, or there are several. `1,234` could be 1.234. */
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})$/;

/**
 * Reads `12`, `-0.0003`, `.5`, `1,234.56` and `3.1E-5`, exactly.
 *
 * Nothing is rounded and nothing guessed: more than 12 decimals (zeros at the end apart) are refused, and so are a
 * lone comma (`1,234` is a thousand here and one and a bit there), currency signs, brackets and spaces inside.
 * @throws RowError `bad_amount`
 */
export function parseDecimal(text: string): bigint {
  const trimmed = text.trim();
  const plain = GROUPED.test(trimmed) ? trimmed.replaceAll(',', '') : trimmed;
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(plain) ?? [];
  const digits = `${whole}${fraction}`;
  if (digits === '' || plain.length > 60) throw new RowError('bad_amount', `${shown(text)} is not an amount`);
  const units = scaled(digits, fraction.length - Number(exponent), text);
  return sign === '-' ? -units : units;
}

/** `digits` with the point `scale` places from their end. */
function scaled(digits: string, scale: number, text: string): bigint {
  const value = BigInt(digits);
  if (value === 0n) return 0n;
  const shift = DECIMALS - scale;
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  if (value % divisor !== 0n) throw new RowError('bad_amount', `${shown(text)} has more than 12 decimals`);
  const units = shift < 0 ? value / divisor : value * 10n ** BigInt(shift);
  if (units >= 10n ** BigInt(MOST_DIGITS + DECIMALS)) {
    throw new RowError('bad_amount', `${shown(text)} is too large to be true`);
  }
  return units;
}

/** Reads a whole number of cents, such as `-250`. @throws RowError `bad_amount` */
export function parseCents(text: string): bigint {
  const trimmed = text.trim();
  if (!/^[+-]?\d{1,14}$/.test(trimmed)) {
    throw new RowError('bad_amount', `${shown(text)} is not a whole number of cents`);
  }
  return BigInt(trimmed.replace('+', '')) * CENT;
}

/** Reads what Postgres writes of a DECIMAL(30,12) column. */
export function fromColumn(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole) * UNIT + BigInt(fraction.padEnd(DECIMALS, '0'));
  return text.startsWith('-') ? -units : units;
}

/** `-0.0003`, `12.5`, `0`: every digit and no zero too many. Postgres reads it too. */
export function formatDecimal(units: bigint): string {
  const size = units < 0n ? -units : units;
  const fraction = (size % UNIT).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${size / UNIT}${fraction && `.${fraction}`}`;
}

/** Whole cents to pay now, and what waits for the next statement: below a cent, or all of a negative amount. */
export function splitCents(units: bigint): { cents: bigint; rest: bigint } {
  if (units < 0n) return { cents: 0n, rest: units };
  return { cents: units / CENT, rest: units % CENT };
}

/** Whether a DECIMAL(30,12) column can hold it. */
export function fitsColumn(units: bigint): boolean {
  return units < COLUMN_LIMIT && units > -COLUMN_LIMIT;
}

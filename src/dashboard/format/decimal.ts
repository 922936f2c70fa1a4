// Exact amounts, as the API writes them: decimals as text, with more digits than a number can hold.
const LOCALE = navigator.languages[0];
/** Digits behind the point of the finest amount that a statement file may have. */
const DIGITS = 12;

/** A decimal as money, with all its digits: `0.0034` → `$0.0034`. */
export const exactMoney = (decimal: string, currency: string): string =>
  new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency: currency.toUpperCase(),
    maximumFractionDigits: DIGITS,
  }).format(decimal as never);

export function addUp(decimals: readonly string[]): string {
  const sum = decimals.reduce((all, one) => all + scaled(one), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(DIGITS + 1, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`;
}

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const all = BigInt(whole + fraction.slice(0, DIGITS).padEnd(DIGITS, '0'));
  return decimal.startsWith('-') ? -all : all;
}

export const isZero = (decimal: string): boolean => !/[1-9]/.test(decimal);

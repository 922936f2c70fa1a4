// Plain text for a terminal: columns, money, and names from a file that cannot play tricks there.
import { CENT, formatDecimal } from './decimal.js';

/** `$1,234.56` of a decimal string; more than two decimals are all shown. */
export function money(decimal: string, currency: string): string {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${decimal.startsWith('-') ? '-' : ''}${symbol(currency)}${grouped}.${fraction.padEnd(2, '0')}`;
}

/** The same of whole cents. */
export function moneyOfCents(cents: number | string, currency: string): string {
  return money(formatDecimal(BigInt(cents) * CENT), currency);
}

/** `$`, or `CHF ` where a currency has no sign of its own. */
function symbol(currency: string): string {
  const parts = new Intl.NumberFormat('en-US', { style: 'currency', currency }).formatToParts(0);
  const sign = parts.find(({ type }) => type === 'currency')?.value ?? currency.toUpperCase();
  return /\p{L}$/u.test(sign) ? `${sign} ` : sign;
}

/** `1 row`, `1,234 rows`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Lines with aligned columns under a header; those of `right` (counts and money) end where the others begin. */
export function columns(
  header: readonly string[],
  rows: readonly string[][],
  right: readonly number[],
): string[] {
  const lines = [header, ...rows].map((cells) => cells.map(printable));
  const widths = header.map((_, index) => Math.max(...lines.map((cells) => width(cells[index] ?? ''))));
  return lines.map((cells) =>
    `  ${cells.map((cell, index) => pad(cell, widths[index] ?? 0, right.includes(index))).join('  ')}`.trimEnd(),
  );
}

function pad(cell: string, size: number, right: boolean): string {
  const spaces = ' '.repeat(size - width(cell));
  return right ? spaces + cell : cell + spaces;
}

function width(text: string): number {
  return [...text].length;
}

/** Without control, format and line characters: text from a file must not move the cursor or turn lines around. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
}

/** As one word of a shell's command line, whatever it contains. */
export function shellWord(text: string): string {
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

// Rows of invented royalties as ASCAP states them, the same ones for the same seed, in any number: performances at home
// by the quarter, and those abroad between two dates.
import { formatDecimal } from './decimal.js';
import { pick, randomFrom, TITLES } from './sample-random.js';

/** The columns of the domestic statement that say anything; it has some twenty more. */
export const ascapColumns = [
  'DistributionYear',
  'Distribution Quarter',
  'Statement Recipient ID',
  'Statement Recipient Name',
  'Party ID',
  'Party Name',
  'Music User',
  'Performance Start Date',
  'Performance End Date',
  'Work ID',
  'Work Title',
  'Number of Plays',
  'EE Share',
  'Dollars',
  'Performance Quarter',
] as const;

/** Those of the international one. The amount's has a space before its name. */
export const ascapInternationalColumns = [
  'Statement Recipient Name',
  'Statement Recipient ID',
  'Party Name',
  'Country Name',
  'Performance Start Date',
  'Performance End Date',
  'Work Title',
  'Work ID',
  'Licensor',
  'Revenue Class Description',
  ' $ Amount',
  'Territory',
] as const;

export type AscapRow = Record<(typeof ascapColumns)[number], string>;
export type AscapInternationalRow = Record<(typeof ascapInternationalColumns)[number], string>;

export interface AscapOptions {
  seed: number;
  rows: number;
  members: readonly string[];
  /** Of the year; 1 to 4. */
  quarters: readonly number[];
  year: number;
}

/** ASCAP writes five decimals, after so many zeros that the number fills its column, and a space. */
export function ascapAmount(units: bigint): string {
  const [whole = '0', fraction = ''] = formatDecimal(units < 0n ? -units : units).split('.');
  const sign = units < 0n ? '-' : '';
  return ` ${sign}${whole.padStart(17, '0')}.${fraction.padEnd(5, '0')}`;
}

/** Members take turns, and so do quarters. */
export function* ascapRows(options: AscapOptions): Generator<AscapRow> {
  const random = randomFrom(options.seed);
  for (let index = 0; index < options.rows; index++) {
    const quarter = pick(options.quarters, Math.floor(index / options.members.length));
    yield {
      ...workOf(index, pick(options.members, index)),
      DistributionYear: String(options.year + 1),
      'Distribution Quarter': String(quarter),
      'Party ID': '100001',
      'Music User': pick(['SPOTIFY', 'APPLE SUBSCRIPTION', 'NETFLIX'], random()),
      'Performance Start Date': '',
      'Performance End Date': '',
      'Number of Plays': String(1 + (random() % 9_000)),
      'EE Share': '50.000',
      Dollars: ascapAmount(amountFrom(random)),
      'Performance Quarter': `${quarter}Q${options.year}`,
    };
  }
}

export function* ascapInternationalRows(options: AscapOptions): Generator<AscapInternationalRow> {
  const random = randomFrom(options.seed);
  for (let index = 0; index < options.rows; index++) {
    const [start, end] = pick(
      QUARTERS,
      pick(options.quarters, Math.floor(index / options.members.length)) - 1,
    );
    const [country, territory, licensor] = pick(ABROAD, random());
    yield {
      ...workOf(index, pick(options.members, index)),
      'Country Name': country,
      'Performance Start Date': `${start}/${options.year}`,
      'Performance End Date': `${end}/${options.year}`,
      Licensor: licensor,
      'Revenue Class Description': pick(['Television', 'Other royalties'], random()),
      ' $ Amount': ascapAmount(amountFrom(random)),
      Territory: territory,
    };
  }
}

const QUARTERS = [
  ['01/01', '03/31'],
  ['04/01', '06/30'],
  ['07/01', '09/30'],
  ['10/01', '12/31'],
] as const;
const ABROAD = [
  ['GERMANY', 'DE', 'GEMA'],
  ['DENMARK', 'DK', 'KODA'],
  ['FRANCE', 'FR', 'SACEM'],
] as const;

function workOf(index: number, member: string) {
  return {
    'Statement Recipient ID': '200002',
    'Statement Recipient Name': member,
    'Party Name': 'SAMPLE WRITER',
    'Work ID': String(880_000_000 + (index % 500)),
    'Work Title': pick(TITLES, index).toUpperCase(),
  };
}

/** Up to some ten dollars, in whole hundred-thousandths. */
const amountFrom = (random: () => number): bigint => BigInt(random() % 1_000_000) * 10_000_000n;

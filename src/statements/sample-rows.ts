// Rows of invented earnings as DistroKid exports them, the same ones for the same seed, in any number.
import { formatDecimal } from './decimal.js';
import { monthsLater, pick, randomFrom, TITLES } from './sample-random.js';

/** The columns of DistroKid's export, in its order. */
export const distrokidColumns = [
  'Date Inserted',
  'Reporting Date',
  'Sale Month',
  'Store',
  'Artist',
  'Title',
  'ISRC',
  'UPC',
  'Quantity',
  'Team Percentage',
  'Source Type',
  'Country of Sale',
  'Songwriter Royalties Withheld (USD)',
  'Earnings (USD)',
  'Recoup (USD)',
] as const;

export type DistrokidRow = Record<(typeof distrokidColumns)[number], string>;

export interface SampleOptions {
  seed: number;
  rows: number;
  artists: readonly string[];
  /** `YYYY-MM`, and at least two months before the export that is pretended. */
  months: readonly string[];
  /** Every so many rows something is recouped; 0: never. */
  recoupEvery: number;
}

/** What a store pays for a stream, in 10^-12 dollars. */
const STORES = [
  ['Spotify', 3_184_297_115n],
  ['Apple Music', 6_731_040_882n],
  ['YouTube Music', 1_902_556_309n],
  ['Deezer', 4_410_873_000n],
  ['TikTok', 300_000_000n],
] as const;
const COUNTRIES = ['US', 'GB', 'DE', 'SE', 'BR', 'JP'] as const;

/** Artists take turns, and so do months. */
export function* distrokidRows(options: SampleOptions): Generator<DistrokidRow> {
  const random = randomFrom(options.seed);
  for (let index = 0; index < options.rows; index++) {
    const artist = pick(options.artists, index);
    const month = pick(options.months, Math.floor(index / options.artists.length));
    const recouped = options.recoupEvery > 0 && (index + 1) % options.recoupEvery === 0;
    yield { ...about(index, artist, month), ...earned(random), 'Recoup (USD)': recouped ? '12.5' : '0' };
  }
}

function about(index: number, artist: string, month: string) {
  const exported = monthsLater(month, 2);
  const number = (index % 500) + 1;
  return {
    'Date Inserted': `${exported}-18`,
    'Reporting Date': `${exported}-15`,
    'Sale Month': month,
    Artist: artist,
    Title: pick(TITLES, index),
    ISRC: `XXSMP26${String(number).padStart(5, '0')}`,
    UPC: String(number).padStart(12, '0'),
    'Team Percentage': '100',
    'Source Type': index % 7 === 6 ? 'Album' : 'Song',
    'Songwriter Royalties Withheld (USD)': '0',
  };
}

function earned(random: () => number) {
  const [store, rate] = pick(STORES, random());
  const quantity = 200 + (random() % 4_800);
  return {
    Store: store,
    Quantity: String(quantity),
    'Country of Sale': pick(COUNTRIES, random()),
    'Earnings (USD)': formatDecimal(BigInt(quantity) * rate),
  };
}

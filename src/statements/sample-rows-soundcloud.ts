// Rows of invented earnings as SoundCloud for Artists exports them, the same ones for the same seed, in any number.
import { formatDecimal } from './decimal.js';
import { monthsLater, pick, randomFrom, TITLES } from './sample-random.js';

/** The columns of its statement. */
export const soundcloudColumns = [
  'Track',
  'Artist(s)',
  'Partner',
  'Country',
  'Type',
  'Reporting Period',
  'Accounting Period',
  'UPC',
  'ISRC',
  'Release',
  'Units',
  'Revenue (USD)',
  'Revenue Share (%)',
  'Split Pay Share (%)',
] as const;

export type SoundcloudRow = Record<(typeof soundcloudColumns)[number], string>;

/** The two lines above the header. */
export const soundcloudPreamble = [['Account ID'], ['00000000-0000-4000-8000-000000000000']] as const;

export interface SoundcloudOptions {
  seed: number;
  rows: number;
  artists: readonly string[];
  /** `YYYY-MM` */
  months: readonly string[];
}

/** What a partner pays for a unit, in 10^-12 dollars. */
const PARTNERS = [
  ['SoundCloud', 1_102_000_517n],
  ['Spotify', 3_184_297_115n],
  ['Apple Music', 6_731_040_882n],
] as const;
const COUNTRIES = ['US', 'GB', 'DE', 'SE', 'BR', 'JP'] as const;

/** Artists take turns, and so do months. */
export function* soundcloudRows(options: SoundcloudOptions): Generator<SoundcloudRow> {
  const random = randomFrom(options.seed);
  for (let index = 0; index < options.rows; index++) {
    const month = pick(options.months, Math.floor(index / options.artists.length));
    yield { ...about(index, pick(options.artists, index), month), ...earned(random) };
  }
}

function about(index: number, artist: string, month: string) {
  const title = pick(TITLES, index);
  const number = (index % 500) + 1;
  return {
    Track: title,
    'Artist(s)': artist,
    Type: 'Streaming',
    'Reporting Period': `${month}-01`,
    'Accounting Period': `${monthsLater(month, 2)}-01`,
    UPC: String(number).padStart(12, '0'),
    ISRC: `XXSMP26${String(number).padStart(5, '0')}`,
    Release: title,
    'Revenue Share (%)': '80',
    'Split Pay Share (%)': '100',
  };
}

function earned(random: () => number) {
  const [partner, rate] = pick(PARTNERS, random());
  const units = 200 + (random() % 4_800);
  return {
    Partner: partner,
    Country: pick(COUNTRIES, random()),
    Units: String(units),
    'Revenue (USD)': formatDecimal(BigInt(units) * rate),
  };
}

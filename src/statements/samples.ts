// The sample statement files in docs/samples, of invented artists: no one's real earnings are in the project.
import { type Dialect, plainTsv, writeTable } from './dialect.js';
import { distrokidColumns, distrokidRows } from './sample-rows.js';
import {
  ascapColumns,
  ascapInternationalColumns,
  ascapInternationalRows,
  ascapRows,
} from './sample-rows-ascap.js';
import { soundcloudColumns, soundcloudPreamble, soundcloudRows } from './sample-rows-soundcloud.js';

export interface SampleArtist {
  /** As the distributors' samples name them. */
  name: string;
  /** As our own sample names them. */
  email: string;
}

export const sampleArtists: readonly SampleArtist[] = [
  { name: 'Nova Reyes', email: 'nova@example.com' },
  { name: 'The Paper Lanterns', email: 'lanterns@example.com' },
  { name: 'Ida Quist', email: 'ida@example.com' },
];

/** Sixty rows of two sale months, one of them recouping an advance. */
export async function distrokidSample(): Promise<string> {
  const rows = distrokidRows({
    seed: 2026,
    rows: 60,
    artists: names(),
    months: ['2026-08', '2026-09'],
    recoupEvery: 40,
  });
  return text(writeTable(distrokidColumns, rows, plainTsv));
}

const plainCsv: Dialect = { ...plainTsv, delimiter: ',' };

/** Thirty rows of two months below the two lines about the account, every field quoted. */
export async function soundcloudSample(): Promise<string> {
  const rows = soundcloudRows({ seed: 7, rows: 30, artists: names(), months: ['2026-08', '2026-09'] });
  const dialect: Dialect = { ...plainCsv, quoting: 'all', preamble: soundcloudPreamble };
  return text(writeTable(soundcloudColumns, rows, dialect));
}

/** Thirty performances of two quarters. */
export async function ascapSample(): Promise<string> {
  return text(writeTable(ascapColumns, ascapRows(ascapOptions(11)), plainCsv));
}

/** Thirty performances abroad, of the same two quarters. */
export async function ascapInternationalSample(): Promise<string> {
  return text(writeTable(ascapInternationalColumns, ascapInternationalRows(ascapOptions(13)), plainCsv));
}

const ascapOptions = (seed: number) => ({ seed, rows: 30, members: names(), quarters: [1, 2], year: 2026 });

const names = () => sampleArtists.map(({ name }) => name);

/** What the same artists earned in the two months before. */
export function payoutsCsvSample(): string {
  const cents = [18_450, 9_205, 31_077, 20_112, 8_760, 29_999];
  const periods = ['2026-06-01,2026-06-30', '2026-07-01,2026-07-31'];
  const lines = periods.flatMap((period, month) =>
    sampleArtists.map(
      ({ email }, artist) => `${email},${period},${cents[month * sampleArtists.length + artist]}`,
    ),
  );
  return `${['creator_email,period_start,period_end,amount_cents', ...lines].join('\n')}\n`;
}

async function text(pieces: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString('utf8');
}

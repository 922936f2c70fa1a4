// Each format as a generator: any rows, as any file of it may write them. What must come out of them is said beside it.
import fc from 'fast-check';
import { type Dialect, writeTable } from '../../src/statements/dialect.js';
import { distrokidColumns } from '../../src/statements/sample-rows.js';
import { ascapColumns, ascapInternationalColumns } from '../../src/statements/sample-rows-ascap.js';
import { soundcloudColumns, soundcloudPreamble } from '../../src/statements/sample-rows-soundcloud.js';

export const ONE = 10n ** 12n;
const NAMES = ['Åsa Nuñez', 'The "Paper" Lanterns', 'Quist, Ida', ' Nova   Reyes '];
const TITLES = ['Slow Ferry', 'Ferry, slow', '12" Mix', '"Slow"', 'Slow\nFerry', 'Ångström', '\tTab', ''];
const MONTHS = ['January', 'April', 'July', 'October'];

export interface Line {
  name: string;
  year: number;
  /** From 0 to 3. */
  quarter: number;
  /** In 10^-12 dollars. */
  units: bigint;
  recoup: bigint;
  title: string;
  spelling: number;
}

export interface Kind {
  id: string;
  /** Where a format may say the same in another way. */
  way?: string;
  columns: readonly string[];
  /** Without these it is no such file. */
  needed: readonly string[];
  /** Sums finer than this are none of the format's. */
  grain: bigint;
  preamble?: Dialect['preamble'];
  /** Other names that a column has in some files. */
  renames?: Readonly<Record<string, string>>;
  /** One line as the format has it, in one of the ways in which it may be spelled. */
  fields(line: Line): Record<string, string>;
  period(line: Line): [start: string, end: string];
}

const two = (number: number) => String(number).padStart(2, '0');
const daysOf = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Its first month from its first to its last day. */
function monthOf({ year, quarter }: Line): [string, string] {
  const month = `${year}-${two(quarter * 3 + 1)}`;
  return [`${month}-01`, `${month}-${daysOf(year, quarter * 3 + 1)}`];
}

function quarterOf({ year, quarter }: Line): [string, string] {
  const last = quarter * 3 + 3;
  return [`${year}-${two(last - 2)}-01`, `${year}-${two(last)}-${daysOf(year, last)}`];
}

/** With every zero that the format pads with, or none. */
function decimal(units: bigint, spelling: number): string {
  const sign = units < 0n ? '-' : '';
  const size = units < 0n ? -units : units;
  const whole = (size / ONE).toString();
  const fraction = (size % ONE).toString().padStart(12, '0');
  if (spelling === 0) return ` ${sign}${whole.padStart(17, '0')}.${fraction}`;
  if (spelling === 1) return `${sign}${size}E-12`;
  if (spelling === 2) return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
  return `${sign}${whole}.${fraction}0000 `;
}

const american = (iso: string, mark: string) => [iso.slice(5, 7), iso.slice(8), iso.slice(0, 4)].join(mark);

/** The quarter's first and last day, as one of them may be written. */
const datesOf = (line: Line): [string, string] => {
  const spelled = (date: string) =>
    [date, american(date, '/'), american(date, '-'), `${date} 00:00:00.000`][line.spelling] ?? '';
  const [start, end] = quarterOf(line);
  return [spelled(start), spelled(end)];
};

export const KINDS: Kind[] = [
  {
    id: 'payouts-csv',
    columns: ['creator_email', 'period_start', 'period_end', 'amount_cents', 'note'],
    needed: ['creator_email', 'period_start', 'period_end', 'amount_cents'],
    grain: ONE / 100n,
    fields: (line) => ({
      creator_email: line.name,
      period_start: quarterOf(line)[0],
      period_end: quarterOf(line)[1],
      amount_cents: String((line.units / ONE) * 100n),
      note: line.title,
    }),
    period: quarterOf,
  },
  {
    id: 'distrokid',
    columns: distrokidColumns,
    needed: ['Artist', 'Sale Month', 'Earnings (USD)', 'Recoup (USD)'],
    grain: 1n,
    renames: { 'Source Type': 'Song/Album' },
    fields: (line) => ({
      Artist: line.name,
      'Sale Month': monthOf(line)[0].slice(0, 7),
      Title: line.title,
      'Earnings (USD)': decimal(line.units, line.spelling),
      'Recoup (USD)': line.recoup === 0n ? '' : decimal(line.recoup, line.spelling),
    }),
    period: monthOf,
  },
  {
    id: 'soundcloud',
    columns: soundcloudColumns,
    needed: ['Artist(s)', 'Reporting Period', 'Revenue (USD)', 'Split Pay Share (%)'],
    grain: 1n,
    preamble: soundcloudPreamble,
    fields: (line) => ({
      'Artist(s)': line.name,
      Track: line.title,
      'Reporting Period':
        [
          monthOf(line)[0],
          monthOf(line)[0].slice(0, 7),
          `${monthOf(line)[1]} 00:00:00`,
          `${MONTHS[line.quarter]?.slice(0, 3)} ${line.year}`,
        ][line.spelling] ?? '',
      'Revenue (USD)': decimal(line.units, line.spelling),
      'Split Pay Share (%)': '50',
    }),
    period: monthOf,
  },
  {
    id: 'ascap',
    columns: ascapColumns,
    needed: ['Statement Recipient Name', 'Dollars', 'Performance Quarter'],
    grain: 1n,
    fields: (line) => ({
      'Statement Recipient Name': line.name,
      'Party Name': 'SOMEBODY ELSE',
      'Work Title': line.title,
      Dollars: decimal(line.units, line.spelling),
      'Performance Quarter': `${line.quarter + 1}Q${line.year}`,
    }),
    period: quarterOf,
  },
  {
    id: 'ascap',
    way: 'by dates',
    columns: ascapColumns,
    needed: [
      'Statement Recipient Name',
      'Dollars',
      'Performance Quarter',
      'Performance Start Date',
      'Performance End Date',
    ],
    grain: 1n,
    fields: (line) => {
      const [start, end] = datesOf(line);
      return {
        'Statement Recipient Name': line.name,
        Dollars: decimal(line.units, line.spelling),
        'Performance Quarter': line.title.trim() === '' ? ' ' : '',
        'Performance Start Date': start,
        'Performance End Date': end,
      };
    },
    period: quarterOf,
  },
  {
    id: 'ascap-international',
    columns: ascapInternationalColumns,
    needed: [
      'Statement Recipient Name',
      'Performance Start Date',
      'Performance End Date',
      'Work Title',
      ' $ Amount',
    ],
    grain: 1n,
    fields: (line) => {
      const [start, end] = datesOf(line);
      return {
        'Statement Recipient Name': line.name,
        'Performance Start Date': start,
        'Performance End Date': end,
        'Work Title': line.title,
        ' $ Amount': decimal(line.units, line.spelling),
      };
    },
    period: quarterOf,
  },
];

export const lineArbitrary: fc.Arbitrary<Line> = fc.record({
  name: fc.constantFrom(...NAMES),
  year: fc.integer({ min: 2024, max: 2026 }),
  quarter: fc.nat({ max: 3 }),
  units: fc.oneof(
    fc.constant(300_000_000n),
    fc.bigInt({ min: -ONE, max: 50n * ONE }),
    fc.bigInt({ min: -5_000n, max: 5_000n }).map((dollars) => dollars * ONE),
  ),
  recoup: fc.oneof({ weight: 5, arbitrary: fc.constant(0n) }, fc.bigInt({ min: 1n, max: 20n * ONE })),
  title: fc.constantFrom(...TITLES),
  spelling: fc.nat({ max: 3 }),
});

export const dialectOf = ({ columns, needed, preamble, renames = {} }: Kind): fc.Arbitrary<Dialect> =>
  fc.record({
    delimiter: fc.constantFrom<Dialect['delimiter']>('\t', ','),
    lineEnd: fc.constantFrom<Dialect['lineEnd']>('\n', '\r\n', '\r'),
    encoding: fc.constantFrom<Dialect['encoding']>('utf-8', 'latin-1'),
    bom: fc.boolean(),
    quoting: fc.constantFrom<Dialect['quoting']>('needed', 'all'),
    columns: fc
      .subarray(columns.filter((column) => !needed.includes(column)))
      .map((optional) => [...needed, ...optional])
      .chain((chosen) => fc.shuffledSubarray(chosen, { minLength: chosen.length })),
    renamed: fc
      .constantFrom<(name: string) => string>(
        (name) => name,
        (name) => name.toUpperCase(),
        (name) => ` ${name} `,
        (name) => name.trim(),
        (name) => renames[name] ?? name,
      )
      .map((spelled) => Object.fromEntries(columns.map((column) => [column, spelled(column)]))),
    preamble: fc.constantFrom(preamble ?? [], preamble ?? [['Statement "x, of 2026'], ['']]),
  });

export async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

export async function bytesOf(kind: Kind, lines: readonly Line[], dialect: Dialect): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of writeTable(kind.columns, lines.map(kind.fields), dialect)) all.push(piece);
  return Buffer.concat(all);
}

// Any number of files, each in a dialect of its own, make the statements that exact arithmetic says they must.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Dialect, writeTable } from '../../src/statements/dialect.js';
import { importStatements } from '../../src/statements/import.js';
import { distrokidColumns } from '../../src/statements/sample-rows.js';
import { addCreator, createWorld, statementsOf, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const ARTISTS = ['Åsa Nuñez', 'The "Paper" Lanterns', 'Quist, Ida'];
const NEEDED = ['Sale Month', 'Artist', 'Earnings (USD)', 'Recoup (USD)'];
const OPTIONAL = distrokidColumns.filter((column) => !NEEDED.includes(column));

interface SampleRow {
  artist: number;
  /** Of four months; each file has its own four. */
  month: number;
  /** In 10^-12 dollars, as is the recoup. */
  earned: bigint;
  recoup: bigint;
  spelling: number;
  title: string;
}

const ONE = 10n ** 12n;

/** One of the ways in which a file may write an amount. */
function spell(units: bigint, spelling: number): string {
  const sign = units < 0n ? '-' : '';
  const size = units < 0n ? -units : units;
  const whole = (size / ONE).toString();
  const fraction = (size % ONE).toString().padStart(12, '0');
  if (spelling === 0) return `${sign}${size}e-12`;
  if (spelling === 1) return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
  if (spelling === 2 && size % ONE === 0n) return `${sign}${whole}`;
  return ` ${sign}${whole}.${fraction}000 `;
}

function spellName(name: string, spelling: number): string {
  return [name, name.toUpperCase(), ` ${name.replaceAll(' ', '  ')}`, name.toLowerCase()][spelling] ?? name;
}

const row: fc.Arbitrary<SampleRow> = fc.record({
  artist: fc.nat({ max: ARTISTS.length - 1 }),
  month: fc.nat({ max: 3 }),
  earned: fc.oneof(
    fc.constant(300_000_000n),
    fc.bigInt({ min: -ONE, max: 50n * ONE }),
    fc.bigInt({ min: -5_000n, max: 5_000n }).map((dollars) => dollars * ONE),
  ),
  recoup: fc.oneof({ weight: 5, arbitrary: fc.constant(0n) }, fc.bigInt({ min: 1n, max: 20n * ONE })),
  spelling: fc.nat({ max: 3 }),
  title: fc.constantFrom('Slow Ferry', 'Ferry, slow', '12" Mix', '"Slow"', 'Slow\nFerry', 'Ångström', ''),
});

const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom<Dialect['delimiter']>('\t', ','),
  lineEnd: fc.constantFrom<Dialect['lineEnd']>('\n', '\r\n', '\r'),
  encoding: fc.constantFrom<Dialect['encoding']>('utf-8', 'latin-1'),
  bom: fc.boolean(),
  quoting: fc.constantFrom<Dialect['quoting']>('needed', 'all'),
  columns: fc
    .subarray(OPTIONAL)
    .chain((optional) =>
      fc.shuffledSubarray([...NEEDED, ...optional], { minLength: NEEDED.length + optional.length }),
    ),
  renamed: fc.constantFrom<Record<string, string>>(
    {},
    { 'Source Type': 'Song/Album' },
    { Artist: ' ARTIST ' },
  ),
});

const files = fc.array(fc.tuple(fc.array(row, { minLength: 1, maxLength: 25 }), dialect), {
  minLength: 1,
  maxLength: 3,
});

const monthName = (file: number, month: number) => `${2024 + file}-${String(month * 3 + 1).padStart(2, '0')}`;

async function fileOf(rows: SampleRow[], index: number, round: number, as: Dialect): Promise<string> {
  const records = rows.map((one) => ({
    'Sale Month': monthName(index, one.month),
    Artist: spellName(`${ARTISTS[one.artist]} ${round}`, one.spelling),
    Title: one.title,
    'Earnings (USD)': spell(one.earned, one.spelling),
    'Recoup (USD)': one.recoup === 0n ? '' : spell(one.recoup, 3),
  }));
  const pieces: Buffer[] = [];
  for await (const piece of writeTable(distrokidColumns, records, as)) pieces.push(piece);
  return world.file(`${round}-${index}`, Buffer.concat(pieces));
}

/** What must come out for one artist: computed on its own, in the order of the files and their months. */
function expected(all: [SampleRow[], Dialect][], artist: number) {
  let carry = 0n;
  const statements: { start: string; cents: number }[] = [];
  for (const [index, [rows]] of all.entries()) {
    for (const month of [0, 1, 2, 3]) {
      const mine = rows.filter((one) => one.artist === artist && one.month === month);
      if (mine.length === 0) continue;
      carry += mine.reduce((sum, one) => sum + one.earned - one.recoup, 0n);
      const cents = carry > 0n ? carry / (ONE / 100n) : 0n;
      carry -= cents * (ONE / 100n);
      statements.push({ start: `${monthName(index, month)}-01`, cents: Number(cents) });
    }
  }
  return { statements, carry };
}

it('sums any dialect exactly, with remainders, over several files', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(files, async (all) => {
      round += 1;
      const creators: string[] = [];
      for (const name of ARTISTS)
        creators.push(await addCreator(world, { name, aliases: [`${name} ${round}`] }));
      for (const [index, [rows, as]] of all.entries()) {
        const file = await fileOf(rows, index, round, as);
        const report = await importStatements(
          { pool: world.pool },
          { file, actor: 'admin-1', currency: 'usd' },
        );
        expect(report).toMatchObject({ outcome: 'imported', problems: [], rows: rows.length });
      }
      for (const [artist, creator] of creators.entries()) {
        const { statements, carry } = expected(all, artist);
        expect((await statementsOf(world, creator)).map(({ start, cents }) => ({ start, cents }))).toEqual(
          statements,
        );
        expect(await carryUnits(creator)).toBe(carry);
      }
    }),
    { numRuns: 25 },
  );
});

async function carryUnits(creator: string): Promise<bigint> {
  const { rows } = await world.pool.query<{ units: string }>(
    'SELECT trunc(royalty_carry * 1000000000000)::text AS units FROM creators WHERE id = $1',
    [creator],
  );
  return BigInt(rows[0]?.units ?? 'none');
}

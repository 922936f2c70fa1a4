// A period that shares days with one that is there already is told, row by row, and goes in only on the admin's word.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setAlias } from '../../src/statements/aliases.js';
import { formatReport } from '../../src/statements/format-report.js';
import { type ImportOptions, importStatements } from '../../src/statements/import.js';
import {
  addCreator,
  atTheSameMoment,
  createWorld,
  distrokidFile,
  everything,
  ownFile,
  statementsOf,
  type World,
} from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function run(name: string, content: string, options: Partial<ImportOptions> = {}) {
  const file = await world.file(name, content);
  return importStatements({ pool: world.pool }, { file, actor: 'admin-1', currency: 'usd', ...options });
}

/** A creator with the third quarter of 2026 in our own format, from this file. */
async function withQuarter(name: string) {
  const email = `${name.toLowerCase()}@example.com`;
  const creator = await addCreator(world, { name, email, aliases: [name] });
  const quarter = await run(`${name}-q3.csv`, ownFile([[email, '2026-07-01', '2026-09-30', '900']]));
  return { creator, email, quarter };
}

const SHARING: [string, string, string][] = [
  ['a month of it', '2026-08-01', '2026-08-31'],
  ['its last day', '2026-09-30', '2026-10-31'],
  ['its first day', '2026-06-01', '2026-07-01'],
  ['all of it', '2026-01-01', '2026-12-31'],
];

it.each(SHARING)('tells of a period that shares days with an earlier one: %s', async (what, start, end) => {
  const { creator, email, quarter } = await withQuarter(`Uma${what.replaceAll(' ', '')}`);
  const rows = ownFile([
    [email, '2026-10-31', '2026-12-31', '5'],
    [email, start, end, '300'],
    [creator, start, end, '1'],
  ]);
  const [today, first] = [new Date().toISOString().slice(0, 10), quarter.fileName];
  const reason =
    `Uma${what.replaceAll(' ', '')} has a statement for 2026-07-01 to 2026-09-30 already ` +
    `(from ${first}, imported ${today}), which shares days with ${start} to ${end}`;
  const told = {
    problems: [3, 4].map((line) => ({ line, code: 'period_overlap', reason })),
    problemCounts: [{ code: 'period_overlap', rows: 2, sum: '3.01', unreadable: 0 }],
  };
  const before = await everything(world);
  const dry = await run('months.csv', rows, { dryRun: true });
  expect(dry).toMatchObject({ outcome: 'dry_run', wouldBe: 'refused', ...told });
  expect(await run('months.csv', rows)).toMatchObject({ outcome: 'refused', ...told });
  expect(await everything(world)).toEqual(before);
  const skipped = await run('months.csv', rows, { skipBad: true });
  expect(skipped).toMatchObject({ outcome: 'imported', totals: { statements: 1, goodRows: 1, badRows: 2 } });
  expect(formatReport(skipped)).not.toMatch(/import them in a file of their own|--allow-overlap/);
});

it('lets overlapping periods in on the admin word, and tells of them in report and audit', async () => {
  const { creator, email, quarter } = await withQuarter('Vega');
  const rows = ownFile([
    [email, '2026-09-01', '2026-09-30', '300'],
    [email, '2026-10-01', '2026-10-31', '5'],
  ]);
  const refused = await run('late.csv', rows);
  expect(formatReport(refused)).toMatch(/let them in with --allow-overlap if they are other earnings/);
  const options = { allowOverlap: true };
  const overlaps = { periodStart: '2026-07-01', periodEnd: '2026-09-30', fileName: quarter.fileName };
  const statements = [{ overlaps }, { overlaps: null }];
  expect(await run('late.csv', rows, { ...options, dryRun: true })).toMatchObject({
    wouldBe: 'imported',
    problems: [],
    statements,
  });
  const report = await run('late.csv', rows, options);
  expect(report).toMatchObject({ outcome: 'imported', problems: [], statements });
  expect(formatReport(report)).toMatch(
    /LET IN +PERIOD +SHARES DAYS WITH\n +Vega +2026-09-01 to 2026-09-30 +2026-07-01 to 2026-09-30$/,
  );
  expect(await statementsOf(world, creator)).toHaveLength(3);
  const { rows: audit } = await world.pool.query(
    `SELECT after->'overlappingStatements' AS overlapping FROM audit_events
     WHERE chain = 'statements' AND after->>'importId' = $1`,
    [report.importId],
  );
  expect(audit).toEqual([{ overlapping: 1 }]);
});

it('makes no statement twice, whatever the admin allows', async () => {
  const { creator, email } = await withQuarter('Xara');
  const again = ownFile([[email, '2026-07-01', '2026-09-30', '901']]);
  const report = await run('again.csv', again, { allowOverlap: true });
  expect(report).toMatchObject({ outcome: 'refused', problems: [{ line: 2, code: 'overlap' }] });
  expect(await statementsOf(world, creator)).toHaveLength(1);
});

it('sees no overlap in another format, another creator, the days beside, or in one file', async () => {
  const { email } = await withQuarter('Yves');
  await addCreator(world, { name: 'Zoe', email: 'zoe@example.com' });
  expect(await run('y.tsv', distrokidFile([['Yves', '2026-08', '1']]))).toMatchObject({
    outcome: 'imported',
  });
  const rows = ownFile([
    ['zoe@example.com', '2026-08-01', '2026-08-31', '1'],
    ['zoe@example.com', '2026-08-15', '2026-09-15', '1'],
    [email, '2026-06-01', '2026-06-30', '1'],
    [email, '2026-10-01', '2026-10-31', '1'],
  ]);
  expect(await run('beside.csv', rows)).toMatchObject({ outcome: 'imported', totals: { statements: 4 } });
});

it('tells of days that a name has brought somebody else already, before it led to this creator', async () => {
  const first = await addCreator(world, { name: 'Ada', email: 'ada@example.com' });
  const second = await addCreator(world, { name: 'Bea', email: 'bea@example.com' });
  const lead = (creator: string) =>
    setAlias(world, { name: 'The Pair', creator, actor: 'admin-1', replace: true });
  await lead(first);
  const august = ['The Pair', '2026-08', '10'] as const;
  const brought = await run('august.tsv', distrokidFile([[...august]]));
  expect(brought).toMatchObject({ outcome: 'imported' });
  await lead(second);
  // A distributor's export holds all of its months, every time.
  const all = distrokidFile([[...august], ['the  pair', '2026-09', '7']]);
  const [today, file] = [new Date().toISOString().slice(0, 10), brought.fileName];
  const refused = await run('all.tsv', all);
  expect(refused).toMatchObject({
    outcome: 'refused',
    problems: [
      {
        line: 2,
        code: 'period_overlap',
        reason:
          `Ada has a statement for 2026-08-01 to 2026-08-31 already (from ${file}, imported ${today}), which shares days ` +
          'with 2026-08-01 to 2026-08-31: the name led to Ada then',
      },
    ],
  });
  expect(await statementsOf(world, second)).toEqual([]);
  expect(await run('all.tsv', all, { allowOverlap: true })).toMatchObject({ outcome: 'imported', rows: 2 });
  expect(await statementsOf(world, second)).toHaveLength(2);
  expect(await statementsOf(world, first)).toHaveLength(1);
});

it('lets one of several files with overlapping periods in at the same moment', async () => {
  const email = 'wim@example.com';
  const creator = await addCreator(world, { name: 'Wim', email });
  const periods = [
    ['2026-07-01', '2026-09-30'],
    ['2026-08-01', '2026-08-31'],
    ['2026-08-15', '2026-10-15'],
  ] as const;
  const files = periods.map(([start, end]) => ownFile([[email, start, end, '100']]));
  const reports = await atTheSameMoment(
    world,
    creator,
    files.map((content, index) => () => run(`${index}.csv`, content)),
  );
  expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['imported', 'refused', 'refused']);
  expect(await statementsOf(world, creator)).toHaveLength(1);
});

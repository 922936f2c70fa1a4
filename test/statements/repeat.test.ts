// The same file twice changes nothing; a file that overlaps an earlier one says so, row by row.
import { afterAll, beforeAll, expect, it } from 'vitest';
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

it('does nothing for the same bytes under another name, and says when and by whom they went in', async () => {
  await addCreator(world, { name: 'Nova', aliases: ['Nova'] });
  const content = distrokidFile([
    ['Nova', '2026-08', '12.5'],
    ['Stranger', '2026-08', '1'],
  ]);
  const first = await run('first.tsv', content, { skipBad: true });
  const before = await everything(world);
  for (const options of [{}, { dryRun: true }, { skipBad: true }]) {
    const again = await run('second.tsv', content, { actor: 'admin-2', ...options });
    expect(again).toMatchObject({
      outcome: 'already_imported',
      importId: null,
      format: 'distrokid',
      rows: 2,
      statements: [],
      previousImport: {
        id: first.importId,
        fileName: first.fileName,
        importedBy: 'admin-1',
        rows: 2,
        skippedRows: 1,
        statements: 1,
        amountCents: '1250',
      },
    });
    const age = Date.now() - Date.parse(again.previousImport?.importedAt ?? '');
    expect(Math.abs(age)).toBeLessThan(60_000);
  }
  expect(await everything(world)).toEqual(before);
});

it('lets exactly one of several imports of the same file in at the same moment', async () => {
  const creator = await addCreator(world, { name: 'Ida', aliases: ['Ida'] });
  const content = distrokidFile([['Ida', '2026-08', '7.009']]);
  const reports = await atTheSameMoment(
    world,
    creator,
    ['a', 'b', 'c', 'd'].map((name) => () => run(`${name}.tsv`, content)),
  );
  expect(reports.map(({ outcome }) => outcome).sort()).toEqual([
    'already_imported',
    'already_imported',
    'already_imported',
    'imported',
  ]);
  expect(await statementsOf(world, creator)).toMatchObject([{ cents: 700, carriedOut: '0.009' }]);
});

it('names the rows that overlap an earlier file, and that file', async () => {
  const creator = await addCreator(world, { name: 'Lanterns', aliases: ['Lanterns'] });
  const first = await run('august.tsv', distrokidFile([['Lanterns', '2026-08', '1.505']]));
  const content = distrokidFile([
    ['Lanterns', '2026-09', '2.5'],
    ['Lanterns', '2026-08', '1'],
    ['Lanterns', '2026-09', '0.25'],
    ['LANTERNS', '2026-08', '0.0003'],
  ]);
  const refused = await run('both.tsv', content);
  expect(refused).toMatchObject({
    outcome: 'refused',
    problems: [
      { line: 3, code: 'overlap' },
      { line: 5, code: 'overlap' },
    ],
    problemCounts: [{ code: 'overlap', rows: 2, sum: '1.0003', unreadable: 0 }],
  });
  const today = new Date().toISOString().slice(0, 10);
  expect(refused.problems[0]?.reason).toBe(
    `Lanterns has a statement for 2026-08-01 to 2026-08-31 already (from ${first.fileName}, imported ${today})`,
  );
  const skipped = await run('both.tsv', content, { skipBad: true });
  expect(skipped).toMatchObject({
    outcome: 'imported',
    totals: { statements: 1, badRows: 2, badSum: '1.0003' },
  });
  expect(await statementsOf(world, creator)).toMatchObject([
    { start: '2026-08-01', cents: 150 },
    { start: '2026-09-01', cents: 275, carriedIn: '0.005' },
  ]);
});

it('takes another format for what it is: no overlap', async () => {
  const creator = await addCreator(world, { name: 'Åsa', email: 'asa@example.com', aliases: ['Åsa'] });
  await run('a.tsv', distrokidFile([['Åsa', '2026-08', '1']]));
  await run('b.csv', ownFile([['asa@example.com', '2026-08-01', '2026-08-31', '100']]));
  expect(await statementsOf(world, creator)).toHaveLength(2);
});

it('lets one of several files with the same statement in at the same moment', async () => {
  const creator = await addCreator(world, { name: 'Juno', aliases: ['Juno'] });
  const files = ['1', '2', '3'].map((earned) => distrokidFile([['Juno', '2026-08', earned]]));
  const reports = await atTheSameMoment(
    world,
    creator,
    files.map((content, index) => () => run(`${index}.tsv`, content)),
  );
  expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['imported', 'refused', 'refused']);
  expect(await statementsOf(world, creator)).toHaveLength(1);
});

it('tells of a statement that came from no file', async () => {
  const creator = await addCreator(world, { name: 'Wren', aliases: ['Wren'] });
  await world.pool.query(
    `INSERT INTO royalty_statements (id, external_id, creator_id, period_start, period_end, amount_cents, updated_at)
     VALUES ('by-hand', $1, $2, '2026-08-01', '2026-08-31', 5, now())`,
    [`distrokid:${creator}:2026-08-01:2026-08-31`, creator],
  );
  const report = await run('w.tsv', distrokidFile([['Wren', '2026-08', '1']]));
  expect(report.problems[0]?.reason).toMatch(
    /^Wren has a statement for .* already \(made \d{4}-\d\d-\d\d\)$/,
  );
});

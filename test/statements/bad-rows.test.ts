// Bad rows: each is named with its line and reason, and nothing of them is guessed.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { upsertStatements } from '../../src/payouts/upsert/statements.js';
import { formatReport } from '../../src/statements/format-report.js';
import { type ImportOptions, importStatements } from '../../src/statements/import.js';
import {
  addCreator,
  createWorld,
  distrokidFile,
  everything,
  ownFile,
  statementsOf,
  type World,
} from './support.js';

let world: World;
/** Fresh for each test, so that no test's statements are another's overlap. */
let nova: string;
let artist: string;
let round = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

beforeEach(async () => {
  round += 1;
  artist = `Nova Reyes ${round}`;
  nova = await addCreator(world, { name: artist, aliases: [artist] });
});

async function run(name: string, content: string | Buffer, options: Partial<ImportOptions> = {}) {
  const file = await world.file(name, content);
  return importStatements({ pool: world.pool }, { file, actor: 'admin-1', currency: 'usd', ...options });
}

/** One good row among one of each kind of bad one. */
const withBadRows = () =>
  [
    'Sale Month\tArtist\tEarnings (USD)\tCountry of Sale',
    `2026-08\t${artist}\t1.25\tSE`,
    `2026-08\t${artist}\t1,25\tSE`,
    `August\t${artist}\t2\tSE`,
    '2026-08\t \t3\tSE',
    `2026-08\tTitle, moved\t${artist}\t4\tSE`,
    '2026-08\tNobody\t5.5\tSE',
    '2026-09\tNOBODY\t-0.0003\tSE',
    `2026-08\t${artist}\t6`,
  ].join('\r\n');

it('leaves all of a file out for bad rows, and says each one with its line and reason', async () => {
  const before = await everything(world);
  const report = await run('bad.tsv', withBadRows());
  expect(await everything(world)).toEqual(before);
  expect(report).toMatchObject({ outcome: 'refused', importId: null, rows: 8, statements: [] });
  expect(report.problems.map(({ line, code }) => [line, code])).toEqual([
    [3, 'bad_amount'],
    [4, 'bad_period'],
    [5, 'bad_creator'],
    [6, 'wrong_columns'],
    [7, 'unknown_creator'],
    [8, 'unknown_creator'],
    [9, 'wrong_columns'],
  ]);
  expect(report.problems[0]?.reason).toBe('"1,25" is not an amount');
  expect(report.problemCounts).toContainEqual({ code: 'bad_period', rows: 1, sum: '2', unreadable: 0 });
  expect(report.problemCounts).toContainEqual({ code: 'wrong_columns', rows: 2, sum: '0', unreadable: 2 });
  expect(report.unknownCreators).toEqual([{ name: 'Nobody', reason: 'unknown', rows: 2, sum: '5.4997' }]);
  expect(report.totals).toEqual({
    statements: 0,
    amountCents: '0',
    goodRows: 1,
    goodSum: '1.25',
    badRows: 7,
    badSum: '10.4997',
    unreadableRows: 3,
  });
});

it('brings the good rows in on request, and says what it left out', async () => {
  const report = await run('bad.tsv', withBadRows(), { skipBad: true });
  expect(report).toMatchObject({
    outcome: 'imported',
    totals: { statements: 1, amountCents: '125', badRows: 7, badSum: '10.4997', unreadableRows: 3 },
  });
  expect(report.problems).toHaveLength(7);
  expect(await statementsOf(world, nova)).toMatchObject([{ cents: 125, earned: '1.25' }]);
  const { rows } = await world.pool.query(
    'SELECT row_count, skipped_count FROM statement_imports WHERE id = $1',
    [report.importId],
  );
  expect(rows).toEqual([{ row_count: 8, skipped_count: 7 }]);
});

it('says how a row that was left out comes in after all, beside its statement or into it', async () => {
  const report = await run('bad.tsv', withBadRows(), { skipBad: true });
  const [statement] = report.statements;
  const told = formatReport(report);
  expect(told).toMatch(/import them in a file of their own/);
  expect(told).toMatch(/statement of the same period by now: raise that .*\(upsertRoyaltyStatements\)/);
  // In a file of its own it overlaps what went in, whatever the admin allows.
  const mended = distrokidFile([[artist, '2026-08', '1.25']]);
  expect(await run('mended.tsv', mended, { allowOverlap: true })).toMatchObject({
    outcome: 'refused',
    problems: [{ line: 2, code: 'overlap' }],
  });
  const { externalId = '', periodStart = '', periodEnd = '' } = statement ?? {};
  const raised = { externalId, creatorId: nova, periodStart, periodEnd, amountCents: 250 };
  const deps = { pool: world.pool, limits: { currency: 'usd' } };
  expect(await upsertStatements(deps, [raised], { name: 'admin-1' })).toMatchObject([{ outcome: 'UPDATED' }]);
  expect(await statementsOf(world, nova)).toMatchObject([{ cents: 250, earned: '2.5' }]);
});

it('counts and sums every bad row, and lists the first ones', async () => {
  const rows = Array.from({ length: 700 }, (_, index): [string, string, string] =>
    index % 2 === 0 ? ['Nobody', '2026-08', '0.000000000001'] : [artist, 'soon', '0.01'],
  );
  const report = await run('many.tsv', distrokidFile(rows));
  expect(report.problems.map(({ line }) => line)).toEqual(
    Array.from({ length: 200 }, (_, index) => index + 2),
  );
  expect(report.totals).toMatchObject({ badRows: 700, badSum: '3.50000000035' });
});

it('lists the first bad rows of many unknown names, and of other kinds among them', async () => {
  await run('before.tsv', distrokidFile([[artist, '2026-08', '1']]));
  const rows = Array.from({ length: 1_500 }, (_, index): [string, string, string] => [
    `x${index}`,
    '2026-08',
    '1',
  ]);
  const again: [string, string, string] = [artist, '2026-08', '1'];
  const report = await run('names.tsv', distrokidFile([again, ...rows, ['x3', '2026-09', '1']]));
  expect(report.problems.map(({ line }) => line)).toEqual(
    Array.from({ length: 200 }, (_, index) => index + 2),
  );
  expect(report.problems[0]).toMatchObject({ line: 2, code: 'overlap' });
  expect(report.unknownCreators).toHaveLength(1_000);
  expect(report.unknownCreators[0]).toEqual({ name: 'x3', reason: 'unknown', rows: 2, sum: '2' });
  expect(report.unknownCreatorCount).toBe(1_500);
});

it('guesses nobody: neither by display name nor between two with one e-mail', async () => {
  const shared = `shared${round}@example.com`;
  for (const name of ['One', 'Two']) await addCreator(world, { name: `${name} ${round}`, email: shared });
  const byMail = await run('shared.csv', ownFile([[shared, '2026-07-01', '2026-07-31', '99']]));
  expect(byMail).toMatchObject({
    outcome: 'refused',
    problems: [{ line: 2, code: 'ambiguous_creator' }],
    unknownCreators: [{ name: shared, reason: 'ambiguous', rows: 1, sum: '0.99' }],
  });
  const byName = await run('name.tsv', distrokidFile([[`One ${round}`, '2026-08', '1']]));
  expect(byName).toMatchObject({ outcome: 'refused', unknownCreators: [{ reason: 'unknown' }] });
});

it('refuses one key that is the id of one creator and the external id of another', async () => {
  await addCreator(world, { name: 'Impostor', externalId: nova });
  const report = await run('key.csv', ownFile([[nova, '2026-07-01', '2026-07-31', '99']]), { skipBad: true });
  expect(report).toMatchObject({
    outcome: 'refused',
    problemCounts: [{ code: 'ambiguous_creator', rows: 1 }],
  });
});

it('refuses a statement that its column cannot hold, and leaves the carry alone', async () => {
  const report = await run(
    'large.tsv',
    distrokidFile([
      [artist, '2026-08', '21474836.48'],
      [artist, '2026-09', '21474836.47'],
    ]),
    { skipBad: true },
  );
  expect(report).toMatchObject({
    outcome: 'imported',
    problems: [{ line: 2, code: 'amount_too_large' }],
    statements: [{ periodStart: '2026-09-01', amountCents: 2147483647, carriedIn: '0' }],
  });
});

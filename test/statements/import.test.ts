import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ImportOptions, type ImportProgress, importStatements } from '../../src/statements/import.js';
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
let lanterns: string;
let mail: { nova: string; lanterns: string };
let artist: { nova: string; lanterns: string };
let round = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

beforeEach(async () => {
  round += 1;
  mail = { nova: `nova${round}@example.com`, lanterns: `lanterns${round}@example.com` };
  artist = { nova: `Nova Reyes ${round}`, lanterns: `The Paper Lanterns ${round}` };
  nova = await addCreator(world, {
    name: artist.nova,
    email: mail.nova,
    externalId: `nova-${round}`,
    aliases: [artist.nova],
  });
  lanterns = await addCreator(world, {
    name: artist.lanterns,
    email: mail.lanterns,
    aliases: [artist.lanterns],
  });
});

async function run(name: string, content: string | Buffer, options: Partial<ImportOptions> = {}) {
  const file = await world.file(name, content);
  return importStatements({ pool: world.pool }, { file, actor: 'admin-1', currency: 'usd', ...options });
}

it('makes one statement for each creator and month of a DistroKid file', async () => {
  const content = distrokidFile([
    [artist.nova, '2026-09', '1.005'],
    [artist.nova, '2026-08', '10.123456789012'],
    [` ${artist.nova.toUpperCase()}  `, '2026-08', '0.000000000001'],
    [artist.lanterns, '2026-08', '5', '2.25'],
  ]);
  const report = await run('anything.pdf', content);
  expect(report).toMatchObject({
    outcome: 'imported',
    wouldBe: null,
    fileName: expect.stringMatching(/anything\.pdf$/),
    format: 'distrokid',
    rows: 4,
    problems: [],
    unknownCreators: [],
    totals: { statements: 3, amountCents: '1387', goodRows: 4, goodSum: '13.878456789013', badRows: 0 },
  });
  expect(await statementsOf(world, nova)).toEqual([
    {
      creator: nova,
      start: '2026-08-01',
      end: '2026-08-31',
      cents: 1012,
      earned: '10.123456789013',
      carriedIn: '0',
      carriedOut: '0.003456789013',
    },
    {
      creator: nova,
      start: '2026-09-01',
      end: '2026-09-30',
      cents: 100,
      earned: '1.005',
      carriedIn: '0.003456789013',
      carriedOut: '0.008456789013',
    },
  ]);
  expect(await statementsOf(world, lanterns)).toMatchObject([{ cents: 275, earned: '2.75' }]);
});

it('takes creators of our own format by e-mail, id or external id, as one and the same', async () => {
  const period = ['2026-07-01', '2026-09-30'] as const;
  const report = await run(
    'q3.csv',
    ownFile([
      [mail.nova.toUpperCase(), ...period, '1000'],
      [nova, ...period, '200'],
      [`nova-${round}`, ...period, '-30'],
      [mail.lanterns, ...period, '7'],
    ]),
  );
  expect(report).toMatchObject({
    outcome: 'imported',
    format: 'payouts-csv',
    totals: { amountCents: '1177' },
  });
  expect(report.statements.find(({ creatorId }) => creatorId === nova)).toEqual({
    externalId: `payouts-csv:${nova}:2026-07-01:2026-09-30`,
    creatorId: nova,
    creator: artist.nova,
    periodStart: '2026-07-01',
    periodEnd: '2026-09-30',
    rows: 3,
    amountCents: 1170,
    earned: '11.7',
    carriedIn: '0',
    carriedOut: '0',
    overlaps: null,
  });
});

it('writes the import and one audit row with the statements, in the payout currency', async () => {
  const content = ownFile([[mail.nova, '2026-07-01', '2026-07-31', '150']]);
  const report = await run('july.csv', content, { currency: 'EUR', reason: 'The month of July.' });
  const { rows: imports } = await world.pool.query('SELECT * FROM statement_imports WHERE id = $1', [
    report.importId,
  ]);
  expect(imports).toMatchObject([
    {
      file_name: report.fileName,
      sha256: report.sha256,
      format: 'payouts-csv',
      row_count: 1,
      skipped_count: 0,
      statement_count: 1,
      amount_cents: '150',
      imported_by: 'admin-1',
    },
  ]);
  const { rows: statements } = await world.pool.query(
    'SELECT currency, external_id FROM royalty_statements WHERE import_id = $1',
    [report.importId],
  );
  expect(statements).toEqual([{ currency: 'eur', external_id: `payouts-csv:${nova}:2026-07-01:2026-07-31` }]);
  const { rows: audit } = await world.pool.query(
    `SELECT actor, action, reason, after FROM audit_events
     WHERE chain = 'statements' AND after->>'importId' = $1`,
    [report.importId],
  );
  expect(audit).toEqual([
    {
      actor: 'admin-1',
      action: 'statements_imported',
      reason: 'The month of July.',
      after: {
        importId: report.importId,
        fileName: report.fileName,
        sha256: report.sha256,
        format: 'payouts-csv',
        currency: 'eur',
        rows: 1,
        skippedRows: 0,
        statements: 1,
        amountCents: '150',
      },
    },
  ]);
});

it('writes nothing in a dry run, and says what it would do', async () => {
  const good = distrokidFile([[artist.nova, '2026-08', '1.239']]);
  const before = await everything(world);
  const report = await run('dry.tsv', good, { dryRun: true });
  const refused = await run('bad.tsv', `${good}2026-08\tNobody\n`, { dryRun: true });
  expect(await everything(world)).toEqual(before);
  expect(report).toMatchObject({
    outcome: 'dry_run',
    wouldBe: 'imported',
    importId: null,
    statements: [{ amountCents: 123, carriedOut: '0.009' }],
  });
  expect(refused).toMatchObject({
    outcome: 'dry_run',
    wouldBe: 'refused',
    statements: [{ amountCents: 123 }],
  });
  expect(await run('dry.tsv', good)).toMatchObject({ outcome: 'imported' });
});

it('refuses dollars where payouts are in something else', async () => {
  const refusal = expect(
    run('usd.tsv', distrokidFile([[artist.nova, '2026-08', '1']]), { currency: 'eur' }),
  ).rejects;
  await refusal.toMatchObject({ code: 'WRONG_CURRENCY', message: expect.stringMatching(/USD.*EUR/) });
});

it('refuses a file without rows, a folder, and no file at all', async () => {
  expect(await run('empty.tsv', distrokidFile([]))).toMatchObject({ outcome: 'refused', rows: 0 });
  for (const file of [import.meta.dirname, '/nowhere/at/all.csv']) {
    await expect(run('', '', { file })).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  }
});

it('tells how far it is, and ends with what the listener throws', async () => {
  const seen: ImportProgress[] = [];
  const content = distrokidFile([[artist.nova, '2026-08', '1']]);
  await run('progress.tsv', content, { onProgress: (progress) => seen.push(progress) });
  expect(seen.map(({ phase, rows }) => [phase, rows])).toEqual([
    ['checking', 0],
    ['reading', 0],
    ['saving', 1],
  ]);
  for (const { bytes, totalBytes } of seen)
    expect([bytes, totalBytes]).toEqual([content.length, content.length]);
  const onProgress = () => {
    throw new Error('stop');
  };
  await expect(
    run('stop.tsv', distrokidFile([[artist.nova, '2026-09', '1']]), { onProgress }),
  ).rejects.toThrow('stop');
});

it('refuses a file that changes while it is read', async () => {
  const file = await world.file('growing.tsv', distrokidFile([[artist.nova, '2026-08', '1']]));
  const onProgress = ({ phase }: ImportProgress) => {
    if (phase === 'checking') appendFileSync(file, `2026-08\t${artist.nova}\tLate\tSE\t2\t\n`);
  };
  await expect(run('', '', { file, onProgress })).rejects.toMatchObject({ code: 'FILE_CHANGED' });
});

// The committed samples are what the generator makes (`npx vitest run -u` writes them), and they import whole.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importStatements } from '../../src/statements/import.js';
import { distrokidColumns } from '../../src/statements/sample-rows.js';
import {
  ascapInternationalSample,
  ascapSample,
  distrokidSample,
  payoutsCsvSample,
  sampleArtists,
  soundcloudSample,
} from '../../src/statements/samples.js';
import { addCreator, createWorld, type World } from './support.js';

const folder = path.join(import.meta.dirname, '../../docs/samples');
let world: World;

beforeAll(async () => {
  world = await createWorld();
  for (const { name, email } of sampleArtists) await addCreator(world, { name, email, aliases: [name] });
});
afterAll(() => world.close());

it('keeps docs/samples as the generator makes them', async () => {
  await expect(await distrokidSample()).toMatchFileSnapshot(path.join(folder, 'distrokid.tsv'));
  await expect(await soundcloudSample()).toMatchFileSnapshot(path.join(folder, 'soundcloud.csv'));
  await expect(await ascapSample()).toMatchFileSnapshot(path.join(folder, 'ascap.csv'));
  await expect(await ascapInternationalSample()).toMatchFileSnapshot(
    path.join(folder, 'ascap-international.csv'),
  );
  await expect(payoutsCsvSample()).toMatchFileSnapshot(path.join(folder, 'statements.csv'));
});

it('shows all that a DistroKid file can have', async () => {
  const text = await readFile(path.join(folder, 'distrokid.tsv'), 'utf8');
  const [header, ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(header).toEqual(distrokidColumns);
  expect(rows).toHaveLength(60);
  expect(new Set(rows.map((row) => row[2]))).toEqual(new Set(['2026-08', '2026-09']));
  expect(rows.filter((row) => row[14] !== '0')).toHaveLength(1);
  expect(Math.max(...rows.map((row) => (row[13]?.split('.')[1] ?? '').length))).toBe(12);
});

it.each([
  ['distrokid.tsv', 'distrokid', 60],
  ['statements.csv', 'payouts-csv', 6],
  ['soundcloud.csv', 'soundcloud', 30],
  ['ascap.csv', 'ascap', 30],
  ['ascap-international.csv', 'ascap-international', 30],
])('imports %s: two statements of each artist, tens to hundreds of dollars', async (name, format, rows) => {
  const file = path.join(folder, name);
  const report = await importStatements({ pool: world.pool }, { file, actor: 'admin', currency: 'usd' });
  expect(report).toMatchObject({ outcome: 'imported', format, rows, totals: { badRows: 0, goodRows: rows } });
  expect(report.statements).toHaveLength(6);
  for (const { amountCents } of report.statements) {
    expect(amountCents).toBeGreaterThan(1_000);
    expect(amountCents).toBeLessThan(50_000);
  }
});

// A file of 300,000 rows is imported in constant memory. What is measured is what is still alive after a garbage
// collection, so neither the machine's speed nor its collector's mood matters.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainTsv, writeTable } from '../../src/statements/dialect.js';
import { importStatements } from '../../src/statements/import.js';
import { distrokidColumns, distrokidRows } from '../../src/statements/sample-rows.js';
import { addCreator, createWorld, type World } from './support.js';

const ROWS = 300_000;
const MEGABYTE = 1024 * 1024;

let world: World;
let file: string;

beforeAll(async () => {
  world = await createWorld();
  await addCreator(world, { name: 'Nova', aliases: ['Nova'] });
  file = await world.file('large.tsv', await largeFile());
});
afterAll(() => world.close());

/** The same thousand rows again and again, every tenth of nobody we know. */
async function largeFile(): Promise<Buffer> {
  const artists = [...Array.from({ length: 9 }, () => 'Nova'), 'Nobody'];
  const rows = distrokidRows({
    seed: 1,
    rows: 1_000,
    artists,
    months: ['2026-08', '2026-09'],
    recoupEvery: 0,
  });
  const columns = ['Sale Month', 'Artist', 'Country of Sale', 'Earnings (USD)'];
  const pieces: Buffer[] = [];
  for await (const piece of writeTable(distrokidColumns, rows, { ...plainTsv, columns })) pieces.push(piece);
  const table = Buffer.concat(pieces);
  const headerEnd = table.indexOf('\n') + 1;
  const body = table.subarray(headerEnd);
  return Buffer.concat([table.subarray(0, headerEnd), ...Array.from({ length: ROWS / 1_000 }, () => body)]);
}

it('keeps sums and not rows', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const alive: number[] = [];
  const report = await importStatements(
    { pool: world.pool },
    {
      file,
      actor: 'admin-1',
      currency: 'usd',
      skipBad: true,
      onProgress: ({ phase, bytes }) => {
        if (phase !== 'reading' || bytes < alive.length * 1.5 * MEGABYTE) return;
        collect();
        alive.push(process.memoryUsage().heapUsed);
      },
    },
  );
  expect(report).toMatchObject({
    outcome: 'imported',
    rows: ROWS,
    totals: { goodRows: 270_000, badRows: 30_000 },
  });
  expect(alive.length).toBeGreaterThan(4);
  // The first measurement is of a parser that has not warmed up. A number for each row would be 2 MB from there on.
  expect((Math.max(...alive) - (alive[1] ?? 0)) / MEGABYTE).toBeLessThan(1);
});

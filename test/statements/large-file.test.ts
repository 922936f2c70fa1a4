// A distributor's export of 200,000 rows: exact to the last fraction, in memory that does not grow with the rows. What is
// measured is what is alive after a garbage collection, so neither the machine's speed nor its collector's mood matters.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { importStatements } from '../../src/statements/import.js';
import { sumExport, writeExport } from '../support/distributor-export.js';
import { addCreator, createWorld, type World } from './support.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const ROWS = 200_000;
const MEGABYTE = 1024 * 1024;
const NOBODY = 'Nobody We Know';
const MONTHS = ['2026-06', '2026-07', '2026-08'];

let world: World;
let file: string;
let artists: string[];

beforeEach(async () => {
  world = await createWorld();
  artists = Array.from({ length: 299 }, (_, index) => `Artist ${String(index).padStart(3, '0')}`);
  for (const name of artists) await addCreator(world, { name, aliases: [name] });
  file = await world.file('export.tsv', '');
  await writeExport(file, { rows: ROWS, artists: [...artists, NOBODY], months: MONTHS });
});
afterEach(() => world.close());

it('adds a large export up exactly, remainders included, and keeps sums and not rows', async () => {
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
        if (phase !== 'reading' || bytes < alive.length * 2 * MEGABYTE) return;
        collect();
        alive.push(process.memoryUsage().heapUsed);
      },
    },
  );
  expect(report).toMatchObject({ outcome: 'imported', rows: ROWS, unknownCreatorCount: 1 });
  expect(alive.length).toBeGreaterThan(5);
  // The first measurements are of a parser that has not warmed up, and a single one may have seen something else of the
  // process. A number for each row would be some 1 MB from there on.
  const [early, late] = [Math.min(...alive.slice(2, 4)), Math.min(...alive.slice(-2))];
  expect((late - early) / MEGABYTE).toBeLessThan(0.5);

  const sums = await sumExport(world.pool, file);
  expect(sums).toHaveLength(300 * MONTHS.length);
  expect(await storedSums()).toEqual(sums.filter(({ artist }) => artist !== NOBODY));
  expect(report.unknownCreators).toMatchObject([
    { name: NOBODY, sum: await totalOf(sums.filter(({ artist }) => artist === NOBODY)) },
  ]);
  expect(await paidAndCarried()).toBe(await totalOf(sums.filter(({ artist }) => artist !== NOBODY)));
});

async function storedSums() {
  const { rows } = await world.pool.query(
    `SELECT c.display_name AS artist, to_char(s.period_start, 'YYYY-MM') AS month, trim_scale(s.earned)::text AS sum
     FROM royalty_statements s JOIN creators c ON c.id = s.creator_id ORDER BY artist, month`,
  );
  return rows;
}

/** What the statements pay, and what waits for the next ones. */
async function paidAndCarried(): Promise<string> {
  const { rows } = await world.pool.query<{ sum: string }>(
    `SELECT trim_scale((SELECT sum(amount_cents) / 100.0 FROM royalty_statements)
       + (SELECT sum(royalty_carry) FROM creators))::text AS sum`,
  );
  return rows[0]?.sum ?? 'nothing';
}

async function totalOf(sums: readonly { sum: string }[]): Promise<string> {
  const { rows } = await world.pool.query<{ total: string }>(
    'SELECT trim_scale(sum(s::numeric))::text AS total FROM unnest($1::text[]) AS s',
    [sums.map(({ sum }) => sum)],
  );
  return rows[0]?.total ?? 'nothing';
}

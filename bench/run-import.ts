// `npm run bench -- import`: a distributor's export of so many rows goes in, beside the memory that it holds meanwhile.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect, type Database } from '../src/db/connect.js';
import { plainTsv, writeTable } from '../src/statements/dialect.js';
import { importStatements } from '../src/statements/import.js';
import { foldName } from '../src/statements/names.js';
import { distrokidColumns, distrokidRows } from '../src/statements/sample-rows.js';
import { printTable } from './report.js';
import { onStage } from './stage.js';

const MEGABYTE = 1024 * 1024;
/** Creators of the database that the file names. */
const ARTISTS = 300;

export function runImport({ rows }: { rows: number }): Promise<void> {
  return onStage(async (stage) => {
    const { databaseUrl } = await stage.database(10_000);
    const folder = await mkdtemp(path.join(tmpdir(), 'payouts-import-'));
    const db = connect({ url: databaseUrl, poolSize: 2, onError: () => undefined });
    try {
      const file = path.join(folder, 'export.tsv');
      await writeFile(file, rows, await nameArtists(db));
      await measure(db, file, rows);
    } finally {
      await db.close();
      await rm(folder, { recursive: true });
    }
  });
}

async function nameArtists({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; name: string }>(
    'SELECT id, display_name AS name FROM creators ORDER BY id LIMIT $1',
    [ARTISTS],
  );
  await pool.query(
    `INSERT INTO creator_aliases (name_key, name, creator_id)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[])`,
    [rows.map(({ name }) => foldName(name)), rows.map(({ name }) => name), rows.map(({ id }) => id)],
  );
  return rows.map(({ name }) => name);
}

async function writeFile(file: string, rows: number, artists: string[]): Promise<void> {
  const table = distrokidRows({ seed: 1, rows, artists, months: ['2026-07', '2026-08'], recoupEvery: 997 });
  await pipeline(Readable.from(writeTable(distrokidColumns, table, plainTsv)), createWriteStream(file));
}

async function measure({ pool }: Database, file: string, rows: number): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const alive: number[] = [];
  const { size } = await stat(file);
  const began = performance.now();
  const report = await importStatements(
    { pool },
    {
      file,
      actor: 'bench',
      currency: 'usd',
      onProgress({ phase, bytes }) {
        if (phase !== 'reading' || bytes < (alive.length * size) / 20) return;
        collect();
        alive.push(process.memoryUsage().heapUsed);
      },
    },
  );
  const seconds = (performance.now() - began) / 1_000;
  if (report.outcome !== 'imported') throw new Error(`the file was ${report.outcome}`);
  printTable(`Import of ${rows.toLocaleString('en')} rows`, [
    ['', 'seconds', 'rows/s', 'MB', 'MB held early', 'MB held at most'],
    [
      'DistroKid',
      seconds.toFixed(1),
      (rows / seconds).toFixed(0),
      (size / MEGABYTE).toFixed(0),
      ((alive[2] ?? 0) / MEGABYTE).toFixed(1),
      (Math.max(...alive) / MEGABYTE).toFixed(1),
    ],
  ]);
}

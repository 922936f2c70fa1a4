// A distributor's export as large as a test wants it, and what it adds up to by arithmetic that is none of ours: Postgres
// reads the file's amounts as NUMERIC.
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { plainTsv, writeTable } from '../../src/statements/dialect.js';
import { distrokidColumns, distrokidRows } from '../../src/statements/sample-rows.js';

export interface ExportOptions {
  rows: number;
  artists: readonly string[];
  /** `YYYY-MM` */
  months: readonly string[];
}

/** All of DistroKid's 15 columns, up to 12 decimals, now and then something recouped. */
export async function writeExport(file: string, options: ExportOptions): Promise<void> {
  const rows = distrokidRows({ seed: 2026, recoupEvery: 997, ...options });
  await pipeline(Readable.from(writeTable(distrokidColumns, rows, plainTsv)), createWriteStream(file));
}

/** What an artist earned in a month, exactly, as Postgres writes it without zeros at the end. */
export interface ExactSum {
  artist: string;
  month: string;
  sum: string;
}

const [MONTH, ARTIST, EARNINGS, RECOUP] = [2, 4, 13, 14] as const;
const BATCH = 20_000;

/** By artist and month. */
export async function sumExport(pool: pg.Pool, file: string): Promise<ExactSum[]> {
  const client = await pool.connect();
  try {
    await client.query('CREATE TEMP TABLE export_rows (artist text, month text, amount numeric)');
    for await (const batch of batches(file)) {
      await client.query(
        `INSERT INTO export_rows
         SELECT artist, month, earned::numeric - recouped::numeric
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS r(artist, month, earned, recouped)`,
        [ARTIST, MONTH, EARNINGS, RECOUP].map((column) => batch.map((fields) => fields[column])),
      );
    }
    const { rows } = await client.query<ExactSum>(
      `SELECT artist, month, trim_scale(sum(amount))::text AS sum FROM export_rows
       GROUP BY artist, month ORDER BY artist, month`,
    );
    return rows;
  } finally {
    client.release(true);
  }
}

/** None of the columns that are read is ever quoted, and no field has a tab in it. */
async function* batches(file: string): AsyncGenerator<string[][]> {
  let batch: string[][] = [];
  let header = true;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!header) batch.push(line.split('\t'));
    header = false;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

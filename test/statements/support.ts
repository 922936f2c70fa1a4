// What the statement tests share: a database with a pool, creators in it, and files in a folder that goes away.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import cuid from '@bugsnag/cuid';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { foldName } from '../../src/statements/names.js';
import type { ImportReport } from '../../src/statements/report.js';
import { createTestDatabase } from '../support/database.js';

export interface World {
  pool: pg.Pool;
  /** Writes a file into the test's folder and gives its path. */
  file(name: string, content: string | Buffer): Promise<string>;
  close(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, options: '-c TimeZone=UTC' });
  // One that is ending is cut off where its database is dropped first.
  pool.on('error', () => undefined);
  // The database is dropped under connections that are about to end.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  const folder = await mkdtemp(path.join(tmpdir(), 'statements-'));
  return {
    pool,
    file: async (name, content) => {
      // Its own folder, for the same name may be written twice with another content.
      const place = path.join(
        folder,
        `${createHash('sha256').update(content).digest('hex').slice(0, 8)}-${name}`,
      );
      await writeFile(place, content);
      return place;
    },
    close: async () => {
      await pool.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let people = 0;

/** A creator with a made-up e-mail and external id where none is given; known to files by `aliases`. */
export async function addCreator(
  { pool }: World,
  input: { name: string; email?: string; externalId?: string; aliases?: string[] },
): Promise<string> {
  const id = cuid();
  people += 1;
  await pool.query(
    `INSERT INTO creators (id, external_id, display_name, email, updated_at) VALUES ($1, $2, $3, $4, now())`,
    [id, input.externalId ?? `ext-${people}`, input.name, input.email ?? `someone${people}@example.com`],
  );
  for (const alias of input.aliases ?? []) {
    await pool.query('INSERT INTO creator_aliases (name_key, name, creator_id) VALUES ($1, $2, $3)', [
      foldName(alias),
      alias,
      id,
    ]);
  }
  return id;
}

export interface StoredStatement {
  creator: string;
  start: string;
  end: string;
  cents: number;
  earned: string;
  carriedIn: string;
  carriedOut: string;
}

/** A creator's statements by period; decimals without zeros at the end. */
export async function statementsOf({ pool }: World, creatorId: string): Promise<StoredStatement[]> {
  const { rows } = await pool.query<StoredStatement>(
    `SELECT creator_id AS creator, period_start::text AS start, period_end::text AS end, amount_cents AS cents,
       trim_scale(earned)::text AS earned, trim_scale(carried_in)::text AS "carriedIn",
       trim_scale(carried_out)::text AS "carriedOut"
     FROM royalty_statements WHERE creator_id = $1 ORDER BY period_start, period_end`,
    [creatorId],
  );
  return rows;
}

/** What waits for the creator's next statement, without zeros at the end. */
export async function carryOf({ pool }: World, creatorId: string): Promise<string> {
  const { rows } = await pool.query<{ carry: string }>(
    'SELECT trim_scale(royalty_carry)::text AS carry FROM creators WHERE id = $1',
    [creatorId],
  );
  return rows[0]?.carry ?? 'no such creator';
}

/** Everything that an import may write, so that a test can say that nothing was. */
export async function everything({ pool }: World): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT (SELECT jsonb_agg(to_jsonb(s) ORDER BY id) FROM royalty_statements s) AS statements,
       (SELECT jsonb_agg(to_jsonb(i) ORDER BY id) FROM statement_imports i) AS imports,
       (SELECT jsonb_agg(to_jsonb(c) ORDER BY id) FROM creators c) AS creators,
       (SELECT jsonb_agg(to_jsonb(a) ORDER BY id) FROM audit_events a) AS audit`,
  );
  return rows[0];
}

/** A DistroKid file of `[artist, month, earnings, recoup]` rows, with just the columns that count. */
export function distrokidFile(rows: readonly (readonly [string, string, string, string?])[]): string {
  const header = 'Sale Month\tArtist\tTitle\tCountry of Sale\tEarnings (USD)\tRecoup (USD)';
  const lines = rows.map(([artist, month, earnings, recoup = '']) =>
    [month, artist, 'Slow Ferry', 'SE', earnings, recoup].join('\t'),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

/** Our own format, of `[creator, start, end, cents]` rows. */
export function ownFile(rows: readonly (readonly [string, string, string, string])[]): string {
  return `${['creator_email,period_start,period_end,amount_cents', ...rows.map((row) => row.join(','))].join('\n')}\n`;
}

/** Starts imports that all want this creator, and lets them go on only when each of them waits for something. */
export async function atTheSameMoment(
  { pool }: World,
  creator: string,
  runs: (() => Promise<ImportReport>)[],
): Promise<ImportReport[]> {
  const holder = await pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM creators WHERE id = $1 FOR UPDATE', [creator]);
    const reports = Promise.all(runs.map((start) => start()));
    await vi.waitFor(async () => expect(await waiting(pool)).toBe(runs.length), 15_000);
    await holder.query('COMMIT');
    return await reports;
  } finally {
    // Ended rather than kept: a transaction that is still open would hold back every log of the server.
    holder.release(true);
  }
}

async function waiting(pool: pg.Pool): Promise<number | undefined> {
  const { rows } = await pool.query<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.waiting;
}

// What is in the database: migrations, a restore that nobody finished, indexes and triggers.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { pendingMigrations } from '../../db/migrate.js';
import { assertReadied, RestoreError } from '../../db/restored-log.js';
import { type Finding, failed, ok } from './finding.js';

/** A role that was made later, as when a password is changed, may lack what the first one had. */
export async function checkRights(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND NOT (has_table_privilege(c.oid, 'SELECT')
         AND (c.relname = '_prisma_migrations' OR has_table_privilege(c.oid, 'INSERT')))
     ORDER BY 1`,
  );
  if (rows.length === 0) return [];
  const message = `The role of DATABASE_URL may not read or write ${rows.map(({ name }) => name).join(', ')}.`;
  return [failed('postgres-rights', message, 'Give it the rights of the role that owns them.')];
}

export async function checkMigrations(url: string, dir: string): Promise<Finding[]> {
  const pending = await pendingMigrations(url, dir);
  if (pending.length === 0) return [ok('migrations', 'All migrations are applied.')];
  const message = `${pending.length === 1 ? 'A migration is' : `${pending.length} migrations are`} pending: ${pending.join(', ')}.`;
  return [failed('migrations', message, 'npm run payouts -- migrate')];
}

/** A restored database that no server starts on yet. */
export async function checkRestore(url: string): Promise<Finding[]> {
  try {
    await assertReadied(url);
    return [];
  } catch (error) {
    if (!(error instanceof RestoreError)) throw error;
    return [failed('restore', error.message, 'npm run payouts -- after-restore')];
  }
}

/** Indexes that broke off or were dropped, and triggers that somebody switched off. */
export async function checkObjects(client: pg.Client, dir: string): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string; valid: boolean }>(
    `SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema()`,
  );
  const there = new Set(rows.map(({ name }) => name));
  const invalid = rows.filter(({ valid }) => !valid).map(({ name }) => name);
  const missing = (await indexesOf(dir)).filter((name) => !there.has(name));
  const off = await disabledTriggers(client);
  const found = [
    ...invalid.map((name) =>
      failed('indexes', `The index ${name} is invalid.`, `REINDEX INDEX CONCURRENTLY "${name}";`),
    ),
    ...missing.map((name) =>
      failed('indexes', `The index ${name} is missing.`, 'Make it anew as its migration does.'),
    ),
    ...off.map((name) => failed('triggers', `The trigger ${name} is switched off: its rows are unguarded.`)),
  ];
  return found.length > 0 ? found : [ok('schema', 'No index or trigger is missing, broken or switched off.')];
}

async function disabledTriggers(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tgrelid::regclass || '.' || tgname AS name FROM pg_trigger
     WHERE NOT tgisinternal AND tgenabled = 'D' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

const CREATED = /CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?/gi;
const DROPPED = /DROP\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+EXISTS\s+)?"?(\w+)"?/gi;

/** Those that the migrations make and none of them drops again. */
async function indexesOf(dir: string): Promise<string[]> {
  const names = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const kept = new Set<string>();
  for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const sql = (await readFile(path.join(dir, name, 'migration.sql'), 'utf8')).replace(/--.*$/gm, '');
    for (const [, made = ''] of sql.matchAll(CREATED)) kept.add(made);
    for (const [, gone = ''] of sql.matchAll(DROPPED)) kept.delete(gone);
  }
  return [...kept];
}

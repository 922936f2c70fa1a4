// The migrator against real databases: what it applies, what it refuses, and that the Prisma CLI agrees with it.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { ensureDatabase, MigrationError, migrate, pendingMigrations } from '../../src/db/migrate.js';
import { asAdmin, createTestDatabase, databaseUrl } from '../support/database.js';

const ROOT = path.join(import.meta.dirname, '../..');

let dir: string;
let url: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'migrations-'));
  url = databaseUrl(inject('pgUrl'), `${inject('pgTemplate')}_${randomBytes(6).toString('hex')}`);
  await ensureDatabase(url);
});

afterEach(async () => {
  await rm(dir, { recursive: true });
  await asAdmin(inject('pgUrl'), `DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
});

test('applies what is missing, in the order of the names, and then nothing', async () => {
  await add('002_rows', 'INSERT INTO notes VALUES (1);');
  await add('001_table', 'CREATE TABLE notes (id int); -- no semicolon follows');
  expect(await pendingMigrations(url, dir)).toEqual(['001_table', '002_rows']);
  expect(await migrate(url, dir)).toEqual(['001_table', '002_rows']);
  await add('003_more', 'INSERT INTO notes VALUES (2)');
  expect(await pendingMigrations(url, dir)).toEqual(['003_more']);
  expect(await migrate(url, dir)).toEqual(['003_more']);
  expect(await migrate(url, dir)).toEqual([]);
  expect(await query('SELECT id FROM notes ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
});

test('of several processes one applies and the others wait for it', async () => {
  await add('001_slow', 'CREATE TABLE notes (id int); SELECT pg_sleep(0.2);');
  await add('002_rows', 'INSERT INTO notes VALUES (1);');
  const answers = await Promise.all([1, 2, 3, 4].map(() => migrate(url, dir)));
  expect(answers.flat().sort()).toEqual(['001_slow', '002_rows']);
  expect(await query('SELECT id FROM notes')).toEqual([{ id: 1 }]);
});

test('a migration that fails leaves nothing but its record, and blocks until it is resolved', async () => {
  await add('001_bad', 'CREATE TABLE half (id int); SELECT nonsense;');
  await expect(migrate(url, dir)).rejects.toThrow(
    /001_bad failed: .*"nonsense" does not exist.*--rolled-back 001_bad/s,
  );
  expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  expect(await query('SELECT finished_at, logs FROM _prisma_migrations')).toEqual([
    { finished_at: null, logs: expect.stringContaining('nonsense') },
  ]);
  await add('001_bad', 'CREATE TABLE half (id int);');
  await expect(migrate(url, dir)).rejects.toThrow(/001_bad failed before/);
  await expect(migrate(url, dir)).rejects.toBeInstanceOf(MigrationError);
  expect(await pendingMigrations(url, dir)).toEqual(['001_bad']);
  await query('UPDATE _prisma_migrations SET rolled_back_at = now()'); // what `prisma migrate resolve` does
  expect(await migrate(url, dir)).toEqual(['001_bad']);
});

test('one that gets no lock in its time leaves not even a record: it is run again', async () => {
  await add('001_table', 'CREATE TABLE notes (id int);');
  await migrate(url, dir);
  await add('002_busy', "SET lock_timeout = '50ms'; CREATE TABLE half (id int); LOCK TABLE notes;");
  const writer = new pg.Client({ connectionString: url });
  await writer.connect();
  await writer.query('BEGIN; LOCK TABLE notes');
  await expect(migrate(url, dir)).rejects.toThrow(/002_busy was not applied.*Run it again.*lock timeout/s);
  expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  await writer.end();
  expect(await migrate(url, dir)).toEqual(['002_busy']);
});

test('one whose server goes away leaves not even a record', async () => {
  await add('001_cut', 'CREATE TABLE half (id int); SELECT pg_terminate_backend(pg_backend_pid());');
  await expect(migrate(url, dir)).rejects.toThrow(/001_cut was not applied/);
  expect(await query('SELECT * FROM _prisma_migrations')).toEqual([]);
  await add('001_cut', 'CREATE TABLE half (id int);');
  expect(await migrate(url, dir)).toEqual(['001_cut']);
});

test('a migration and the record of it are one transaction', async () => {
  await add(
    '001_hides_the_record',
    'CREATE TABLE half (id int); ALTER TABLE _prisma_migrations RENAME TO gone;',
  );
  await expect(migrate(url, dir)).rejects.toThrow(/"public._prisma_migrations" does not exist/);
  expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
});

test("gives Prisma's lock back, also after a failure", async () => {
  await add('001_bad', 'nonsense');
  await expect(migrate(url, dir)).rejects.toThrow();
  expect(await query('SELECT pg_try_advisory_lock(72707369) AS free')).toEqual([{ free: true }]);
});

test("waits while Prisma's lock is taken", async () => {
  await add('001_table', 'CREATE TABLE notes (id int);');
  const prisma = new pg.Client({ connectionString: url });
  await prisma.connect();
  await prisma.query('SELECT pg_advisory_lock(72707369)');
  const migrating = migrate(url, dir);
  await expect
    .poll(() => query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"), { interval: 20 })
    .toHaveLength(1);
  expect(await query("SELECT to_regclass('notes') AS notes")).toEqual([{ notes: null }]);
  await prisma.end();
  expect(await migrating).toEqual(['001_table']);
});

test('refuses a file that was edited after it was applied; other line ends are no edit', async () => {
  await add('001_table', 'CREATE TABLE notes (\n id int);\n');
  await migrate(url, dir);
  await add('001_table', 'CREATE TABLE notes (\r\n id int);\r\n');
  expect(await migrate(url, dir)).toEqual([]);
  await add('001_table', 'CREATE TABLE notes (id bigint);');
  await add('002_next', 'SELECT 1;');
  await expect(migrate(url, dir)).rejects.toThrow(/001_table was edited after it was applied/);
  expect(await pendingMigrations(url, dir)).toEqual(['002_next']);
});

test('refuses a script that leaves its transaction open', async () => {
  await add('001_open', 'BEGIN; CREATE TABLE notes (id int);');
  await expect(migrate(url, dir)).rejects.toThrow(/begins a transaction that it does not end/);
});

test('runs a statement that refuses transactions, and one that moves the search path', async () => {
  await add('001_table', "CREATE TABLE notes (id int); SET search_path = 'pg_catalog';");
  await add('002_index', 'CREATE INDEX CONCURRENTLY notes_id ON notes (id);');
  expect(await migrate(url, dir)).toEqual(['001_table', '002_index']);
  expect(await migrate(url, dir)).toEqual([]);
});

test('several processes may create the database at once', async () => {
  const fresh = databaseUrl(inject('pgUrl'), `${inject('pgTemplate')}_${randomBytes(6).toString('hex')}`);
  await Promise.all([1, 2, 3].map(() => ensureDatabase(fresh)));
  expect(await pendingMigrations(fresh, dir)).toEqual([]);
  await asAdmin(inject('pgUrl'), `DROP DATABASE ${new URL(fresh).pathname.slice(1)} WITH (FORCE)`);
});

test('the Prisma CLI finds our own migrations applied', { timeout: 60_000 }, async () => {
  const database = await createTestDatabase();
  expect(await prisma(['migrate', 'status'], database.url)).toContain('Database schema is up to date!');
  await database.drop();
});

test('finds applied what the Prisma CLI has applied', { timeout: 60_000 }, async () => {
  expect(await prisma(['migrate', 'deploy'], url)).toContain(
    'All migrations have been successfully applied.',
  );
  expect(await migrate(url, path.join(ROOT, 'prisma/migrations'))).toEqual([]);
});

async function add(name: string, sql: string): Promise<void> {
  await mkdir(path.join(dir, name), { recursive: true });
  await writeFile(path.join(dir, name, 'migration.sql'), sql);
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

async function prisma(args: string[], databaseUrl: string): Promise<string> {
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const env = { ...process.env, DATABASE_URL: databaseUrl, CHECKPOINT_DISABLE: '1' };
  return (await promisify(execFile)(process.execPath, [cli, ...args], { cwd: ROOT, env })).stdout;
}

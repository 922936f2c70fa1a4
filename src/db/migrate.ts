// Applies prisma/migrations/NAME/migration.sql over a plain connection: no Prisma CLI and no engine at run time.
// It keeps Prisma's own bookkeeping table and takes Prisma's own lock, so `prisma migrate status` and `deploy` agree
// with what it did, and either may go first.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

/** A migration cannot be applied, or must not be: the message says which and what to do. */
export class MigrationError extends Error {
  readonly code = 'MIGRATION';
  readonly migration: string;

  constructor(migration: string, message: string, options?: ErrorOptions) {
    super(`Migration ${migration} ${message}`, options);
    this.name = 'MigrationError';
    this.migration = migration;
  }
}

interface Migration {
  name: string;
  sql: string;
}

interface Applied {
  name: string;
  checksum: string;
  finished: boolean;
  logs: string | null;
}

/** The number of the advisory lock that Prisma Migrate takes. */
const PRISMA_LOCK = 72707369;

/** Qualified, because a migration may change the search path. */
const TABLE = 'public."_prisma_migrations"';

/** As Prisma creates it. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS ${TABLE} (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** Creates the database that `url` names unless it is there. */
export async function ensureDatabase(url: string): Promise<void> {
  const missing = await connected(url, async () => false).catch((error: pg.DatabaseError) => {
    if (error.code === '3D000') return true;
    throw error;
  });
  if (!missing) return;
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/postgres';
  await connected(server.href, (client) =>
    client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`),
  ).catch((error: pg.DatabaseError) => {
    // Another process made it meanwhile: 42P04 if it was quicker, 23505 if both were at it.
    if (error.code !== '42P04' && error.code !== '23505') throw error;
  });
}

/**
 * Applies the migrations in `dir` that the database lacks, in the order of their names, and returns those names.
 * Each is applied in one transaction, unless it has transactions of its own or a statement that refuses them.
 * Of several processes one applies; the others wait for it and find nothing to do.
 *
 * Throws {@link MigrationError} where one fails (recorded, as Prisma does, unless it may simply be run again), failed
 * before, or was edited since.
 */
export async function migrate(url: string, dir: string): Promise<string[]> {
  const migrations = await readMigrations(dir);
  return connected(url, (client) => locked(client, () => applyMissing(client, url, migrations)));
}

/** The names of the migrations in `dir` that `migrate` would have to apply. The database must exist. */
export async function pendingMigrations(url: string, dir: string): Promise<string[]> {
  const migrations = await readMigrations(dir);
  const finished = await connected(url, async (client) => {
    const { rows } = await client.query('SELECT 1 WHERE to_regclass($1) IS NOT NULL', [TABLE]);
    return rows.length > 0 ? (await readApplied(client)).filter((row) => row.finished) : [];
  });
  const names = new Set(finished.map((row) => row.name));
  return migrations.map(({ name }) => name).filter((name) => !names.has(name));
}

async function applyMissing(client: pg.Client, url: string, migrations: Migration[]): Promise<string[]> {
  await client.query(CREATE_TABLE);
  const applied = new Map((await readApplied(client)).map((row) => [row.name, row]));
  const missing = migrations.filter((migration) => !isApplied(migration, applied.get(migration.name)));
  for (const migration of missing) await apply(client, url, migration);
  return missing.map(({ name }) => name);
}

/** Throws if it was applied only in part, or differs from what was applied. */
function isApplied({ name, sql }: Migration, row: Applied | undefined): boolean {
  if (!row) return false;
  if (!row.finished) {
    throw new MigrationError(
      name,
      `failed before: ${row.logs ?? 'it was interrupted'}\nRepair what it left, then run ` +
        `"npx prisma migrate resolve --rolled-back ${name}" to have it applied again.`,
    );
  }
  if (checksums(sql).includes(row.checksum)) return true;
  throw new MigrationError(
    name,
    'was edited after it was applied. Restore its file and put the change into a new migration.',
  );
}

/** A connection of its own: what the script leaves behind (settings, an open transaction) ends with it. */
async function apply(client: pg.Client, url: string, { name, sql }: Migration): Promise<void> {
  const started = new Date().toISOString();
  try {
    await connected(url, async (own) => {
      const done = record(name, sql, started);
      // One message is one transaction: a process killed half way leaves neither the change nor a record of it.
      if (/\bconcurrently\b/i.test(sql)) await own.query(sql).then(() => own.query(done));
      else await own.query(`${sql}\n;\n${done}`);
      if (own.getTransactionStatus() !== 'I') throw new Error('it begins a transaction that it does not end');
    });
  } catch (cause) {
    if (leftNothing(sql, cause)) throw new MigrationError(name, `${PASSES}${String(cause)}`, { cause });
    await client.query(record(name, sql, started, String(cause))).catch(() => {}); // the cause says more
    throw new MigrationError(
      name,
      `failed: ${String(cause)}\nCorrect its file and repair what it left, if anything; then run ` +
        `"npx prisma migrate resolve --rolled-back ${name}" and start again.`,
      { cause },
    );
  }
}

const PASSES =
  'was not applied, and has changed nothing. Run it again, at a quieter moment if it waited for a lock: ';

/** Classes of errors that are none of the script: connection, resources, locks, serialization, an operator's hand. */
const PASSING = /^(08|40|53|55|57)/;

/** Whether the same script may simply be run again: it was one transaction, and what ended it passes. */
function leftNothing(sql: string, cause: unknown): boolean {
  const isWhole = !/\bconcurrently\b|(^|;)\s*commit\b/im.test(sql);
  return (
    isWhole && (cause instanceof pg.DatabaseError ? PASSING.test(cause.code ?? '') : isOfConnection(cause))
  );
}

/** What Node and `pg` throw where the server is gone. */
const isOfConnection = (cause: unknown): boolean =>
  cause instanceof Error && ('code' in cause || cause.message.startsWith('Connection terminated'));

/** The statement that enters a migration into the bookkeeping: as failed where there are `logs`. */
function record(name: string, sql: string, started: string, logs?: string): string {
  const text = [randomUUID(), sha256(sql), name, started].map(pg.escapeLiteral).join(', ');
  const outcome = logs === undefined ? 'now(), 1, NULL' : `NULL, 0, ${pg.escapeLiteral(logs)}`;
  const columns = 'id, checksum, migration_name, started_at, finished_at, applied_steps_count, logs';
  return `INSERT INTO ${TABLE} (${columns}) VALUES (${text}, ${outcome})`;
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs
     FROM ${TABLE} WHERE rolled_back_at IS NULL`,
  );
  return rows;
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const read = (name: string) => readFile(path.join(dir, name, 'migration.sql'), 'utf8');
  return Promise.all(names.sort().map(async (name) => ({ name, sql: await read(name) })));
}

/** Git may turn line ends over between two machines: that is no edit. */
function checksums(sql: string): string[] {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].map(sha256);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function locked<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
  try {
    return await work();
  } finally {
    // A lost connection has given the lock back already.
    await client.query('SELECT pg_advisory_unlock($1)', [PRISMA_LOCK]).catch(() => {});
  }
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'payouts-migrate' });
  client.on('error', () => {}); // the next query on it rejects
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

// The database: reachable, new enough, safe, whole, and of our time.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { pendingMigrations } from '../../db/migrate.js';
import { assertReadied, RestoreError } from '../../db/restored-log.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** 14: what the migrations are written for. */
const OLDEST = 140_000;

export async function checkServer(client: pg.Client, production: boolean): Promise<Finding[]> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version,
       current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS "synchronousCommit",
       current_setting('full_page_writes') AS "fullPageWrites", pg_is_in_recovery()::text AS replica`,
  );
  const server = rows[0] ?? {};
  const found: Finding[] = [];
  if (Number(server['number']) < OLDEST) {
    found.push(failed('postgres-version', `Postgres is ${server['version']}: it must be 14 or newer.`));
  }
  if (server['encoding'] !== 'UTF8') {
    found.push(
      failed('postgres-encoding', `The database's encoding is ${server['encoding']}: it must be UTF8.`),
    );
  }
  if (server['replica'] === 'true') {
    found.push(
      failed('postgres-replica', 'DATABASE_URL names a replica: it takes no writes.', 'Name the primary.'),
    );
  }
  const unsafe = Object.entries({
    fsync: server['fsync'],
    full_page_writes: server['fullPageWrites'],
    synchronous_commit: server['synchronousCommit'],
  }).filter(([, value]) => value === 'off');
  for (const [name] of unsafe) {
    const fix = `Set ${name} = on: what is told to Stripe must have been written.`;
    found.push(
      (production ? failed : warning)(
        'postgres-durability',
        `${name} is off: a crash may forget what was committed.`,
        fix,
      ),
    );
  }
  return found.length > 0 ? found : [ok('postgres', `Postgres ${server['version']} is reachable.`)];
}

/** For backups, monitoring and superusers. */
const SPARE_CONNECTIONS = 10;

/** An API and a worker, one more of each while it is replaced, and a command. */
const LEAST_PROCESSES = 5;

/** Whether all pools together fit; see docs/operations/deployment.md. A limit of the database or of our user counts too. */
export async function checkConnections(
  client: Pick<pg.Client, 'query'>,
  poolSize: number,
): Promise<Finding[]> {
  const { rows } = await client.query<{ most: number }>(
    `SELECT least(current_setting('max_connections')::int, nullif(d.datconnlimit, -1), nullif(r.rolconnlimit, -1)) AS most
     FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`,
  );
  const most = rows[0]?.most ?? 0;
  const processes = Math.max(0, Math.floor((most - SPARE_CONNECTIONS) / poolSize));
  const message = `Postgres allows us ${most} connections: room for ${processes} processes with ${poolSize} each.`;
  if (processes >= LEAST_PROCESSES) return [ok('connections', message)];
  return [warning('connections', message, 'Raise max_connections, or make DATABASE_POOL_SIZE smaller.')];
}

/** Milliseconds: then events, tokens and leases begin to be judged wrongly. */
const CLOCK_WARNING_MS = 2_000;
const CLOCK_ERROR_MS = 60_000;

/** @param here the process's clock, in milliseconds */
export async function checkClock(client: pg.Client, here: () => number = Date.now): Promise<Finding[]> {
  const before = here();
  const { rows } = await client.query<{ now: string }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now',
  );
  // The answer was made somewhere between the asking and the hearing.
  const apart = Math.round(Math.abs(Number(rows[0]?.now) - (before + here()) / 2));
  if (apart < CLOCK_WARNING_MS)
    return [ok('clock', `The clocks of process and database agree to ${apart} ms.`)];
  const message = `The clocks of process and database are ${(apart / 1_000).toFixed(1)} s apart.`;
  const fix = 'Let both keep time by NTP.';
  return [(apart >= CLOCK_ERROR_MS ? failed : warning)('clock', message, fix)];
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

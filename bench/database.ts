// A database of the benchmark's own: on the server that DATABASE_URL names, else on an embedded one. Gone afterwards.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import { readConfig } from '../src/config.js';
import { ensureDatabase, migrate } from '../src/db/migrate.js';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/start.js';
import { MIGRATIONS } from '../src/wiring/database.js';

export interface BenchDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Migrated and empty. `folder` is where an embedded server keeps its data. */
export async function openDatabase(folder: string): Promise<BenchDatabase> {
  const name = `payouts_bench_${randomBytes(4).toString('hex')}`;
  const { url: given } = readConfig().database;
  const server = given
    ? null
    : await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), discard: true });
  const home = given ?? server?.url('postgres') ?? '';
  const url = new URL(home);
  url.pathname = `/${name}`;
  const drop = async () => {
    await runOn(home, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server?.stop();
  };
  try {
    await ensureDatabase(url.href);
    await migrate(url.href, MIGRATIONS);
    return { url: url.href, drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

// What the tests run against, started once for a whole run: a real Postgres with a migrated template database, and
// a Redis. TEST_DATABASE_URL and TEST_REDIS_URL name servers that run already. All of it ends with this process,
// however that ends.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { ensureDatabase, migrate } from '../../src/db/migrate.js';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/start.js';
import { asAdmin, databaseUrl } from './database.js';
import { type RedisKind, startRedis } from './redis.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's maintenance database, as a user that may create databases. */
    pgUrl: string;
    /** The name of the migrated database that createTestDatabase clones. */
    pgTemplate: string;
    redisUrl: string;
    redisKind: RedisKind;
  }
}

const MIGRATIONS = path.join(import.meta.dirname, '../../prisma/migrations');

interface TestPostgres {
  url: string;
  /** For the line that says which servers ran. */
  label: string;
  stop(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const template = `payouts_test_${randomBytes(4).toString('hex')}`;
  await makeTemplate(postgres.url, template);
  project.provide('pgUrl', postgres.url);
  project.provide('pgTemplate', template);
  project.provide('redisUrl', redis.url);
  project.provide('redisKind', redis.kind);
  console.log(`Tests run against ${postgres.label} and Redis (${redis.kind})`);
  return async () => {
    await dropAll(postgres.url, template);
    await Promise.all([postgres.stop(), redis.stop()]);
  };
}

async function startPostgres(): Promise<TestPostgres> {
  const external = process.env.TEST_DATABASE_URL;
  if (external) return { url: external, label: 'Postgres (external)', stop: async () => {} };
  const dataDir = path.join(tmpdir(), `payouts-test-${randomBytes(8).toString('hex')}`);
  const server = await startEmbeddedPostgres({ dataDir, durable: false, discard: true });
  return { url: server.url('postgres'), label: 'Postgres (embedded)', stop: server.stop };
}

/** Nobody may connect to it afterwards, since a database that is in use cannot be cloned. */
async function makeTemplate(server: string, name: string): Promise<void> {
  const url = databaseUrl(server, name);
  await ensureDatabase(url);
  await migrate(url, MIGRATIONS);
  await asAdmin(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
}

/** An external server outlives us: the template goes, and what a test file has forgotten to drop. */
async function dropAll(server: string, template: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const names = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [template],
  );
  for (const { name } of names.rows) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.end();
}

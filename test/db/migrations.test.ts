// The migrations themselves: idempotent by psql alone, equal to Prisma's schema, and the seed's table exactly.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ROOT = path.join(import.meta.dirname, '../..');
const MIGRATIONS = path.join(ROOT, 'prisma/migrations');
const names = readdirSync(MIGRATIONS)
  .filter((name) => /^\d{3}_/.test(name))
  .sort();
const run = promisify(execFile);

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** psql sends a file's statements one by one; where it is not installed, so do we. */
async function psql(name: string): Promise<void> {
  const file = path.join(MIGRATIONS, name, 'migration.sql');
  try {
    await run('psql', ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', '--file', file, database.url]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await client.query(readFileSync(file, 'utf8'));
  }
}

/** Everything about the schema that a migration could change. */
async function fingerprint(): Promise<unknown> {
  const { rows } = await client.query(`
    SELECT 'column' AS kind, table_name || '.' || column_name AS name,
      concat_ws(' ', ordinal_position, data_type, udt_name, datetime_precision, numeric_precision, numeric_scale,
        is_nullable, column_default) AS what
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'enum', t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
      FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname
    UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3`);
  return rows;
}

/** What a later migration has made anew: the function `rebuild_payout_rollups`. */
const REPLACED_BY = new Map([
  ['014_add_payout_rollups', '030_count_required_approvals'],
  ['017_count_payouts_whoever_writes', '030_count_required_approvals'],
  ['025_add_payout_control', '030_count_required_approvals'],
]);

describe('every migration', () => {
  test.for(names)('%s changes nothing when psql runs it again', async (name) => {
    const before = await fingerprint();
    const later = REPLACED_BY.get(name);
    for (const one of later ? [name, later] : [name]) await psql(one);
    expect(await fingerprint()).toEqual(before);
  });

  test('from nothing, by psql alone and twice over, they make the same schema', async () => {
    const expected = await fingerprint();
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    for (const name of names) {
      await psql(name);
      await psql(name);
    }
    expect(withoutBookkeeping(await fingerprint())).toEqual(withoutBookkeeping(expected));
  });
});

/** The migrator's own table is not made by a migration. */
const withoutBookkeeping = (rows: unknown) =>
  (rows as { name: string; what: string }[]).filter(
    ({ name, what }) => !name.includes('_prisma_migrations') && !what.includes('_prisma_migrations'),
  );

test('Prisma finds no difference between its schema and the migrated database', async () => {
  const prisma = path.join(ROOT, 'node_modules/.bin/prisma');
  const args = [
    'migrate',
    'diff',
    '--from-config-datasource',
    '--to-schema',
    'prisma/schema.prisma',
    '--exit-code',
  ];
  const env = { ...process.env, DATABASE_URL: database.url };
  const { stdout } = await run(prisma, args, { cwd: ROOT, env }).catch((error) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  expect(stdout).toContain('No difference detected');
}, 60_000);

test("the payouts table begins with the seed's twelve columns, exactly", async () => {
  const { rows } = await client.query(`
    SELECT column_name, udt_name, datetime_precision, is_nullable, column_default
    FROM information_schema.columns WHERE table_name = 'payouts' ORDER BY ordinal_position LIMIT 12`);
  expect(rows.map((r) => Object.values(r))).toEqual([
    ['id', 'text', null, 'NO', null],
    ['creator_id', 'text', null, 'NO', null],
    ['royalty_statement_id', 'text', null, 'YES', null],
    ['amount_cents', 'int4', null, 'NO', null],
    ['stripe_transfer_id', 'text', null, 'YES', null],
    ['status', 'PayoutStatus', null, 'NO', `'PENDING'::"PayoutStatus"`],
    ['processed_at', 'timestamp', 3, 'YES', null],
    ['failed_reason', 'text', null, 'YES', null],
    ['retry_count', 'int4', null, 'NO', '0'],
    ['last_retry_at', 'timestamp', 3, 'YES', null],
    ['created_at', 'timestamp', 3, 'NO', 'CURRENT_TIMESTAMP'],
    ['updated_at', 'timestamp', 3, 'NO', null],
  ]);
});

test('deleting a royalty statement leaves its payouts, without it', async () => {
  await client.query(`
    INSERT INTO creators (id, external_id, display_name, email, updated_at) VALUES ('c', 'c', 'C', 'c@example.com', now());
    INSERT INTO royalty_statements (id, external_id, creator_id, period_start, period_end, amount_cents, updated_at)
      VALUES ('s', 's', 'c', '2026-01-01', '2026-01-31', 100, now());
    INSERT INTO payouts (id, creator_id, royalty_statement_id, amount_cents, updated_at) VALUES ('p', 'c', 's', 100, now());
    DELETE FROM royalty_statements WHERE id = 's'`);
  const { rows } = await client.query(`SELECT royalty_statement_id FROM payouts WHERE id = 'p'`);
  expect(rows).toEqual([{ royalty_statement_id: null }]);
});

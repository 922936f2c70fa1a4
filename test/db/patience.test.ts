// A Postgres that takes too long, or says nothing at all: what asked it fails in time, and nothing else does.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connect, type Database } from '../../src/db/connect.js';
import { inTransaction } from '../../src/db/transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Link, openLink } from '../support/link.js';
import { ADMIN, runApp } from '../support/running-app.js';

const STATEMENT_MS = 300;
/** What a statement that is not answered may take until it is given up. */
const GIVEN_UP_MS = STATEMENT_MS + 2_500;

let database: TestDatabase;
let link: Link;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  link = await openLink(database.url);
  db = connect({ url: link.url, poolSize: 2, statementMs: STATEMENT_MS, onError: () => undefined });
});
afterEach(() => link.thaw());
afterAll(async () => {
  await db.close();
  await link.close();
  await database.drop();
});

const ask = async () => (await db.pool.query<{ n: number }>('SELECT 1 AS n')).rows[0]?.n;

async function lasting(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await expect(work()).rejects.toThrow();
  return performance.now() - began;
}

test('a statement that takes too long is cancelled by Postgres, and its connection goes on', async () => {
  await ask();
  const connections = db.pool.totalCount;
  const slow = db.pool.query('SELECT pg_sleep(30)');
  await expect(slow).rejects.toMatchObject({ code: '57014' });
  expect(await ask()).toBe(1);
  expect(db.pool.totalCount).toBeLessThanOrEqual(connections);
});

test('a Postgres that says nothing fails what asked it, and is asked anew once it is back', async () => {
  await ask();
  link.freeze();
  expect(await lasting(ask)).toBeLessThan(GIVEN_UP_MS);
  link.thaw();
  expect(await ask()).toBe(1);
});

test('in a transaction too: it is given up once, and not once more for its end', async () => {
  const work = () =>
    inTransaction(db.pool, async (client) => {
      await client.query('SELECT 1');
      link.freeze();
      await client.query('SELECT 2');
    });
  expect(await lasting(work)).toBeLessThan(GIVEN_UP_MS);
  link.thaw();
  expect(await ask()).toBe(1);
  expect(db.pool.idleCount).toBe(db.pool.totalCount);
});

test('a command waits for as long as it takes', async () => {
  const patient = connect({ url: link.url, poolSize: 1, onError: () => undefined });
  const { rows } = await patient.pool.query(
    `SELECT pg_sleep(1), current_setting('statement_timeout') AS most`,
  );
  expect(rows).toMatchObject([{ most: '0' }]);
  await patient.close();
});

test('a request whose statement takes too long is told so in time, and the next one as ever', async () => {
  const app = await runApp({ DATABASE_STATEMENT_TIMEOUT: '300ms', ROLE: 'api' });
  const token = await app.token(ADMIN);
  const list = { query: '{ payouts { nodes { id } } }' };
  await inTransaction(app.world.db.pool, async (client) => {
    await client.query('LOCK TABLE payouts IN ACCESS EXCLUSIVE MODE');
    const began = performance.now();
    const { errors } = await app.query(list, token);
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(performance.now() - began).toBeLessThan(GIVEN_UP_MS);
  });
  expect((await app.query(list, token)).data).toEqual({ payouts: { nodes: [] } });
  await app.close();
});

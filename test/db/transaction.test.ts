// Transactions: all or nothing, again where Postgres asks for it, and no connection lost.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/db/connect.js';
import { inTransaction } from '../../src/db/transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Database;
const errors: Error[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url, poolSize: 4, onError: (error) => errors.push(error) });
  await db.pool.query('CREATE TABLE counters (name text PRIMARY KEY, n int NOT NULL)');
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(async () => {
  await db.pool.query(`TRUNCATE counters; INSERT INTO counters VALUES ('a', 0), ('b', 0)`);
});

const ADD = 'UPDATE counters SET n = n + 1 WHERE name = $1';

async function counterOf(name: string): Promise<number | undefined> {
  const { rows } = await db.pool.query<{ n: number }>('SELECT n FROM counters WHERE name = $1', [name]);
  return rows[0]?.n;
}

/** Nobody holds a connection any more, and none is in the middle of a transaction. */
async function expectNothingHeld(): Promise<void> {
  expect(db.pool.idleCount).toBe(db.pool.totalCount);
  const { rows } = await db.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  );
  expect(rows).toEqual([]);
}

describe('inTransaction', () => {
  it('commits what was written and returns what was worked out', async () => {
    const result = await inTransaction(db.pool, async (client) => {
      await client.query(ADD, ['a']);
      expect(await counterOf('a')).toBe(0);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await counterOf('a')).toBe(1);
    await expectNothingHeld();
  });

  it('undoes all of it when something is thrown, and throws that on', async () => {
    const thrown = new Error('no');
    const work = inTransaction(db.pool, async (client) => {
      await client.query(ADD, ['a']);
      throw thrown;
    });
    await expect(work).rejects.toBe(thrown);
    expect(await counterOf('a')).toBe(0);
    await expectNothingHeld();
  });

  it('undoes all of it when a statement fails', async () => {
    const work = inTransaction(db.pool, async (client) => {
      await client.query(ADD, ['a']);
      await client.query(`INSERT INTO counters VALUES ('a', 1)`);
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await counterOf('a')).toBe(0);
    await expectNothingHeld();
  });

  it.each(['40001', '40P01'])('runs again after %s, and what was undone is not done twice', async (code) => {
    let tries = 0;
    await inTransaction(db.pool, async (client) => {
      await client.query(ADD, ['a']);
      if (++tries < 3)
        await client.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '${code}'; END $$`);
    });
    expect(tries).toBe(3);
    expect(await counterOf('a')).toBe(1);
  });

  it('gives up after five tries', async () => {
    let tries = 0;
    const work = inTransaction(db.pool, () => {
      tries++;
      return Promise.reject(Object.assign(new Error('again'), { code: '40001' }));
    });
    await expect(work).rejects.toThrow('again');
    expect(tries).toBe(5);
    await expectNothingHeld();
  });

  it('ends a real deadlock so that both have done their work', async () => {
    await db.pool.query(
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET deadlock_timeout = '20ms'`,
    );
    // The setting holds for connections that are opened from now on.
    const impatient = connect({ url: database.url, poolSize: 2, onError: () => undefined });
    let arrived = 0;
    const crossing = (first: string, second: string) =>
      inTransaction(impatient.pool, async (client) => {
        await client.query(ADD, [first]);
        arrived++;
        while (arrived < 2) await new Promise(setImmediate);
        await client.query(ADD, [second]);
      });
    await Promise.all([crossing('a', 'b'), crossing('b', 'a')]);
    await impatient.close();
    expect([await counterOf('a'), await counterOf('b')]).toEqual([2, 2]);
    // One of them came again; on a busy machine Postgres may have ended both.
    expect(arrived).toBeGreaterThanOrEqual(3);
  });
});

describe('every connection', () => {
  it('speaks UTC whatever the server does, and reads timestamps as the UTC that they are', async () => {
    const { rows } = await db.pool.query(
      `SELECT current_setting('TimeZone') AS zone, TIMESTAMP '2026-07-01 12:00:00.123' AS at, DATE '2026-07-01' AS day`,
    );
    expect(rows).toEqual([{ zone: 'UTC', at: new Date('2026-07-01T12:00:00.123Z'), day: '2026-07-01' }]);
  });
});

/** Runs `work` with nobody but us listening for what nobody catches, and returns what came. */
async function uncaughtDuring(work: () => Promise<unknown>): Promise<unknown[]> {
  const before = process.listeners('uncaughtException');
  const caught: unknown[] = [];
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => caught.push(error));
  try {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  }
  return caught;
}

describe('a connection that is lost in the middle of a transaction', () => {
  it('fails that transaction and nothing else: the process goes on', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const work = inTransaction(db.pool, async (client) => {
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await db.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
        await client.query(ADD, ['a']);
      });
      await expect(work).rejects.toThrow();
    });
    expect(uncaught).toEqual([]);
    expect(await counterOf('a')).toBe(0);
    await inTransaction(db.pool, (client) => client.query(ADD, ['a']));
    expect(await counterOf('a')).toBe(1);
    await expectNothingHeld();
  });
});

// The audit: rows that nobody can change, each linked to the one before it, so that a check finds what was tampered with.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordAudit } from '../../src/db/audit.js';
import { connect, type Database } from '../../src/db/connect.js';
import { inTransaction } from '../../src/db/transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url, poolSize: 10, onError: () => undefined });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const record = (chain: string, action = 'tested') => recordAudit(db.pool, { chain, actor: 'admin', action });

interface Link {
  sequence: number;
  hash: string;
  previous: string;
  computed: string;
}

async function chainOf(chain: string): Promise<Link[]> {
  const { rows } = await db.pool.query<Link>(
    `SELECT sequence, hash, previous_hash AS previous, audit_event_hash(a) AS computed
     FROM audit_events a WHERE chain = $1 ORDER BY sequence`,
    [chain],
  );
  return rows;
}

/** A chain without a gap, of which each row has the hash of what it says and of the row before it. */
function expectWhole(links: Link[], length: number): void {
  expect(links.map(({ sequence }) => sequence)).toEqual(Array.from({ length }, (_, i) => i + 1));
  for (const [i, link] of links.entries()) {
    expect(link.previous).toBe(links[i - 1]?.hash ?? '');
    expect(link.hash).toBe(link.computed);
    expect(link.hash).toMatch(/^[0-9a-f]{64}$/);
  }
}

describe('a chain', () => {
  it('links each row to the one before it', async () => {
    for (let i = 0; i < 5; i++) await record('links');
    expectWhole(await chainOf('links'), 5);
  });

  it('keeps who, what, why, before and after', async () => {
    const before = { amountCents: 1, none: null };
    const after = { amountCents: 2, text: 'Zoë' };
    const told = {
      chain: 'told',
      actor: 'admin',
      action: 'changed',
      reason: 'asked',
      requestId: 'req',
      before,
      after,
    };
    await recordAudit(db.pool, told);
    const { rows } = await db.pool.query(
      `SELECT chain, actor, action, reason, request_id AS "requestId", before, after FROM audit_events
       WHERE chain = 'told'`,
    );
    expect(rows).toEqual([told]);
    expectWhole(await chainOf('told'), 1);
  });

  it('has one place for each of many writers at once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => record('crowded')));
    expectWhole(await chainOf('crowded'), 40);
  });

  it('is written in order by transactions that hold it for a while', async () => {
    const write = (n: number) =>
      inTransaction(db.pool, async (client) => {
        await recordAudit(client, { chain: 'held', actor: 'admin', action: `first ${n}` });
        await client.query('SELECT pg_sleep(0.005)');
        await recordAudit(client, { chain: 'held', actor: 'admin', action: `second ${n}` });
      });
    await Promise.all(Array.from({ length: 8 }, (_, n) => write(n)));
    expectWhole(await chainOf('held'), 16);
  });

  it('has no gap where a transaction was undone', async () => {
    await record('undone');
    const undone = inTransaction(db.pool, async (client) => {
      await recordAudit(client, { chain: 'undone', actor: 'admin', action: 'never' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await record('undone');
    expectWhole(await chainOf('undone'), 2);
  });

  it('links the rows that one statement writes', async () => {
    await db.pool.query(
      `INSERT INTO audit_events (chain, actor, action) SELECT 'batch', 'admin', n::text FROM generate_series(1, 9) n`,
    );
    expectWhole(await chainOf('batch'), 9);
  });

  it('says by itself where a row stands, whatever the writer claims', async () => {
    await record('claimed');
    await db.pool.query(
      `INSERT INTO audit_events (chain, sequence, actor, action, previous_hash, hash)
       VALUES ('claimed', 7, 'admin', 'forged', 'x', 'y')`,
    );
    expectWhole(await chainOf('claimed'), 2);
  });

  it('is one of its own: others do not wait for it', async () => {
    await inTransaction(db.pool, async (client) => {
      await recordAudit(client, { chain: 'mine', actor: 'admin', action: 'held' });
      await record('yours');
    });
    expectWhole(await chainOf('yours'), 1);
  });
});

describe('the database refuses', () => {
  it.each([
    `UPDATE audit_events SET actor = 'nobody' WHERE chain = 'kept'`,
    `UPDATE audit_events SET actor = 'nobody' WHERE false`,
    `DELETE FROM audit_events WHERE chain = 'kept'`,
    'DELETE FROM audit_events WHERE false',
    'TRUNCATE audit_events',
    'TRUNCATE payouts CASCADE',
    `INSERT INTO audit_events (id, chain, actor, action)
       SELECT id, chain, 'nobody', action FROM audit_events WHERE chain = 'kept'
       ON CONFLICT (id) DO UPDATE SET actor = 'nobody'`,
  ])('%s', async (sql) => {
    await record('kept');
    const before = await chainOf('kept');
    await expect(db.pool.query(sql)).rejects.toThrow('append-only');
    expect(await chainOf('kept')).toEqual(before);
  });
});

describe('whoever gets past that', () => {
  /** As the owner of the table can. */
  async function tamper(sql: string): Promise<void> {
    await db.pool.query('ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only');
    await db.pool.query(sql);
    await db.pool.query('ALTER TABLE audit_events ENABLE TRIGGER audit_events_append_only');
  }

  it.each([
    `actor = 'nobody'`,
    `action = 'nothing'`,
    `reason = 'none'`,
    `request_id = 'none'`,
    `version = 9`,
    `before = '{}'`,
    `after = '{"amountCents": 1}'`,
    `occurred_at = occurred_at + interval '1 ms'`,
    `previous_hash = 'none'`,
  ])('is found out by the hash: %s', async (change) => {
    const chain = `edited ${change}`;
    await recordAudit(db.pool, { chain, actor: 'admin', action: 'paid', after: { amountCents: 100 } });
    await tamper(`UPDATE audit_events SET ${change} WHERE chain = '${chain.replaceAll("'", "''")}'`);
    const [link] = await chainOf(chain);
    expect(link?.hash).not.toBe(link?.computed);
  });

  it('is found out by the chain where a row is missing', async () => {
    for (let i = 0; i < 3; i++) await record('torn');
    await tamper(`DELETE FROM audit_events WHERE chain = 'torn' AND sequence = 2`);
    const [first, third] = await chainOf('torn');
    expect(third?.previous).not.toBe(first?.hash);
  });
});

// The audit's verification: every way of tampering that a database's owner has, found and named.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordAudit } from '../../src/db/audit.js';
import { verifyAudit } from '../../src/payouts/verify-audit.js';
import { createWorld, type World } from '../support/world.js';
import { pay, work } from './support.js';

let world: World;
let id: string;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** A payout whose chain has three rows: created, claimed, settled. */
beforeEach(async () => {
  ({ id } = await pay(world));
  await work(world);
});

/** What somebody can do who owns the database: the triggers are no obstacle. */
async function tamper(sql: string): Promise<void> {
  await world.db.pool.query('ALTER TABLE audit_events DISABLE TRIGGER ALL');
  await world.db.pool.query(sql.replaceAll('$id', id));
  await world.db.pool.query('ALTER TABLE audit_events ENABLE TRIGGER ALL');
}

/** The findings about this test's payout, as `fault sequence`. */
async function findings(chain = id): Promise<string[]> {
  const report = await verifyAudit(world.db.pool);
  return report.findings.filter((f) => f.chain === chain).map((f) => `${f.fault} ${f.sequence}`);
}

const REHASH = `UPDATE audit_events e SET hash = audit_event_hash(e) WHERE chain = '$id' AND sequence = 2`;

describe('an audit that nobody touched', () => {
  it('holds, and its rows and chains are counted', async () => {
    const report = await verifyAudit(world.db.pool);
    const { rows } = await world.db.pool.query('SELECT count(*)::int AS n FROM audit_events');
    expect(await findings()).toEqual([]);
    expect(report.rows).toBe(rows[0].n);
    expect(report.chains).toBeGreaterThan(0);
  });
});

describe('a payout’s chain', () => {
  it.each([
    ['the actor', `actor = 'somebody'`],
    ['the reason', `reason = 'no reason'`],
    ['what it was before', `before = '{}'`],
    ['what it was after', `after = jsonb_set(after, '{amountCents}', '1')`],
    ['the moment', `occurred_at = occurred_at - interval '1 hour'`],
    ['the request', `request_id = 'another'`],
  ])('tells that %s was edited, and in which row', async (_, set) => {
    await tamper(`UPDATE audit_events SET ${set} WHERE chain = '$id' AND sequence = 2`);
    expect(await findings()).toEqual(['edited 2']);
  });

  it('tells of a row that was edited and hashed anew, by the row that follows', async () => {
    await tamper(
      `UPDATE audit_events SET actor = 'somebody' WHERE chain = '$id' AND sequence = 2; ${REHASH}`,
    );
    expect(await findings()).toEqual(['unlinked 3']);
  });

  it('tells of a row that was deleted, in the middle, at the start and at the end', async () => {
    await tamper(`DELETE FROM audit_events WHERE chain = '$id' AND sequence = 2`);
    expect(await findings()).toEqual(['missing_before 3']);
    await tamper(`DELETE FROM audit_events WHERE chain = '$id' AND sequence = 1`);
    expect(await findings()).toEqual(['missing_before 3']);
    await tamper(`DELETE FROM audit_events WHERE chain = '$id' AND sequence = 3`);
    expect(await findings()).toEqual(['missing_at_end 3']);
  });

  it('tells of a row that was put in, although the chain was made to go on from it', async () => {
    await world.db.pool.query(
      `INSERT INTO audit_events (chain, payout_id, version, actor, action) VALUES ($1, $1, 4, 'somebody', 'claimed')`,
      [id],
    );
    expect(await findings()).toEqual(['put_in 4']);
  });

  it('tells of a row that explains no version', async () => {
    await world.db.pool.query(
      `INSERT INTO audit_events (chain, payout_id, actor, action) VALUES ($1, $1, 'somebody', 'claimed')`,
      [id],
    );
    expect(await findings()).toEqual(['put_in 4']);
  });

  it('tells that the whole chain is gone', async () => {
    await tamper(`DELETE FROM audit_events WHERE chain = '$id'`);
    expect(await findings()).toEqual(['missing_at_end 3']);
  });
});

describe('another chain', () => {
  it('is held to its hashes as well', async () => {
    const chain = `chain of ${id}`;
    for (const action of ['one', 'two']) await recordAudit(world.db.pool, { chain, actor: 'a', action });
    expect(await findings(chain)).toEqual([]);
    await tamper(`UPDATE audit_events SET action = 'three' WHERE chain = 'chain of $id' AND sequence = 1`);
    expect(await findings(chain)).toEqual(['edited 1']);
  });
});

// The ledger: one audit row and one event for every change of a payout, in its transaction, without a gap.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../src/payouts/actor.js';
import { applyTransition, insertPayouts } from '../../src/payouts/apply.js';
import { retryPayout } from '../../src/payouts/retry.js';
import { type PayoutRow, rowOfSnapshot } from '../../src/payouts/row.js';
import { claimPayouts } from '../../src/payouts/sending/claim.js';
import { ADMIN, count, pay, payoutOf, work } from '../payouts/support.js';
import { addCreator, createWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

interface Entry {
  version: number;
  from: string | null;
  to: string;
  snapshot: Record<string, unknown>;
  audited: Record<string, unknown>;
  before: object | null;
  action: string;
  actor: string;
  whole: boolean;
}

/** The events of a payout, each beside the audit row of the same version. */
async function ledgerOf(id: string): Promise<Entry[]> {
  const { rows } = await world.db.pool.query<Entry>(
    `SELECT version, e.from_status AS from, e.to_status AS to, e.snapshot, a.after AS audited, a.before, a.action,
       a.actor, a.chain = e.payout_id AND a.sequence = e.version AND a.hash = audit_event_hash(a)
         AND a.previous_hash = lag(a.hash, 1, '') OVER (ORDER BY a.sequence) AS whole
     FROM (SELECT * FROM payout_events WHERE payout_id = $1) e
     FULL JOIN (SELECT * FROM audit_events WHERE payout_id = $1) a USING (version) ORDER BY version`,
    [id],
  );
  return rows;
}

/** A payout that went through all that the skeleton knows: refused, retried by itself, by an admin, paid. */
async function longLife(): Promise<string> {
  const { id } = await pay(world);
  const atOnce = { retries: { maxRetries: 1, delaysMs: [0] } };
  await world.simulator.setBalance(0);
  await work(world, 'claimed', atOnce);
  await work(world, 'retry_claimed', atOnce);
  await world.simulator.setBalance(100_000_000);
  await retryPayout(world.deps, id, ADMIN);
  await work(world);
  return id;
}

/** What leaving FAILED begins anew, and only the audit row still tells. */
const FORGOTTEN = {
  attempts: expect.any(Number),
  retryCount: expect.any(Number),
  failureCode: 'balance_insufficient',
  failedReason: expect.stringContaining('insufficient available funds'),
};

describe('a long life', () => {
  it('has one audit row and one event for each version, by the right cause and actor', async () => {
    const ledger = await ledgerOf(await longLife());
    expect(ledger.map((e) => [e.version, e.from, e.to, e.action, e.actor])).toEqual([
      [1, null, 'PENDING', 'created', ADMIN.name],
      [2, 'PENDING', 'PROCESSING', 'claimed', 'system'],
      [3, 'PROCESSING', 'FAILED', 'transfer_refused', 'system'],
      [4, 'FAILED', 'PROCESSING', 'retry_claimed', 'system'],
      [5, 'PROCESSING', 'FAILED', 'transfer_refused', 'system'],
      [6, 'FAILED', 'PENDING', 'retry_requested', ADMIN.name],
      [7, 'PENDING', 'PROCESSING', 'claimed', 'system'],
      [8, 'PROCESSING', 'COMPLETED', 'transfer_settled', 'system'],
    ]);
  });

  it('is one chain, whose hashes verify', async () => {
    const ledger = await ledgerOf(await longLife());
    expect(ledger.every(({ whole }) => whole)).toBe(true);
  });

  it('says before each change what stood after the one before it', async () => {
    const ledger = await ledgerOf(await longLife());
    for (const [i, { before }] of ledger.entries()) {
      const last = ledger[i - 1];
      const stood = last ? { status: last.to, version: last.version } : null;
      if (last?.to === 'FAILED') expect(before).toMatchObject({ ...stood, ...FORGOTTEN });
      else expect(before).toEqual(stood);
    }
  });

  it('is told by its snapshots: the last one is the payout itself, to the millisecond', async () => {
    const id = await longLife();
    const ledger = await ledgerOf(id);
    for (const { snapshot, audited, to, version } of ledger) {
      expect(snapshot).toEqual(audited);
      expect(snapshot).toMatchObject({ id, status: to, version });
    }
    const last: PayoutRow = rowOfSnapshot(ledger.at(-1)?.snapshot ?? {});
    expect(last).toEqual(await payoutOf(world, id));
  });

  it('holds times as they were, also those that a snapshot has not reached yet', async () => {
    const ledger = await ledgerOf(await longLife());
    const rows = ledger.map(({ snapshot }) => rowOfSnapshot(snapshot));
    expect(rows[0]).toMatchObject({ processedAt: null, lastRetryAt: null, nextAttemptAt: null });
    expect(rows[2]?.nextAttemptAt).toBeInstanceOf(Date);
    expect(rows[3]?.lastRetryAt).toBeInstanceOf(Date);
    expect(rows[7]?.processedAt).toBeInstanceOf(Date);
  });
});

describe('a change', () => {
  it('of many payouts at once has its records for each', async () => {
    const creator = await addCreator(world);
    const made = await Promise.all(Array.from({ length: 30 }, () => pay(world, { creatorId: creator.id })));
    await claimPayouts(world.deps, 'claimed', 100, 60_000);
    for (const { id } of made) {
      const ledger = await ledgerOf(id);
      expect(ledger.map(({ version }) => version)).toEqual([1, 2]);
      expect(ledger.every(({ whole }) => whole)).toBe(true);
    }
  });

  it('that many try at once happens once', async () => {
    const { id } = await pay(world);
    const change = { payoutId: id, from: 'PENDING' as const };
    const tries = Array.from({ length: 10 }, () =>
      applyTransition(world.db.pool, 'claimed', [change], SYSTEM),
    );
    expect((await Promise.all(tries)).flat()).toHaveLength(1);
    expect((await ledgerOf(id)).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('that cannot be recorded does not happen', async () => {
    const { id } = await pay(world);
    const tables = ['payout_events', 'audit_events'];
    for (const table of tables) {
      await world.db.pool.query(
        `ALTER TABLE ${table} ADD CONSTRAINT broken CHECK (version IS NULL OR version <> 2 OR payout_id <> '${id}')`,
      );
      const change = { payoutId: id, from: 'PENDING' as const };
      await expect(applyTransition(world.db.pool, 'claimed', [change], SYSTEM)).rejects.toThrow('broken');
      expect(await payoutOf(world, id)).toMatchObject({ status: 'PENDING', version: 1 });
      expect(await ledgerOf(id)).toHaveLength(1);
      await world.db.pool.query(`ALTER TABLE ${table} DROP CONSTRAINT broken`);
    }
  });

  it('that is undone leaves no record', async () => {
    const before = [await count(world, 'audit_events'), await count(world, 'payout_events')];
    const creator = await addCreator(world);
    const client = await world.db.pool.connect();
    await client.query('BEGIN');
    const payout = {
      creatorId: creator.id,
      royaltyStatementId: null,
      amountCents: 100,
      currency: 'usd',
      approvalAboveCents: null,
    };
    await insertPayouts(client, [{ id: 'undone', ...payout }], ADMIN);
    await client.query('ROLLBACK');
    client.release();
    expect([await count(world, 'audit_events'), await count(world, 'payout_events')]).toEqual(before);
  });
});

describe('the database itself', () => {
  it('keeps a payout that has a history from being deleted', async () => {
    const { id } = await pay(world);
    const deletion = world.db.pool.query('DELETE FROM payouts WHERE id = $1', [id]);
    // 23001 since Postgres 18, 23503 before.
    await expect(deletion).rejects.toMatchObject({ code: expect.stringMatching(/^(23001|23503)$/) });
  });

  it.each([
    ['COMPLETED without a transfer', `status = 'COMPLETED'`],
    ['an amount of nothing', 'amount_cents = 0'],
    ['more taken back than was paid', 'amount_reversed_cents = amount_cents + 1'],
    ['less than nothing taken back', 'amount_reversed_cents = -1'],
  ])('has no payout that is %s', async (_what, change) => {
    const { id } = await pay(world);
    const update = world.db.pool.query(`UPDATE payouts SET ${change} WHERE id = $1`, [id]);
    await expect(update).rejects.toMatchObject({ code: '23514' });
  });

  it('gives one transfer to one payout', async () => {
    const [first, second] = [await pay(world), await pay(world)];
    await world.db.pool.query(`UPDATE payouts SET stripe_transfer_id = 'tr_one' WHERE id = $1`, [first.id]);
    const again = world.db.pool.query(`UPDATE payouts SET stripe_transfer_id = 'tr_one' WHERE id = $1`, [
      second.id,
    ]);
    await expect(again).rejects.toMatchObject({ code: '23505' });
  });
});

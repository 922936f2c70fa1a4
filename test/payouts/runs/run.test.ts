// Payout runs: what the preview shows is what the run pays, all of it or nothing, and once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdPayout, rejectPayout, releasePayout } from '../../../src/payouts/control/decide.js';
import { createPayout } from '../../../src/payouts/create.js';
import type { PlatformBalance } from '../../../src/payouts/ports.js';
import { retryPayouts } from '../../../src/payouts/retry.js';
import { balanceNow, previewRun } from '../../../src/payouts/runs/preview.js';
import { progressOf } from '../../../src/payouts/runs/progress.js';
import { type CreateRunInput, createRun } from '../../../src/payouts/runs/run.js';
import { resolveItem } from '../../../src/reconciliation/items.js';
import { recordOpen } from '../../../src/reconciliation/record.js';
import { startRun } from '../../../src/reconciliation/runs.js';
import {
  addCreator,
  addStatement,
  createWorld,
  openClient,
  type TestCreator,
  type World,
} from '../../support/world.js';
import { ADMIN, changesOf, eventOf, pay, receive, spoil, transfersOf, work } from '../support.js';

let world: World;
let creator: TestCreator;
/** Runs are about all statements of a period, so each test has a year of its own. */
let year = 2000;
let signalled: World['signalled'];

beforeAll(async () => {
  world = await createWorld();
  creator = await addCreator(world);
});
afterAll(() => world.close());
beforeEach(() => {
  year++;
  signalled = { ...world.signalled };
});

const day = (monthAndDay: string) => `${year}-${monthAndDay}`;
const august = () => ({ periodStart: day('08-01'), periodEnd: day('08-31') });

const statementOf = (creatorId: string, cents: number, start = '08-01', end = '08-31') =>
  addStatement(world, creatorId, cents, { start: day(start), end: day(end) });

const preview = (period = august()) => previewRun(world.deps, period);

function run(expectedTotalCents: number, over: Partial<CreateRunInput> = {}) {
  const input = { ...august(), expectedTotalCents, idempotencyKey: randomUUID(), ...over };
  return createRun(world.deps, input, ADMIN);
}

interface Paid {
  id: string;
  statement: string;
  creator: string;
  cents: number;
}

/** This test's payouts, the smallest first. */
async function paid(): Promise<Paid[]> {
  const { rows } = await world.db.pool.query<Paid>(
    `SELECT p.id, s.id AS statement, p.creator_id AS creator, p.amount_cents AS cents
     FROM payouts p JOIN royalty_statements s ON s.id = p.royalty_statement_id
     WHERE extract(year FROM s.period_end) = $1 ORDER BY cents`,
    [year],
  );
  return rows;
}

const payoutCount = async () => (await paid()).length;

describe('a run', () => {
  it('pays what is left of every payable statement, as its preview said', async () => {
    const other = await addCreator(world);
    const whole = await statementOf(creator.id, 5_000);
    const partly = await statementOf(other.id, 3_000);
    await pay(world, { creatorId: other.id, royaltyStatementId: partly, amountCents: 1_000 });
    const seen = await preview();
    expect(seen).toEqual({
      ...august(),
      payoutCount: 2,
      totalCents: 7_000,
      currency: 'usd',
      needsApprovalCount: 0,
      needsApprovalCents: 0,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      excluded: [],
    });
    expect(await run(7_000)).toMatchObject({ payoutCount: 2, totalCents: 7_000, replayed: false });
    expect(await paid()).toMatchObject([
      { statement: partly, creator: other.id, cents: 1_000 },
      { statement: partly, creator: other.id, cents: 2_000 },
      { statement: whole, creator: creator.id, cents: 5_000 },
    ]);
    expect(await preview()).toMatchObject({ payoutCount: 0, totalCents: 0 });
  });

  it('writes an audit row and an event for each payout, and wakes the workers once', async () => {
    for (let i = 0; i < 3; i++) await statementOf(creator.id, 1_000);
    await run(3_000);
    for (const { id } of await paid()) expect(await changesOf(world, id)).toEqual(['none>PENDING']);
    expect(world.signalled).toEqual({
      ...signalled,
      due: signalled.due + 1,
      changed: signalled.changed + 1,
    });
    await work(world);
    for (const { id } of await paid()) expect(await transfersOf(world, id)).toHaveLength(1);
  });

  it('takes the statements that lie in the period as a whole, both days included', async () => {
    await statementOf(creator.id, 1_000, '08-01', '08-31');
    await statementOf(creator.id, 2_000, '08-31', '08-31');
    await statementOf(creator.id, 4_000, '07-31', '08-31');
    await statementOf(creator.id, 8_000, '08-01', '09-01');
    expect(await preview()).toMatchObject({ payoutCount: 2, totalCents: 3_000 });
    expect(await run(3_000)).toMatchObject({ payoutCount: 2 });
  });

  it('of a period that ends before it begins is refused', async () => {
    const period = { periodStart: day('08-02'), periodEnd: day('08-01') };
    await expect(preview(period)).rejects.toMatchObject({ code: 'INVALID_INPUT', inputPath: ['periodEnd'] });
    await expect(run(0, period)).rejects.toMatchObject({ code: 'INVALID_INPUT', inputPath: ['periodEnd'] });
  });
});

describe('a statement is left out', () => {
  it('with its reason and what is left of it, and is not paid', async () => {
    const unready = await addCreator(world, { ready: false });
    const spent = await statementOf(creator.id, 1_000);
    await pay(world, { creatorId: creator.id, royaltyStatementId: spent, amountCents: 1_000 });
    const nearly = await statementOf(creator.id, 1_099);
    await pay(world, { creatorId: creator.id, royaltyStatementId: nearly, amountCents: 1_000 });
    await statementOf(creator.id, 0);
    await statementOf(creator.id, 1_000_001);
    await statementOf(unready.id, 2_000);
    await statementOf(unready.id, 3_000);
    await statementOf(creator.id, 100);
    await statementOf(creator.id, 1_000_000);
    const seen = await preview();
    expect(seen).toMatchObject({ payoutCount: 2, totalCents: 1_000_100 });
    expect(seen.excluded).toEqual([
      { reason: 'ABOVE_MAXIMUM', statementCount: 1, totalCents: 1_000_001 },
      { reason: 'ALREADY_PAID', statementCount: 1, totalCents: 0 },
      { reason: 'BELOW_MINIMUM', statementCount: 2, totalCents: 99 },
      { reason: 'CREATOR_NOT_READY', statementCount: 2, totalCents: 5_000 },
    ]);
    expect(await run(1_000_100)).toMatchObject({ payoutCount: 2 });
    expect(await preview()).toMatchObject({ payoutCount: 0, totalCents: 0 });
  });

  it('while a payout that failed will be tried again, and no longer when it failed for good', async () => {
    const statement = await statementOf(creator.id, 500);
    const { id } = await pay(world, { creatorId: creator.id, royaltyStatementId: statement });
    await spoil(world, id, { fault: 'capability_off_before_transfer' });
    await work(world);
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [{ reason: 'ALREADY_PAID' }] });
    await world.db.pool.query('UPDATE payouts SET next_attempt_at = NULL WHERE id = $1', [id]);
    expect(await preview()).toMatchObject({ payoutCount: 1, totalCents: 500 });
  });

  it('while a transfer lives of a payout that failed: its money has left, and nobody pays it twice', async () => {
    const royaltyStatementId = await statementOf(creator.id, 5_000);
    const whole = { creatorId: creator.id, royaltyStatementId, amountCents: 5_000 };
    const { id } = await pay(world, whole);
    await spoil(world, id, { fault: 'stripe_error', code: 'amount_too_large' });
    await work(world);
    expect(await preview()).toMatchObject({ payoutCount: 1, totalCents: 5_000 });
    const { pool } = world.db;
    const { id: runId } = await startRun(
      pool,
      { start: new Date(Date.now() - 1_000), end: new Date() },
      ADMIN,
    );
    const found = { kind: 'transfer_of_failed_payout', payoutId: id, transferId: 'tr_found' } as const;
    await recordOpen(pool, runId, { ...found, occurredAt: new Date(), details: { status: 'FAILED' } });
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [{ reason: 'ALREADY_PAID' }] });
    await expect(run(5_000)).rejects.toMatchObject({ code: 'TOTAL_CHANGED', totalCents: 0 });
    await expect(pay(world, { ...whole, amountCents: 100 })).rejects.toMatchObject({
      code: 'STATEMENT_OVERDRAWN',
      availableCents: 0,
    });
    // What was lowered meanwhile has nothing left for it, found or not.
    await pool.query('UPDATE royalty_statements SET amount_cents = 4999 WHERE id = $1', [royaltyStatementId]);
    expect(await retryPayouts(world.deps, [id], ADMIN)).toMatchObject([
      { code: 'STATEMENT_OVERDRAWN', availableCents: 0 },
    ]);
    await pool.query('UPDATE royalty_statements SET amount_cents = 5000 WHERE id = $1', [royaltyStatementId]);
    // Tried again itself, it needs no more than it has: its worker finds the transfer, and sends nothing.
    const [retried] = await retryPayouts(world.deps, [id], ADMIN);
    expect(retried).toMatchObject({ status: 'PENDING' });
    await pool.query(`UPDATE payouts SET status = 'FAILED' WHERE id = $1`, [id]);
    const { rows } = await pool.query('SELECT id FROM reconciliation_items WHERE payout_id = $1', [id]);
    await resolveItem(pool, rows[0]?.id, 'It was reversed.', ADMIN);
    expect(await preview()).toMatchObject({ payoutCount: 1, totalCents: 5_000 });
  });

  it('in another currency, without a word', async () => {
    const id = await statementOf(creator.id, 5_000);
    await world.db.pool.query(`UPDATE royalty_statements SET currency = 'eur' WHERE id = $1`, [id]);
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [] });
  });
});

describe('what an admin has decided', () => {
  const decide = (what: typeof holdPayout, payoutId: string) =>
    what(world.deps, { payoutId, reason: 'of the test' }, ADMIN);

  it('keeps a statement out while a payout of it is held, and counts what is held', async () => {
    const statement = await statementOf(creator.id, 5_000);
    const { id } = await pay(world, {
      creatorId: creator.id,
      royaltyStatementId: statement,
      amountCents: 2_000,
    });
    await decide(holdPayout, id);
    const held = { reason: 'HELD', statementCount: 1, totalCents: 5_000 };
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [held] });
    await expect(run(3_000)).rejects.toMatchObject({ code: 'TOTAL_CHANGED', totalCents: 0, payoutCount: 0 });
    await decide(releasePayout, id);
    expect(await run(3_000)).toMatchObject({ payoutCount: 1 });
  });

  it('keeps a statement out while what came back of it, or failed for good, is held', async () => {
    const statement = await statementOf(creator.id, 5_000);
    const whole = { creatorId: creator.id, royaltyStatementId: statement, amountCents: 5_000 };
    const { id } = await pay(world, whole);
    await spoil(world, id, { fault: 'stripe_error', code: 'amount_too_large' });
    await work(world);
    await decide(holdPayout, id);
    const held = { reason: 'HELD', statementCount: 1, totalCents: 5_000 };
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [held] });
    await expect(run(5_000)).rejects.toMatchObject({ code: 'TOTAL_CHANGED', totalCents: 0 });
    await decide(releasePayout, id);
    expect(await preview()).toMatchObject({ payoutCount: 1, totalCents: 5_000, excluded: [] });
    await decide(holdPayout, id);
    // Whoever pays it by itself has looked: nothing is left that the hold could keep.
    await pay(world, whole);
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [{ reason: 'ALREADY_PAID' }] });
  });

  it('keeps a statement out whose last payout was rejected, until somebody pays it by itself', async () => {
    const statement = await statementOf(creator.id, 5_000);
    const { id } = await pay(world, {
      creatorId: creator.id,
      royaltyStatementId: statement,
      amountCents: 5_000,
    });
    await decide(rejectPayout, id);
    const rejected = { reason: 'REJECTED', statementCount: 1, totalCents: 5_000 };
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [rejected] });
    await expect(run(5_000)).rejects.toMatchObject({ code: 'TOTAL_CHANGED' });
    await pay(world, { creatorId: creator.id, royaltyStatementId: statement, amountCents: 1_000 });
    expect(await run(4_000)).toMatchObject({ payoutCount: 1 });
  });

  it('keeps a statement out whose last payout was taken back at Stripe, until somebody pays it by itself', async () => {
    const { id: creatorId } = await addCreator(world);
    const royaltyStatementId = await statementOf(creatorId, 5_000);
    const { id } = await pay(world, { creatorId, royaltyStatementId, amountCents: 5_000 });
    await work(world);
    for (const transfer of await transfersOf(world, id)) await world.simulator.reverse(transfer.id);
    for (const transfer of await transfersOf(world, id))
      await receive(world, eventOf('transfer.reversed', transfer));
    const takenBack = { reason: 'TAKEN_BACK', statementCount: 1, totalCents: 5_000 };
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [takenBack] });
    await expect(run(5_000)).rejects.toMatchObject({ code: 'TOTAL_CHANGED' });
    await pay(world, { creatorId, royaltyStatementId, amountCents: 1_000 });
    expect(await run(4_000)).toMatchObject({ payoutCount: 1 });
  });

  it('lets large ones wait for an approval, and tells them apart', async () => {
    await statementOf(creator.id, 5_000);
    await statementOf(creator.id, 5_001);
    const limits = { ...world.deps.limits, approvalAboveCents: 5_000 };
    const seen = await previewRun({ ...world.deps, limits }, august());
    expect(seen).toMatchObject({ payoutCount: 2, needsApprovalCount: 1, needsApprovalCents: 5_001 });
    const input = { ...august(), expectedTotalCents: seen.totalCents, idempotencyKey: randomUUID() };
    const { runId } = await createRun({ ...world.deps, limits }, input, ADMIN);
    const [progress] = await progressOf(world.db.pool, [runId ?? '']);
    expect(progress).toMatchObject({ endedCount: 0, finished: false });
    expect(progress?.stages.filter(({ payoutCount: count }) => count > 0)).toEqual([
      { stage: 'PENDING', payoutCount: 1, totalCents: 5_000 },
      { stage: 'AWAITING_APPROVAL', payoutCount: 1, totalCents: 5_001 },
    ]);
  });
});

describe('the record of a run', () => {
  it('says who paid what and why, and its payouts know it', async () => {
    await statementOf(creator.id, 5_000);
    await statementOf(creator.id, 1_000);
    const { runId } = await run(6_000, { reason: ' the month of August ' });
    const { rows } = await world.db.pool.query(
      `SELECT requested_by, reason, payout_count, total_cents, (SELECT count(*)::int FROM payouts WHERE run_id = r.id)
       FROM payout_runs r WHERE id = $1`,
      [runId],
    );
    const totals = { payout_count: 2, total_cents: '6000', count: 2 };
    expect(rows).toEqual([{ requested_by: ADMIN.name, reason: 'the month of August', ...totals }]);
    const audit = await world.db.pool.query(
      'SELECT actor, action, reason, after FROM audit_events WHERE chain = $1',
      [`run:${runId}`],
    );
    const after = { runId, ...august(), currency: 'usd', payoutCount: 2, totalCents: 6_000 };
    const who = { actor: ADMIN.name, action: 'run_created', reason: 'the month of August' };
    expect(audit.rows).toEqual([{ ...who, after }]);
  });

  it('is not made where the run is refused', async () => {
    await statementOf(creator.id, 5_000);
    const count = async () => (await world.db.pool.query('SELECT id FROM payout_runs')).rowCount;
    const before = await count();
    await expect(run(4_999)).rejects.toMatchObject({ code: 'TOTAL_CHANGED' });
    await expect(run(5_000, { expectedPayoutCount: 2 })).rejects.toMatchObject({ code: 'TOTAL_CHANGED' });
    expect(await count()).toBe(before);
    expect(await payoutCount()).toBe(0);
  });

  it('refuses a reason that nobody can read', async () => {
    await expect(run(0, { reason: 'x'.repeat(1_001) })).rejects.toMatchObject({ inputPath: ['reason'] });
    await expect(run(0, { reason: 'a\0b' })).rejects.toMatchObject({ inputPath: ['reason'] });
  });
});

describe('the progress of a run', () => {
  it('counts each payout at one stage, whatever became of it', async () => {
    for (let i = 0; i < 7; i++) await statementOf(creator.id, 1_000);
    const { runId } = await run(7_000);
    const [paid1, sent, failed, retried, held] = (await paid()).map(({ id }) => id);
    const set = (sql: string, id = '') =>
      world.db.pool.query(`UPDATE payouts SET ${sql} WHERE id = $1`, [id]);
    await set(`status = 'COMPLETED', processed_at = now(), stripe_transfer_id = 'tr_' || id`, paid1);
    await set(`status = 'PROCESSING'`, sent);
    await set(`status = 'FAILED'`, failed);
    await set(`status = 'FAILED', next_attempt_at = now()`, retried);
    await holdPayout(world.deps, { payoutId: held ?? '', reason: 'of the test' }, ADMIN);
    const [progress] = await progressOf(world.db.pool, [runId ?? '']);
    expect(
      progress?.stages.map(({ stage, payoutCount: count, totalCents }) => [stage, count, totalCents]),
    ).toEqual([
      ['PENDING', 2, 2_000],
      ['PROCESSING', 1, 1_000],
      ['COMPLETED', 1, 1_000],
      ['RETRYING', 1, 1_000],
      ['FAILED', 1, 1_000],
      ['HELD', 1, 1_000],
      ['AWAITING_APPROVAL', 0, 0],
    ]);
    expect(progress).toMatchObject({ endedCount: 2, finished: false });
  });

  it('of several runs, and of none, is theirs', async () => {
    await statementOf(creator.id, 1_000);
    const { runId } = await run(1_000);
    const [none, one] = await progressOf(world.db.pool, ['no such run', runId ?? '']);
    expect(none).toMatchObject({ endedCount: 0, finished: true });
    expect(one).toMatchObject({ endedCount: 0, finished: false });
  });
});

describe("the platform's balance", () => {
  const deps = (available: PlatformBalance['available']) => ({
    pool: world.db.pool,
    balance: { available },
    maxRps: 1_000,
    patienceMs: 100,
  });

  it('is what Stripe says of the currency', async () => {
    expect(
      await balanceNow(
        deps(async () => ({ usd: 700, eur: 1 })),
        'usd',
      ),
    ).toBe(700);
    expect(
      await balanceNow(
        deps(async () => ({ eur: 1 })),
        'usd',
      ),
    ).toBe(0);
  });

  it('is unknown where Stripe does not say, or not in time', async () => {
    const away = async () => Promise.reject(new Error('Stripe is away'));
    expect(await balanceNow(deps(away), 'usd')).toBeNull();
    expect(
      await balanceNow(
        deps(() => new Promise(() => undefined)),
        'usd',
      ),
    ).toBeNull();
    // The pace is taken for an hour: nobody waits for that.
    await world.db.pool.query(
      `INSERT INTO stripe_pace (name, next_at) VALUES ('balance.retrieve', clock_timestamp() + interval '5 minutes')
       ON CONFLICT (name) DO UPDATE SET next_at = EXCLUDED.next_at`,
    );
    expect(
      await balanceNow(
        deps(async () => ({ usd: 700 })),
        'usd',
      ),
    ).toBeNull();
  });
});

describe('the total', () => {
  it('of other statements than the previewed ones stops the run, though it is the same', async () => {
    const seen1 = await statementOf(creator.id, 5_000);
    const { id } = await pay(world, { creatorId: creator.id, royaltyStatementId: seen1, amountCents: 1_000 });
    await statementOf(creator.id, 6_000);
    const { totalCents, payoutCount: count, digest } = await preview();
    await holdPayout(world.deps, { payoutId: id, reason: 'of the test' }, ADMIN);
    const unseen = await statementOf(creator.id, 4_000);
    const expected = { expectedPayoutCount: count, expectedDigest: digest };
    await expect(run(totalCents, expected)).rejects.toMatchObject({
      code: 'TOTAL_CHANGED',
      totalCents,
      payoutCount: count,
      message: expect.stringContaining('not of the same statements'),
    });
    expect(await payoutCount()).toBe(1);
    const anew = await preview();
    // The same sums of other statements are other payouts, too.
    await world.db.pool.query(
      `UPDATE royalty_statements SET amount_cents = 10000 - amount_cents
       WHERE extract(year FROM period_end) = $1 AND id <> $2`,
      [year, seen1],
    );
    await expect(run(totalCents, { expectedDigest: anew.digest })).rejects.toMatchObject({
      code: 'TOTAL_CHANGED',
    });
    const { digest: last } = await preview();
    expect(await run(totalCents, { expectedDigest: last })).toMatchObject({ payoutCount: count, totalCents });
    expect((await paid()).map(({ statement }) => statement)).toContain(unseen);
  });

  it('that is not the previewed one any more stops the run, without using up its key', async () => {
    await statementOf(creator.id, 5_000);
    const seen = await preview();
    await statementOf(creator.id, 1_000);
    const idempotencyKey = randomUUID();
    await expect(run(seen.totalCents, { idempotencyKey })).rejects.toMatchObject({
      code: 'TOTAL_CHANGED',
      totalCents: 6_000,
    });
    expect(await payoutCount()).toBe(0);
    expect(await run(6_000, { idempotencyKey })).toMatchObject({ payoutCount: 2, replayed: false });
  });
});

describe('the same key', () => {
  it('gives the same run, and pays nothing twice', async () => {
    await statementOf(creator.id, 5_000);
    const idempotencyKey = randomUUID();
    const first = await run(5_000, { idempotencyKey });
    await statementOf(creator.id, 5_000);
    expect(await run(5_000, { idempotencyKey })).toEqual({ ...first, replayed: true });
    expect(await payoutCount()).toBe(1);
    expect(world.signalled.due).toBe(signalled.due + 1);
  });

  it('with another period, or for a single payout, is a conflict', async () => {
    await statementOf(creator.id, 5_000);
    const idempotencyKey = randomUUID();
    await run(5_000, { idempotencyKey });
    const conflict = { code: 'IDEMPOTENCY_CONFLICT' };
    await expect(run(5_000, { idempotencyKey, periodEnd: day('09-30') })).rejects.toMatchObject(conflict);
    await expect(run(5_001, { idempotencyKey })).rejects.toMatchObject(conflict);
    const single = { creatorId: creator.id, amountCents: 500, idempotencyKey };
    await expect(createPayout(world.deps, single, ADMIN)).rejects.toMatchObject(conflict);
  });
});

describe('at once', () => {
  it('two runs pay every statement once', async () => {
    for (let i = 0; i < 20; i++) await statementOf(creator.id, 1_000);
    const both = await Promise.allSettled([run(20_000), run(20_000)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({
      code: 'TOTAL_CHANGED',
      totalCents: 0,
    });
    expect(await payoutCount()).toBe(20);
  });

  it('a run with one key, asked for twice, is one run', async () => {
    await statementOf(creator.id, 1_000);
    const idempotencyKey = randomUUID();
    const both = await Promise.all([run(1_000, { idempotencyKey }), run(1_000, { idempotencyKey })]);
    expect(both.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
    expect(await payoutCount()).toBe(1);
  });

  it('a run and single payouts never overdraw a statement', async () => {
    const statements: string[] = [];
    for (let i = 0; i < 10; i++) statements.push(await statementOf(creator.id, 1_000));
    const singles = statements.map((id) => pay(world, { creatorId: creator.id, royaltyStatementId: id }));
    await Promise.allSettled([run(10_000), ...singles]);
    expect(await overdrawn()).toBe(0);
  });

  it('a statement that is imported while the run waits for its locks is not paid by it', async () => {
    const known = await statementOf(creator.id, 1_000);
    const other = await openClient(world);
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM royalty_statements WHERE id = $1 FOR UPDATE', [known]);
    const running = run(1_000);
    while (!(await isWaiting())) await new Promise(setImmediate);
    await statementOf(creator.id, 3_000);
    await other.query('COMMIT');
    await other.end();
    expect(await running).toMatchObject({ payoutCount: 1, totalCents: 1_000 });
    expect((await paid()).map(({ statement }) => statement)).toEqual([known]);
  });
});

async function overdrawn(): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM royalty_statements s
     WHERE s.amount_cents < (SELECT sum(p.amount_cents) FROM payouts p
       WHERE p.royalty_statement_id = s.id AND (p.status <> 'FAILED' OR p.next_attempt_at IS NOT NULL))`,
  );
  return rows[0]?.n ?? -1;
}

async function isWaiting(): Promise<boolean> {
  const { rows } = await world.db.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

// Payout runs: what the preview shows is what the run pays, all of it or nothing, and once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPayout } from '../../src/payouts/create.js';
import { type CreateRunInput, createRun, previewRun } from '../../src/payouts/run.js';
import {
  addCreator,
  addStatement,
  createWorld,
  openClient,
  type TestCreator,
  type World,
} from '../support/world.js';
import { ADMIN, changesOf, pay, spoil, transfersOf, work } from './support.js';

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
    expect(seen).toEqual({ ...august(), payoutCount: 2, totalCents: 7_000, currency: 'usd', excluded: [] });
    expect(await run(7_000)).toEqual({ payoutCount: 2, totalCents: 7_000, replayed: false });
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

  it('in another currency, without a word', async () => {
    const id = await statementOf(creator.id, 5_000);
    await world.db.pool.query(`UPDATE royalty_statements SET currency = 'eur' WHERE id = $1`, [id]);
    expect(await preview()).toMatchObject({ payoutCount: 0, excluded: [] });
  });
});

describe('the total', () => {
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
    await run(5_000, { idempotencyKey });
    await statementOf(creator.id, 5_000);
    expect(await run(5_000, { idempotencyKey })).toEqual({
      payoutCount: 1,
      totalCents: 5_000,
      replayed: true,
    });
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
     WHERE s.amount_cents < (SELECT sum(p.amount_cents) FROM payouts p WHERE p.royalty_statement_id = s.id)`,
  );
  return rows[0]?.n ?? -1;
}

async function isWaiting(): Promise<boolean> {
  const { rows } = await world.db.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

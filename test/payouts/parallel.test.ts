// Hundreds who ask at the same moment, through the connections of two processes: a statement is never overdrawn by a cent,
// and one key makes one payout.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/db/connect.js';
import { type CreatePayoutInput, createPayout } from '../../src/payouts/create.js';
import { addCreator, addStatement, createWorld, type TestCreator, type World } from '../support/world.js';
import { ADMIN, count } from './support.js';

let world: World;
let creator: TestCreator;
/** As another process has it. */
let other: Database;
beforeAll(async () => {
  world = await createWorld();
  creator = await addCreator(world);
  other = connect({ url: world.databaseUrl, poolSize: 10, onError: () => undefined });
  // How long one waits for a connection on a slow machine is not what this is about.
  for (const { pool } of [world.db, other]) pool.options.connectionTimeoutMillis = 0;
});
afterAll(async () => {
  await other.close();
  await world.close();
});

/** All at once, half of them through each process. */
function createAll(inputs: readonly Omit<CreatePayoutInput, 'creatorId'>[]) {
  return Promise.allSettled(
    inputs.map((input, i) => {
      const { pool } = i % 2 === 0 ? world.db : other;
      return createPayout({ ...world.deps, pool }, { ...input, creatorId: creator.id }, ADMIN);
    }),
  );
}

const TABLES = ['payouts', 'audit_events', 'payout_events', 'idempotency_keys'];
const counts = () => Promise.all(TABLES.map((table) => count(world, table)));
const added = (before: number[], after: number[]) => after.map((now, i) => now - (before[i] ?? 0));

async function spentOf(statementId: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ cents: number }>(
    'SELECT sum(amount_cents)::int AS cents FROM payouts WHERE royalty_statement_id = $1',
    [statementId],
  );
  return rows[0]?.cents ?? 0;
}

describe('500 who ask at once for one statement', { timeout: 60_000 }, () => {
  it('get all of it, and not a cent more, when each asks for the same', async () => {
    const royaltyStatementId = await addStatement(world, creator.id, 12_345);
    const before = await counts();
    const asked = Array.from({ length: 500 }, () => ({ amountCents: 100, idempotencyKey: randomUUID() }));
    const settled = await createAll(asked.map((one) => ({ ...one, royaltyStatementId })));
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(settled.length - refused.length).toBe(123);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'STATEMENT_OVERDRAWN', availableCents: 45 });
    expect(await spentOf(royaltyStatementId)).toBe(12_300);
    expect(added(before, await counts())).toEqual([123, 123, 123, 123]);
  });

  it('are refused only what was not there any more, when each asks for something else', async () => {
    const statement = 60_000;
    const royaltyStatementId = await addStatement(world, creator.id, statement);
    // From 1.00 to 8.48, in an order that mixes small and large ones: 2,370.00 are asked for in all.
    const amounts = Array.from({ length: 500 }, (_, i) => 100 + ((i * 377) % 749));
    const settled = await createAll(
      amounts.map((amountCents) => ({ amountCents, royaltyStatementId, idempotencyKey: randomUUID() })),
    );
    const spent = await spentOf(royaltyStatementId);
    const paid = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.payout.amountCents] : []));
    expect(paid.reduce((sum, cents) => sum + cents, 0)).toBe(spent);
    expect(spent).toBeLessThanOrEqual(statement);
    // What is left can only have shrunk: nobody was refused who could still be paid.
    const refused = amounts.filter((_, i) => settled[i]?.status === 'rejected');
    expect(statement - spent).toBeLessThan(Math.min(...refused));
  });
});

describe('200 who ask at once with one key', () => {
  it('make one payout, one record of it and one key', async () => {
    const royaltyStatementId = await addStatement(world, creator.id, 100_000);
    const before = await counts();
    const input = { amountCents: 500, royaltyStatementId, idempotencyKey: randomUUID() };
    const settled = await createAll(Array.from({ length: 200 }, () => input));
    const answers = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(answers).toHaveLength(200);
    expect(new Set(answers.map(({ payout }) => payout.id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await spentOf(royaltyStatementId)).toBe(500);
    expect(added(before, await counts())).toEqual([1, 1, 1, 1]);
  });

  it('for two different things make one of them, and tell everybody else of the conflict', async () => {
    const before = await counts();
    const idempotencyKey = randomUUID();
    const settled = await createAll(
      Array.from({ length: 200 }, (_, i) => ({ amountCents: i % 2 === 0 ? 500 : 600, idempotencyKey })),
    );
    const amounts = settled.map((one) => (one.status === 'fulfilled' ? one.value.payout.amountCents : null));
    const made = amounts.find((cents) => cents !== null);
    // Whoever asked for what was made has it.
    expect(amounts).toEqual(amounts.map((_, i) => ((i % 2 === 0 ? 500 : 600) === made ? made : null)));
    for (const one of settled)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(added(before, await counts())).toEqual([1, 1, 1, 1]);
  });
});

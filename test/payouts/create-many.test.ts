// Many payouts at once: each row is decided as if it came alone and after the rows before it, and has a result of its own.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayout } from '../../src/payouts/create.js';
import { createPayouts } from '../../src/payouts/create-many.js';
import type { CreatePayoutsRow } from '../../src/payouts/create-plan.js';
import { retryPayouts } from '../../src/payouts/retry.js';
import { addCreator, addStatement, createWorld, type World } from '../support/world.js';
import { expectInvariants } from './invariants.js';
import { ADMIN, count, pay, payoutOf, spoil, work } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.simulator.setBalance(10 ** 9);
});
afterAll(() => world.close());

const create = (rows: readonly CreatePayoutsRow[]) => createPayouts(world.deps, rows, ADMIN);
type Results = Awaited<ReturnType<typeof create>>;

/** `created`, `replayed`, or the code of the error. */
const told = (results: Results) =>
  results.map((one) => ('code' in one ? one.code : one.replayed ? 'replayed' : 'created'));
const idOf = (one: Results[number] | undefined) => (one && 'payout' in one ? one.payout.id : undefined);

async function creatorWithStatement(cents: number) {
  const { id: creatorId } = await addCreator(world);
  return { creatorId, royaltyStatementId: await addStatement(world, creatorId, cents) };
}

describe('createPayouts', () => {
  it('has a result for each row: the payout, or why there is none', async () => {
    const { creatorId, royaltyStatementId } = await creatorWithStatement(1_000);
    const { id: unready } = await addCreator(world, { ready: false });
    const other = await creatorWithStatement(1_000);
    const key = randomUUID();
    const results = await create([
      { creatorId, amountCents: 500, idempotencyKey: randomUUID() },
      { creatorId, amountCents: 99, idempotencyKey: randomUUID() },
      { creatorId, amountCents: 1_000_001, idempotencyKey: randomUUID() },
      { creatorId: 'nobody', amountCents: 500, idempotencyKey: randomUUID() },
      { creatorId: unready, amountCents: 500, idempotencyKey: randomUUID() },
      {
        creatorId,
        amountCents: 500,
        royaltyStatementId: other.royaltyStatementId,
        idempotencyKey: randomUUID(),
      },
      { creatorId, amountCents: 600, royaltyStatementId, idempotencyKey: key },
      { creatorId, amountCents: 600, royaltyStatementId, idempotencyKey: randomUUID() },
      { creatorId, amountCents: 400, royaltyStatementId, idempotencyKey: randomUUID() },
      { creatorId, amountCents: 600, royaltyStatementId, idempotencyKey: key },
      { creatorId, amountCents: 601, royaltyStatementId, idempotencyKey: key },
      { creatorId, amountCents: 500, idempotencyKey: ' ' },
    ]);
    expect(told(results)).toEqual([
      'created',
      'AMOUNT_BELOW_MINIMUM',
      'AMOUNT_ABOVE_MAXIMUM',
      'NOT_FOUND',
      'CREATOR_NOT_READY',
      'NOT_FOUND',
      'created',
      'STATEMENT_OVERDRAWN',
      'created',
      'replayed',
      'IDEMPOTENCY_CONFLICT',
      'INVALID_INPUT',
    ]);
    expect(idOf(results[9])).toBe(idOf(results[6]));
    expect(results[7]).toMatchObject({ availableCents: 400 });
    expect(results[11]).toMatchObject({ inputPath: ['payouts', '11', 'idempotencyKey'] });
  });

  it('gives the same payouts when it is asked again, alone or among others, and none to a key that failed', async () => {
    const { creatorId, royaltyStatementId } = await creatorWithStatement(500);
    const row = (amountCents: number) => ({
      creatorId,
      royaltyStatementId,
      amountCents,
      idempotencyKey: randomUUID(),
    });
    const rows = [row(500), row(500)];
    const first = await create(rows);
    expect(told(first)).toEqual(['created', 'STATEMENT_OVERDRAWN']);
    expect(told(await create(rows))).toEqual(['replayed', 'STATEMENT_OVERDRAWN']);
    const [good, bad] = rows;
    if (!good || !bad) throw new Error('no rows');
    expect(await createPayout(world.deps, good, ADMIN)).toMatchObject({
      replayed: true,
      payout: { id: idOf(first[0]) },
    });
    // The key of the row that failed is free.
    const alone = await createPayout(world.deps, { ...bad, royaltyStatementId: null }, ADMIN);
    expect(alone.replayed).toBe(false);
    expect(told(await create([{ ...bad, royaltyStatementId: null }]))).toEqual(['replayed']);
    expect(told(await create([bad]))).toEqual(['IDEMPOTENCY_CONFLICT']);
  });

  it('takes keys for all rows or for none, and from 1 to 500 rows', async () => {
    const { id: creatorId } = await addCreator(world);
    const row = { creatorId, amountCents: 100 };
    expect(told(await create([row, row]))).toEqual(['created', 'created']);
    const some = create([{ ...row, idempotencyKey: randomUUID() }, row]);
    await expect(some).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      inputPath: ['payouts', '1', 'idempotencyKey'],
    });
    await expect(create([])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(create(Array.from({ length: 501 }, () => row))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('makes 500 by a handful of statements, each with its audit row and its event', async () => {
    const { id: creatorId } = await addCreator(world);
    const before = await count(world, 'payout_events');
    const statements = countStatements();
    const rows = Array.from({ length: 500 }, (_, i) => ({
      creatorId,
      amountCents: 100 + i,
      idempotencyKey: randomUUID(),
    }));
    const results = await create(rows);
    expect(statements()).toBeLessThan(15);
    expect(new Set(results.map(idOf)).size).toBe(500);
    expect(results.map((one) => 'payout' in one && one.payout.amountCents)).toEqual(
      rows.map(({ amountCents }) => amountCents),
    );
    expect(await count(world, 'payout_events')).toBe(before + 500);
    // No worker of the tests that follow need send them.
    await world.db.pool.query(
      `UPDATE payouts SET next_attempt_at = now() + interval '1 day' WHERE creator_id = $1`,
      [creatorId],
    );
  });

  it('makes each once, however many ask at once, in whatever order', async () => {
    const { creatorId, royaltyStatementId } = await creatorWithStatement(1_000);
    const rows = Array.from({ length: 20 }, () => ({
      creatorId,
      royaltyStatementId,
      amountCents: 100,
      idempotencyKey: randomUUID(),
    }));
    const all = await Promise.all(
      [rows, rows.toReversed(), rows.slice(5), rows.toReversed().slice(3)].map(create),
    );
    const made = all.flat().filter((one) => 'payout' in one && !one.replayed);
    expect(made).toHaveLength(10);
    const { rows: stored } = await world.db.pool.query(
      'SELECT count(*)::int AS n, sum(amount_cents)::int AS cents FROM payouts WHERE royalty_statement_id = $1',
      [royaltyStatementId],
    );
    expect(stored).toEqual([{ n: 10, cents: 1_000 }]);
  });

  it('waits for approvals as one alone does', async () => {
    const { id: creatorId } = await addCreator(world);
    const limits = { ...world.deps.limits, approvalAboveCents: 1_000 };
    const rows = [1_000, 1_001].map((amountCents) => ({
      creatorId,
      amountCents,
      idempotencyKey: randomUUID(),
    }));
    const [small, large] = await createPayouts({ ...world.deps, limits }, rows, ADMIN);
    while ((await work(world)) > 0);
    expect((await payoutOf(world, idOf(small) ?? '')).status).not.toBe('PENDING');
    expect((await payoutOf(world, idOf(large) ?? '')).status).toBe('PENDING');
  });
});

describe('retryPayouts', () => {
  async function failed(options: Parameters<typeof pay>[1] = {}): Promise<string> {
    const { id } = await pay(world, options);
    await spoil(world, id, { fault: 'stripe_error', code: 'amount_too_large' });
    await work(world);
    expect((await payoutOf(world, id)).status).toBe('FAILED');
    return id;
  }

  it('has a result for each payout, and decides a statement among them', async () => {
    const statement = await creatorWithStatement(500);
    const [first, second] = [await failed({ ...statement }), await failed({ ...statement })];
    const other = await failed();
    const { id: pending } = await pay(world);
    const statements = countStatements();
    const results = await retryPayouts(world.deps, [first, second, 'nobody', other, pending, other], ADMIN);
    expect(statements()).toBeLessThan(9);
    expect(results.map((one) => ('code' in one ? one.code : one.status))).toEqual([
      'PENDING',
      'STATEMENT_OVERDRAWN',
      'NOT_FOUND',
      'PENDING',
      'INVALID_TRANSITION',
      'INVALID_INPUT',
    ]);
    await work(world);
    for (const id of [first, other]) expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect((await payoutOf(world, second)).status).toBe('FAILED');
  });

  it('retries each once, however many ask at once', async () => {
    const ids = [await failed(), await failed(), await failed()];
    const all = await Promise.all(
      [ids, ids.toReversed(), ids].map((some) => retryPayouts(world.deps, some, ADMIN)),
    );
    expect(all.flat().filter((one) => 'status' in one && !('code' in one))).toHaveLength(3);
    for (const id of ids)
      expect(await payoutOf(world, id)).toMatchObject({ status: 'PENDING', retryCount: 1 });
  });

  it('breaks nothing', async () => {
    await expectInvariants(world);
  });
});

/** How many statements the pool's clients have run since. */
function countStatements(): () => number {
  let n = 0;
  const seen = new Set<unknown>();
  world.db.pool.on('acquire', (client) => {
    if (seen.has(client)) return;
    seen.add(client);
    const query = client.query.bind(client);
    client.query = ((...args: Parameters<typeof query>) => {
      n += 1;
      return query(...args);
    }) as typeof client.query;
  });
  return () => n;
}

// Creating a payout: what is written, what is refused without a trace, and that asking twice pays once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CreatePayoutInput, createPayout } from '../../src/payouts/create.js';
import type { PayoutErrorCode } from '../../src/payouts/errors.js';
import { addCreator, addStatement, createWorld, type TestCreator, type World } from '../support/world.js';
import { ADMIN, changesOf, count, pay, payoutOf, resolve, spoil, work } from './support.js';

let world: World;
let creator: TestCreator;
beforeAll(async () => {
  world = await createWorld();
  creator = await addCreator(world);
});
afterAll(() => world.close());

const create = (input: CreatePayoutInput, actor = ADMIN) => createPayout(world.deps, input, actor);

function inputOf(over: Partial<CreatePayoutInput> = {}): CreatePayoutInput {
  return { creatorId: creator.id, amountCents: 500, idempotencyKey: randomUUID(), ...over };
}

const TABLES = ['payouts', 'audit_events', 'payout_events', 'idempotency_keys', 'payout_attempts'];
const counts = () => Promise.all(TABLES.map((table) => count(world, table)));

describe('a valid payout', () => {
  it('is PENDING, with its audit row, its event and its key', async () => {
    const statement = await addStatement(world, creator.id, 10_000);
    const before = await counts();
    const input = inputOf({ amountCents: 1_234, royaltyStatementId: statement });
    const { payout, replayed } = await create(input);
    expect(replayed).toBe(false);
    expect(payout).toMatchObject({
      creatorId: creator.id,
      royaltyStatementId: statement,
      amountCents: 1_234,
      currency: 'usd',
      status: 'PENDING',
      version: 1,
      retryCount: 0,
      stripeTransferId: null,
      nextAttemptAt: null,
    });
    expect(await payoutOf(world, payout.id)).toEqual(payout);
    expect(await changesOf(world, payout.id)).toEqual(['none>PENDING']);
    expect((await counts()).map((now, i) => now - (before[i] ?? 0))).toEqual([1, 1, 1, 1, 0]);
  });

  it('is audited under the name and the request of who asked for it', async () => {
    const { payout } = await create(inputOf());
    const { rows } = await world.db.pool.query(
      `SELECT actor, action, request_id, before, after->>'amountCents' AS cents, after->>'status' AS status
       FROM audit_events WHERE payout_id = $1`,
      [payout.id],
    );
    expect(rows).toEqual([
      {
        actor: ADMIN.name,
        action: 'created',
        request_id: ADMIN.requestId,
        before: null,
        cents: '500',
        status: 'PENDING',
      },
    ]);
  });

  it('wakes the workers and the live log, once', async () => {
    const before = { ...world.signalled };
    const input = inputOf();
    await create(input);
    await create(input);
    expect(world.signalled).toEqual({ ...before, due: before.due + 1, changed: before.changed + 1 });
  });

  it.each([100, 1_000_000])('may be of %i cents, the limit itself', async (amountCents) => {
    expect((await create(inputOf({ amountCents }))).payout.amountCents).toBe(amountCents);
  });

  it('may take the last cent of its statement', async () => {
    const royaltyStatementId = await addStatement(world, creator.id, 700);
    await create(inputOf({ royaltyStatementId, amountCents: 500 }));
    await create(inputOf({ royaltyStatementId, amountCents: 200 }));
    await expect(create(inputOf({ royaltyStatementId, amountCents: 100 }))).rejects.toMatchObject({
      code: 'STATEMENT_OVERDRAWN',
      availableCents: 0,
    });
  });
});

describe('a refused payout leaves no row and does not use up its key:', () => {
  const REFUSED: [string, PayoutErrorCode, () => Promise<Partial<CreatePayoutInput>>][] = [
    ['of nobody', 'NOT_FOUND', async () => ({ creatorId: 'nobody' })],
    [
      'to a creator who cannot receive transfers',
      'CREATOR_NOT_READY',
      async () => ({ creatorId: (await addCreator(world, { ready: false })).id }),
    ],
    [
      'to a creator without an account',
      'CREATOR_NOT_READY',
      async () => ({ creatorId: await accountless() }),
    ],
    ['of 99 cents', 'AMOUNT_BELOW_MINIMUM', async () => ({ amountCents: 99 })],
    ['of nothing', 'AMOUNT_BELOW_MINIMUM', async () => ({ amountCents: 0 })],
    ['of less than nothing', 'AMOUNT_BELOW_MINIMUM', async () => ({ amountCents: -500 })],
    ['of a cent too much', 'AMOUNT_ABOVE_MAXIMUM', async () => ({ amountCents: 1_000_001 })],
    ['of half a cent', 'INVALID_INPUT', async () => ({ amountCents: 500.5 })],
    ['of no number', 'INVALID_INPUT', async () => ({ amountCents: Number.NaN })],
    ['of more than numbers can count', 'INVALID_INPUT', async () => ({ amountCents: 2 ** 53 })],
    ['from no statement', 'NOT_FOUND', async () => ({ royaltyStatementId: 'none' })],
    ['from a statement without a name', 'NOT_FOUND', async () => ({ royaltyStatementId: '' })],
    [
      "from another creator's statement",
      'NOT_FOUND',
      async () => ({ royaltyStatementId: await addStatement(world, (await addCreator(world)).id, 9_000) }),
    ],
    ['from a statement in euros', 'INVALID_INPUT', async () => ({ royaltyStatementId: await inEuros() })],
    [
      'of more than its statement',
      'STATEMENT_OVERDRAWN',
      async () => ({ royaltyStatementId: await addStatement(world, creator.id, 499) }),
    ],
  ];

  it.each(REFUSED)('%s is %s', async (_what, code, over) => {
    const input = inputOf(await over());
    const before = await counts();
    const signalled = { ...world.signalled };
    await expect(create(input)).rejects.toMatchObject({ code });
    expect(await counts()).toEqual(before);
    expect(world.signalled).toEqual(signalled);
    const valid = inputOf({ idempotencyKey: input.idempotencyKey });
    expect((await create(valid)).replayed).toBe(false);
  });

  it.each(['', '   ', 'x'.repeat(256), 'a\0b'])('a key such as %j', async (idempotencyKey) => {
    const before = await counts();
    await expect(create(inputOf({ idempotencyKey }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      inputPath: ['idempotencyKey'],
    });
    expect(await counts()).toEqual(before);
  });
});

async function accountless(): Promise<string> {
  const { id } = await addCreator(world);
  await world.db.pool.query('UPDATE creators SET stripe_account_id = NULL WHERE id = $1', [id]);
  return id;
}

async function inEuros(): Promise<string> {
  const id = await addStatement(world, creator.id, 9_000);
  await world.db.pool.query(`UPDATE royalty_statements SET currency = 'eur' WHERE id = $1`, [id]);
  return id;
}

describe('the same key', () => {
  it('with the same request gives the same payout, whoever asks, and writes nothing', async () => {
    const input = inputOf();
    const first = await create(input);
    const before = await counts();
    const again = await create({ ...input, royaltyStatementId: null }, { name: 'another@platform' });
    expect(again).toEqual({ payout: first.payout, replayed: true });
    expect(await counts()).toEqual(before);
  });

  it('shows the payout as it stands now', async () => {
    const input = inputOf();
    const { payout } = await create(input);
    await work(world);
    expect((await create(input)).payout).toMatchObject({ id: payout.id, status: 'COMPLETED' });
  });

  it.each<[string, () => Promise<Partial<CreatePayoutInput>>]>([
    ['amount', async () => ({ amountCents: 501 })],
    ['creator', async () => ({ creatorId: (await addCreator(world)).id })],
    ['statement', async () => ({ royaltyStatementId: await addStatement(world, creator.id, 9_000) })],
  ])('with another %s is a conflict', async (_what, over) => {
    const input = inputOf();
    await create(input);
    const before = await counts();
    await expect(create({ ...input, ...(await over()) })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await counts()).toEqual(before);
  });

  it('asked for 50 times at once makes one payout', async () => {
    const before = await count(world, 'payouts');
    const input = inputOf();
    const all = await Promise.all(Array.from({ length: 50 }, () => create(input)));
    expect(new Set(all.map(({ payout }) => payout.id)).size).toBe(1);
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await count(world, 'payouts')).toBe(before + 1);
  });
});

describe('a statement', () => {
  it('is never overdrawn by 100 who ask at once', async () => {
    const royaltyStatementId = await addStatement(world, creator.id, 1_050);
    const asked = Array.from({ length: 100 }, () =>
      create(inputOf({ royaltyStatementId, amountCents: 100 })),
    );
    const settled = await Promise.allSettled(asked);
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(settled.length - refused.length).toBe(10);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'STATEMENT_OVERDRAWN', availableCents: 50 });
    expect(await spentOf(royaltyStatementId)).toBe(1_000);
  });

  it('keeps what a payout may still take: while it is unknown, and while a retry will follow', async () => {
    const royaltyStatementId = await addStatement(world, creator.id, 1_000);
    const [lost, waiting] = [await payFrom(royaltyStatementId), await payFrom(royaltyStatementId)];
    await spoil(world, lost.id, { fault: 'error_500_before' });
    await spoil(world, waiting.id, { fault: 'capability_off_before_transfer' });
    await work(world);
    await world.simulator.setCapability(creator.accountId, 'active');
    expect((await payoutOf(world, lost.id)).status).toBe('PROCESSING');
    expect(await payoutOf(world, waiting.id)).toMatchObject({
      status: 'FAILED',
      nextAttemptAt: expect.any(Date),
    });
    await expect(payFrom(royaltyStatementId)).rejects.toMatchObject({ code: 'STATEMENT_OVERDRAWN' });
    await resolve(world);
  });

  it('gets back what a payout that failed for good had taken', async () => {
    const gone = await addCreator(world);
    const royaltyStatementId = await addStatement(world, gone.id, 500);
    const options = { creatorId: gone.id, royaltyStatementId };
    const failed = await pay(world, options);
    await world.simulator.deleteAccount(gone.accountId);
    await work(world);
    expect(await payoutOf(world, failed.id)).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
    expect((await pay(world, options)).status).toBe('PENDING');
  });
});

const payFrom = (royaltyStatementId: string) => pay(world, { creatorId: creator.id, royaltyStatementId });

async function spentOf(statementId: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ cents: number }>(
    'SELECT sum(amount_cents)::int AS cents FROM payouts WHERE royalty_statement_id = $1',
    [statementId],
  );
  return rows[0]?.cents ?? 0;
}

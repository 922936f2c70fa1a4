// Whatever happens beside a run - creations, holds, rejections, releases, imports, other runs - it pays exactly what was
// expected of it or refuses, and no statement is ever overdrawn. RUN_ROUNDS=n does it n times.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdPayout, rejectPayout, releasePayout } from '../../../src/payouts/control/decide.js';
import { createPayout } from '../../../src/payouts/create.js';
import { createPayouts } from '../../../src/payouts/create-many.js';
import { payableOf } from '../../../src/payouts/runs/candidates.js';
import { previewRun } from '../../../src/payouts/runs/preview.js';
import { type CreatedRun, createRun } from '../../../src/payouts/runs/run.js';
import { upsertStatements } from '../../../src/payouts/upsert/statements.js';
import { addCreator, addStatement, createWorld, type TestCreator, type World } from '../../support/world.js';
import { ADMIN } from '../support.js';

const ROUNDS = Number(process.env['RUN_ROUNDS'] ?? 25);
const STATEMENTS = 6;
const CENTS = 1_000;

let world: World;
let creator: TestCreator;
let year = 2000;
beforeAll(async () => {
  world = await createWorld();
  creator = await addCreator(world);
});
afterAll(() => world.close());

/** What the others do, each to one of the statements. */
const ACTS = [
  'create',
  'createMany',
  'hold',
  'reject',
  'release',
  'import',
  'raise',
  'lower',
  'run',
] as const;
const act = fc.record({
  what: fc.constantFrom(...ACTS),
  which: fc.integer({ min: 0, max: STATEMENTS - 1 }),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

interface Round {
  statements: string[];
  payouts: string[];
  start: string;
  end: string;
}

/** Two of the statements have a payout already, one of them held. */
async function openRound(): Promise<Round> {
  year += 1;
  const period = { start: `${year}-08-01`, end: `${year}-08-31` };
  const statements: string[] = [];
  for (let i = 0; i < STATEMENTS; i++) statements.push(await addStatement(world, creator.id, CENTS, period));
  const payouts: string[] = [];
  for (const royaltyStatementId of statements.slice(0, 2)) payouts.push(await pay(royaltyStatementId, 400));
  await holdPayout(world.deps, { payoutId: payouts[0] ?? '', reason: 'a look' }, ADMIN);
  return { statements, payouts, ...period };
}

async function pay(royaltyStatementId: string, amountCents: number): Promise<string> {
  const input = { creatorId: creator.id, royaltyStatementId, amountCents, idempotencyKey: randomUUID() };
  return (await createPayout(world.deps, input, ADMIN)).payout.id;
}

const periodOf = ({ start, end }: Round) => ({ periodStart: start, periodEnd: end });

async function run(round: Round): Promise<CreatedRun> {
  const { totalCents, payoutCount, digest } = await previewRun(world.deps, periodOf(round));
  const expected = {
    expectedTotalCents: totalCents,
    expectedPayoutCount: payoutCount,
    expectedDigest: digest,
  };
  return createRun(world.deps, { ...periodOf(round), ...expected, idempotencyKey: randomUUID() }, ADMIN);
}

async function upsert(round: Round, externalId: string, amountCents: number): Promise<void> {
  const statement = { externalId, creatorId: creator.id, ...periodOf(round), amountCents };
  await upsertStatements(world.deps, [statement], ADMIN);
}

function perform({ what, which }: Act, round: Round): Promise<unknown> {
  const statement = round.statements[which] ?? '';
  const decision = { payoutId: round.payouts[which % 2] ?? '', reason: `of act ${which}` };
  const acts: Record<Act['what'], () => Promise<unknown>> = {
    create: () => pay(statement, 300),
    createMany: () =>
      createPayouts(
        world.deps,
        round.statements.map((royaltyStatementId) => ({
          creatorId: creator.id,
          royaltyStatementId,
          amountCents: 200,
        })),
        ADMIN,
      ),
    hold: () => holdPayout(world.deps, decision, ADMIN),
    reject: () => rejectPayout(world.deps, decision, ADMIN),
    release: () => releasePayout(world.deps, decision, ADMIN),
    import: () => upsert(round, randomUUID(), CENTS),
    raise: () => upsert(round, statement, CENTS + 500),
    lower: () => upsert(round, statement, CENTS - 100),
    run: () => run(round),
  };
  return acts[what]();
}

it('pays what was expected or refuses', { timeout: 300_000 }, async () => {
  const outcomes = { paid: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
      const round = await openRound();
      const { totalCents, payoutCount, digest } = await previewRun(world.deps, periodOf(round));
      const previewed = await payableOf(world.db.pool, periodOf(round), world.deps.limits);
      const expected = { expectedPayoutCount: payoutCount, expectedDigest: digest };
      const input = { ...periodOf(round), expectedTotalCents: totalCents, ...expected };
      const half = Math.floor(acts.length / 2);
      const others = (some: Act[]) => some.map((one) => perform(one, round));
      const before = others(acts.slice(0, half));
      const ours = createRun(world.deps, { ...input, idempotencyKey: randomUUID() }, ADMIN);
      const [[mine]] = await Promise.all([
        Promise.allSettled([ours]),
        Promise.allSettled([...before, ...others(acts.slice(half))]),
      ]);
      if (mine?.status === 'fulfilled') {
        outcomes.paid += 1;
        expect(mine.value).toMatchObject({ totalCents, payoutCount });
        expect(await paidBy(mine.value)).toEqual(
          previewed.map(({ statementId, leftCents }) => ({ statementId, leftCents })),
        );
      } else {
        outcomes.refused += 1;
        expect(mine?.reason).toMatchObject({ code: 'TOTAL_CHANGED' });
      }
      await expectRunsExact();
    }),
    { numRuns: ROUNDS, endOnFailure: true },
  );
  // Both happen, or the others are never beside it.
  expect(Math.min(outcomes.paid, outcomes.refused)).toBeGreaterThan(0);
});

/** The statements that a run has paid, with what, as the preview has them. */
async function paidBy({ runId }: CreatedRun): Promise<unknown[]> {
  const { rows } = await world.db.pool.query(
    `SELECT royalty_statement_id AS "statementId", amount_cents AS "leftCents" FROM payouts WHERE run_id = $1
     ORDER BY royalty_statement_id`,
    [runId],
  );
  return rows;
}

/** Each run's payouts are what its row says, and no statement has more payouts than money, whatever was lowered later. */
async function expectRunsExact(): Promise<void> {
  const { rows: runs } = await world.db.pool.query(
    `SELECT r.id FROM payout_runs r LEFT JOIN payouts p ON p.run_id = r.id
     GROUP BY r.id HAVING count(p.id) <> r.payout_count OR COALESCE(sum(p.amount_cents), 0) <> r.total_cents`,
  );
  expect(runs).toEqual([]);
  const { rows: overdrawn } = await world.db.pool.query(
    `SELECT s.id FROM royalty_statements s JOIN payouts p ON p.royalty_statement_id = s.id
     WHERE p.status <> 'FAILED' OR p.next_attempt_at IS NOT NULL
     GROUP BY s.id HAVING sum(p.amount_cents) > s.amount_cents`,
  );
  expect(overdrawn).toEqual([]);
}

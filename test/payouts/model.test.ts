// Random histories: payouts are made, sent, lost, refused, told of twice and in any order, retried, all at once. Whatever
// happens, no cent is doubled; and once Stripe answers again, none is lost.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimPayouts } from '../../src/payouts/claim.js';
import { retryPayout } from '../../src/payouts/retry.js';
import type { SubmitDeps } from '../../src/payouts/submit.js';
import type { FaultName } from '../../src/stripe/simulator/fault-types.js';
import { addCreator, addStatement, createWorld, type World } from '../support/world.js';
import { expectInvariants } from './invariants.js';
import { ADMIN, eventOf, impatient, LONG_POSTPONE, pay, receive, resolve, work } from './support.js';

let world: World;
/** A worker that soon gives up on Stripe, and retries a refusal twice and at once. */
let hasty: Partial<SubmitDeps>;
let history: { creatorId: string; royaltyStatementId: string };

beforeAll(async () => {
  world = await createWorld();
  hasty = { ...impatient(world, 60), ...LONG_POSTPONE, retries: { maxRetries: 2, delaysMs: [0] } };
});
afterAll(() => world.close());

const FAULTS: FaultName[] = [
  'rate_limited',
  'unauthorized_401',
  'reset_after_commit',
  'hang_before',
  'hang_after_commit',
  'truncated_200',
  'wrong_object_200',
  'html_502',
  'json_503_without_error',
  'error_500_after_commit',
];

type Step =
  | { do: 'create' }
  | { do: 'spoil'; fault: FaultName; times: number }
  | { do: 'work' | 'retries' | 'resolve' | 'die' | 'die_after_sending' | 'admin' }
  | { do: 'balance'; cents: number }
  | { do: 'webhooks'; picks: number[] }
  | { do: 'at_once'; steps: Step[] };

const doing = <T extends Step['do']>(...names: T[]) => fc.record({ do: fc.constantFrom(...names) });

const stepArb: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: doing('create') },
  { weight: 4, arbitrary: doing('work', 'retries', 'resolve', 'die', 'die_after_sending', 'admin') },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('spoil' as const),
      fault: fc.constantFrom(...FAULTS),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('balance' as const), cents: fc.constantFrom(0, 700, 10 ** 8) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('webhooks' as const),
      picks: fc.array(fc.nat(50), { minLength: 1, maxLength: 4 }),
    }),
  },
);

const historyArb = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: stepArb },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('at_once' as const),
        steps: fc.array(stepArb, { minLength: 2, maxLength: 4 }),
      }),
    },
  ),
  { minLength: 4, maxLength: 14 },
);

async function take(step: Step): Promise<void> {
  switch (step.do) {
    case 'create':
      // Refused where the statement has no more: that too is part of the history.
      await pay(world, history).catch(() => undefined);
      return;
    case 'spoil':
      await world.simulator.fault({ fault: step.fault, times: step.times, match: { path: '/v1/transfers' } });
      return;
    case 'work':
      await work(world, 'claimed', hasty);
      return;
    case 'retries':
      await work(world, 'retry_claimed', hasty);
      return;
    case 'resolve':
      await resolve(world, hasty);
      return;
    case 'die':
      await claimPayouts(world.db.pool, 'claimed', 1, 60_000);
      return;
    case 'die_after_sending': {
      const [leased] = await claimPayouts(world.db.pool, 'claimed', 1, 60_000);
      if (leased) await hasty.transfers?.create(leased.request);
      return;
    }
    case 'admin':
      return retryAll();
    case 'balance':
      await world.simulator.setBalance(step.cents);
      return;
    case 'webhooks':
      return tell(step.picks);
    case 'at_once':
      await Promise.all(step.steps.map(take));
      return;
    default:
      step satisfies never;
  }
}

async function retryAll(): Promise<void> {
  const { rows } = await world.db.pool.query<{ id: string }>(
    `SELECT id FROM payouts WHERE status = 'FAILED' LIMIT 3`,
  );
  // Somebody else may be first, and the statement may be paid out.
  await Promise.all(rows.map(({ id }) => retryPayout(world.deps, id, ADMIN).catch(() => undefined)));
}

/** Tells of any transfers, in any order, some of them twice: one event has one id, whenever it comes. */
async function tell(picks: readonly number[]): Promise<void> {
  const transfers = await world.simulator.transfers();
  if (transfers.length === 0) return;
  const chosen = picks.map((pick) => transfers[pick % transfers.length]).filter((one) => one !== undefined);
  await Promise.all(
    chosen.map((one) => receive(world, eventOf('transfer.created', one, { id: `evt_${one.id}` }))),
  );
}

/** Stripe answers again, and everybody does what is left to do. */
async function heal(): Promise<void> {
  await world.simulator.clearFaults();
  await world.simulator.releaseHeld();
  await world.simulator.setBalance(10 ** 8);
  await work(world);
  await work(world, 'retry_claimed');
  await resolve(world);
}

const unsettled = async () =>
  (await world.db.pool.query(`SELECT id, status FROM payouts WHERE status IN ('PENDING', 'PROCESSING')`))
    .rows;

it('doubles nothing in any history, and loses nothing once Stripe answers again', async () => {
  await fc.assert(
    fc.asyncProperty(historyArb, async (steps) => {
      const creatorId = (await addCreator(world)).id;
      history = { creatorId, royaltyStatementId: await addStatement(world, creatorId, 2_300) };
      await Promise.all([take({ do: 'create' }), take({ do: 'create' })]);
      for (const step of steps) await take(step);
      await expectInvariants(world);
      await heal();
      await expectInvariants(world);
      expect(await unsettled()).toEqual([]);
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

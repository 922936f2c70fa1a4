// The last look before a request leaves: whatever changed while it waited for its turn keeps it back.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TransferGateway } from '../../../src/payouts/ports.js';
import { pauseProcessing } from '../../../src/payouts/processing.js';
import { claimPayouts, type LeasedRequest } from '../../../src/payouts/sending/claim.js';
import { resolveOpenAttempts } from '../../../src/payouts/sending/resolve.js';
import { processTransfer, recordAnswer, type SubmitDeps } from '../../../src/payouts/sending/submit.js';
import { addCreator, createWorld, type World } from '../../support/world.js';
import { expectPaidOnce } from '../paid-once.js';
import {
  ADMIN,
  attemptsOf,
  endLeases,
  eventOf,
  type Made,
  made,
  NEVER,
  pay,
  payoutOf,
  receive,
  resolve,
  resume,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.simulator.clearFaults();
  await setQueue(0);
  await resume(world);
  await resolve(world);
});
afterAll(() => world.close());

const sql = async (text: string, ...values: unknown[]) => (await world.db.pool.query(text, values)).rows;

/** Whoever wants to send next waits so long. */
async function setQueue(ms: number): Promise<void> {
  await sql('DELETE FROM stripe_pace');
  await sql(
    `INSERT INTO stripe_pace VALUES ('transfers.create', clock_timestamp() + $1 * interval '1 millisecond')`,
    ms,
  );
}

/** A transfer was made, and its answer lost so long ago that a new key is due. */
async function overdue(): Promise<Made> {
  const one = await made(world);
  await recordAnswer(world.deps, one.leased, { kind: 'unknown', message: 'no answer' });
  await sql(
    `UPDATE payout_attempts SET started_at = now() - interval '1 hour', sent_at = now() - interval '30 minutes'
     WHERE payout_id = $1`,
    one.id,
  );
  return one;
}

/** One claimed payout, and its request. */
async function claimed(): Promise<LeasedRequest> {
  await pay(world);
  const [leased] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
  if (!leased) throw new Error('nothing was claimed');
  return leased;
}

describe('a request that waits for its turn is not sent', () => {
  it('once a webhook has completed its payout', async () => {
    const one = await overdue();
    // Stripe's list is behind: it shows nothing yet.
    const transfers = { ...world.deps.transfers, findByPayout: async () => [] };
    await setQueue(1_500);
    const sweep = resolve(world, { transfers });
    await expect.poll(() => attemptsOf(world, one.id), { interval: 5 }).toHaveLength(2);
    expect(await receive(world, eventOf('transfer.created', one.transfer))).toBe('applied');
    await sweep;
    await expectPaidOnce(world, one.id);
    expect(await attemptsOf(world, one.id)).toMatchObject([
      { outcome: 'SUCCEEDED' },
      { outcome: 'UNKNOWN', finished: true },
    ]);
  });

  it('once its lease has ended by the clock of the database, though ours stood still', async () => {
    const leased = await claimed();
    await endLeases(world);
    await processTransfer(world.deps, leased);
    expect(await transfersOf(world, leased.request.payoutId)).toEqual([]);
  });

  it("once its lease has ended by our clock, though the database's was set back", async () => {
    const leased = await claimed();
    await processTransfer(world.deps, { ...leased, deadline: performance.now() });
    expect(await transfersOf(world, leased.request.payoutId)).toEqual([]);
  });

  it('where its lease would end before the slowest answer', async () => {
    const leased = await claimed();
    await sql(
      `UPDATE payout_attempts SET lease_until = now() + interval '5 seconds' WHERE id = $1`,
      leased.attemptId,
    );
    await processTransfer({ ...world.deps, stripeTimeoutMs: 10_000 }, leased);
    expect(await transfersOf(world, leased.request.payoutId)).toEqual([]);
    await processTransfer(world.deps, leased);
    await expectPaidOnce(world, leased.request.payoutId);
  });
});

/** Four payouts that wait for a worker. */
async function batch(): Promise<string[]> {
  const { id: creatorId } = await addCreator(world);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push((await pay(world, { creatorId })).id);
  return ids;
}

/** Long gaps: what the first request brings is known before the second may leave. */
const SLOW: Partial<SubmitDeps> = { maxRps: 2 };

/** All that have no outcome, which are so many, are free for whoever comes. */
async function expectGivenBack(ids: readonly string[], count: number): Promise<void> {
  const attempts = (await Promise.all(ids.map((id) => attemptsOf(world, id)))).flat();
  const open = attempts.filter(({ finished }) => !finished);
  expect(open).toHaveLength(count);
  expect(open.filter(({ leased }) => leased)).toEqual([]);
}

describe('a batch that waits for its pace', () => {
  it('stops at a pause, and what is left may be taken up at once', async () => {
    const ids = await batch();
    await setQueue(0);
    const { transfers } = world.deps;
    const pausing: TransferGateway = {
      ...transfers,
      async create(request) {
        await pauseProcessing(world.db.pool, 'The books are being closed.', ADMIN);
        return transfers.create(request);
      },
    };
    await work(world, 'claimed', { ...SLOW, transfers: pausing });
    expect((await Promise.all(ids.map((id) => transfersOf(world, id)))).flat()).toHaveLength(1);
    await expectGivenBack(ids, 3);
    await resume(world);
    expect(await resolveOpenAttempts(world.deps, NEVER)).toBe(3);
    for (const id of ids) await expectPaidOnce(world, id);
  });

  it('stops where Stripe refuses our key, after the request that learnt it', async () => {
    const ids = await batch();
    await setQueue(0);
    await world.simulator.fault({
      fault: 'unauthorized_401',
      match: { method: 'POST', path: '/v1/transfers' },
      times: 'always',
    });
    await work(world, 'claimed', SLOW);
    expect((await world.simulator.faults()).map(({ hits }) => hits)).toEqual([1]);
    await expectGivenBack(ids, 4);
    for (const id of ids) expect((await payoutOf(world, id)).status).toBe('PROCESSING');
  });
});

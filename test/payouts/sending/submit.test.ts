// Sending: what each answer of Stripe's does to the payout. Only a definite refusal makes it FAILED.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TransferGateway } from '../../../src/payouts/ports.js';
import { resolveOpenAttempts } from '../../../src/payouts/sending/resolve.js';
import type { FaultRule } from '../../../src/stripe/simulator/fault-types.js';
import { addCreator, createWorld, type World } from '../../support/world.js';
import {
  attemptsOf,
  changesOf,
  impatient,
  NEVER,
  pay,
  payoutOf,
  resolve,
  resume,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
// What refuses our configuration pauses processing.
afterEach(() => resume(world));
afterAll(() => world.close());

describe('success', () => {
  it('completes the payout with the one transfer that it asked for', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id, amountCents: 1_234 });
    await work(world);
    const transfers = await transfersOf(world, id);
    expect(transfers).toHaveLength(1);
    expect(transfers[0]).toMatchObject({
      amount: 1_234,
      currency: 'usd',
      destination: creator.accountId,
      transfer_group: `payout_${id}`,
      metadata: { payout_id: id },
    });
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'COMPLETED',
      stripeTransferId: transfers[0]?.id,
      processedAt: expect.any(Date),
      failureCode: null,
      version: 3,
    });
  });

  it('ends the attempt with the transfer, the request of Stripe and our own key', async () => {
    const { id } = await pay(world);
    await work(world);
    const [transfer] = await transfersOf(world, id);
    expect(await attemptsOf(world, id)).toMatchObject([
      {
        outcome: 'SUCCEEDED',
        transferId: transfer?.id,
        requestId: expect.stringMatching(/^req_/),
        finished: true,
        sends: 1,
      },
    ]);
    const { requests } = await world.simulator.state();
    const sent = requests.filter((one) => one.idempotencyKey === `payout_${id}_1`);
    expect(sent).toHaveLength(1);
  });
});

/** Stripe's answer, and whether the transfer was made all the same. */
const UNCLEAR: [string, FaultRule, { outcome: string; made: number }][] = [
  ['429', { fault: 'rate_limited' }, { outcome: 'STARTED', made: 0 }],
  [
    '429 with Stripe-Should-Retry',
    { fault: 'rate_limited', shouldRetry: true },
    { outcome: 'STARTED', made: 0 },
  ],
  ['429 lock_timeout', { fault: 'rate_limited', code: 'lock_timeout' }, { outcome: 'STARTED', made: 0 }],
  ['401', { fault: 'unauthorized_401' }, { outcome: 'STARTED', made: 0 }],
  ['403', { fault: 'forbidden_403' }, { outcome: 'STARTED', made: 0 }],
  ['a 500 before it was made', { fault: 'error_500_before' }, { outcome: 'UNKNOWN', made: 0 }],
  ['a 500 after it was made', { fault: 'error_500_after_commit' }, { outcome: 'UNKNOWN', made: 1 }],
  ['a reset before it was made', { fault: 'reset_before' }, { outcome: 'UNKNOWN', made: 0 }],
  ['a reset after it was made', { fault: 'reset_after_commit' }, { outcome: 'UNKNOWN', made: 1 }],
  ['a truncated 200', { fault: 'truncated_200' }, { outcome: 'UNKNOWN', made: 1 }],
  ['a 200 that is a payment intent', { fault: 'wrong_object_200' }, { outcome: 'UNKNOWN', made: 1 }],
  ['a 200 that is null', { fault: 'wrong_object_200', body: null }, { outcome: 'UNKNOWN', made: 1 }],
  ['a 200 that is a list', { fault: 'wrong_object_200', body: [] }, { outcome: 'UNKNOWN', made: 1 }],
  ['an HTML 502', { fault: 'html_502' }, { outcome: 'UNKNOWN', made: 0 }],
  [
    'an HTML 502 after it was made',
    { fault: 'html_502', afterCommit: true },
    { outcome: 'UNKNOWN', made: 1 },
  ],
  ['a JSON 503 without error', { fault: 'json_503_without_error' }, { outcome: 'UNKNOWN', made: 0 }],
  ['no answer, before it was made', { fault: 'hang_before' }, { outcome: 'UNKNOWN', made: 0 }],
  ['no answer, after it was made', { fault: 'hang_after_commit' }, { outcome: 'UNKNOWN', made: 1 }],
];

describe('an answer that decides nothing', () => {
  it.each(UNCLEAR)(
    '%s: the payout stays PROCESSING under its key',
    async (_what, rule, { outcome, made }) => {
      const { id } = await pay(world);
      await spoil(world, id, rule);
      await work(world, 'claimed', rule.fault.startsWith('hang') ? impatient(world, 200) : {});
      expect(await payoutOf(world, id)).toMatchObject({
        status: 'PROCESSING',
        version: 2,
        stripeTransferId: null,
        failureCode: null,
        nextAttemptAt: null,
      });
      expect(await attemptsOf(world, id)).toMatchObject([
        { number: 1, key: `payout_${id}_1`, outcome, finished: false },
      ]);
      expect(await transfersOf(world, id)).toHaveLength(made);
      expect(await changesOf(world, id)).toEqual(['none>PENDING', 'PENDING>PROCESSING']);
      await world.simulator.clearFaults();
      await resume(world);
      await resolve(world);
    },
  );

  it.each([
    ['a transfer to somebody else', { destination: 'acct_of_somebody_else' }],
    ['a transfer of another amount', { amount: 501 }],
    ['a transfer in another currency', { currency: 'eur' }],
    ['something with the id of a bank payout', { id: 'po_1' }],
  ])('%s in a 200 settles nothing', async (_what, over) => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id });
    const asked = {
      id: 'tr_1',
      object: 'transfer',
      amount: 500,
      currency: 'usd',
      destination: creator.accountId,
    };
    const body = { ...asked, transfer_group: `payout_${id}`, metadata: { payout_id: id }, ...over };
    await spoil(world, id, { fault: 'wrong_object_200', body });
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', stripeTransferId: null });
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'UNKNOWN', finished: false }]);
    await resolve(world);
  });

  it('409, the key is in use: the first request settles, the second changes nothing', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'latency' });
    const first = work(world);
    while ((await world.simulator.state()).heldRequests === 0) await new Promise(setImmediate);
    // Asks again while the first is under way, as a sweep that came too early would.
    await resolve(world);
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'STARTED', finished: false, sends: 2 }]);
    await world.simulator.releaseHeld();
    await first;
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, id)).toHaveLength(1);
  });

  it('idempotency_error: our request is at fault, so the payout waits for us', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'error_500_before' });
    await work(world);
    await world.db.pool.query('UPDATE payout_attempts SET amount_cents = 501 WHERE payout_id = $1', [id]);
    await resolve(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PROCESSING', version: 2 });
    expect(await attemptsOf(world, id)).toMatchObject([{ outcome: 'UNKNOWN', finished: false }]);
    expect(await transfersOf(world, id)).toEqual([]);
    await world.db.pool.query('DELETE FROM payout_attempts WHERE payout_id = $1', [id]);
  });

  it('is taken up again no sooner than it was told to be', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'rate_limited' });
    await work(world, 'claimed', { resolveAfterMs: 60_000 });
    expect(await attemptsOf(world, id)).toMatchObject([{ leased: true }]);
    expect(await resolveOpenAttempts(world.deps, NEVER)).toBe(0);
    await resolve(world);
  });
});

describe('an answer that cannot be recorded', () => {
  it('is left to the sweep, and keeps nobody else from being paid', async () => {
    const creator = await addCreator(world);
    const [broken, fine] = [
      await pay(world, { creatorId: creator.id }),
      await pay(world, { creatorId: creator.id }),
    ];
    const { transfers } = world.deps;
    const gateway: TransferGateway = {
      ...transfers,
      async create(request) {
        const answer = await transfers.create(request);
        if (request.payoutId === broken.id) throw new Error('the worker is out of memory');
        return answer;
      },
    };
    await work(world, 'claimed', { transfers: gateway });
    expect((await payoutOf(world, fine.id)).status).toBe('COMPLETED');
    expect((await payoutOf(world, broken.id)).status).toBe('PROCESSING');
    await resolve(world);
    expect((await payoutOf(world, broken.id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, broken.id)).toHaveLength(1);
  });
});

// The gateway to Stripe's transfers, over HTTP through the SDK: one request for one call, and only what was asked for
// is believed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TransferGateway, TransferRequest } from '../../src/payouts/ports.js';
import { createStripe } from '../../src/stripe/client.js';
import { SimulatorClient } from '../../src/stripe/simulator/client.js';
import type { FaultRule } from '../../src/stripe/simulator/fault-types.js';
import { startSimulator } from '../../src/stripe/simulator/server.js';
import type { Simulator } from '../../src/stripe/simulator/types.js';
import { createTransferGateway, transferFact } from '../../src/stripe/transfers.js';

let simulator: Simulator;
let control: SimulatorClient;
let gateway: TransferGateway;
/** Gives up on an answer soon. */
let hasty: TransferGateway;
let request: TransferRequest;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, platformSecret: 'whsec_p', connectSecret: 'whsec_c' });
  control = new SimulatorClient(simulator.url);
  const gatewayOf = (timeoutMs: number) =>
    createTransferGateway(createStripe({ secretKey: 'sk_test_gateway', apiUrl: simulator.url, timeoutMs }));
  gateway = gatewayOf(10_000);
  hasty = gatewayOf(200);
});
afterAll(() => simulator.close());

beforeEach(async () => {
  await control.reset();
  const { id: destination } = await control.createAccount({ transfers: 'active' });
  request = { payoutId: 'p1', idempotencyKey: 'payout_p1_1', amountCents: 500, currency: 'usd', destination };
});

const sent = async () => (await control.state()).requests.filter((one) => one.method === 'POST');
const spoil = (rule: FaultRule) =>
  control.fault({ match: { method: 'POST', path: '/v1/transfers' }, ...rule });

describe('create', () => {
  it('asks for exactly this transfer, under our key', async () => {
    const answer = await gateway.create(request);
    const { destination } = request;
    expect(answer).toEqual({
      kind: 'succeeded',
      requestId: expect.stringMatching(/^req_/),
      transfer: {
        id: expect.stringMatching(/^tr_/),
        amountCents: 500,
        currency: 'usd',
        destination,
        transferGroup: 'payout_p1',
        payoutId: 'p1',
        amountReversedCents: 0,
        idempotencyKey: request.idempotencyKey,
      },
    });
    expect(await sent()).toMatchObject([
      {
        path: '/v1/transfers',
        idempotencyKey: 'payout_p1_1',
        account: null,
        params: {
          amount: '500',
          currency: 'usd',
          destination,
          transfer_group: 'payout_p1',
          metadata: { payout_id: 'p1' },
        },
      },
    ]);
  });

  it('gives the same transfer for the same key', async () => {
    const [first, again] = [await gateway.create(request), await gateway.create(request)];
    expect(again).toMatchObject({ kind: 'succeeded', transfer: (first as { transfer: object }).transfer });
    expect(await control.transfers()).toHaveLength(1);
  });

  it.each<[string, FaultRule, string]>([
    ['429 that asks for a retry', { fault: 'rate_limited', shouldRetry: true }, 'not_executed'],
    ['500', { fault: 'error_500_before' }, 'unknown'],
    ['503 without error', { fault: 'json_503_without_error' }, 'unknown'],
    ['HTML', { fault: 'html_502' }, 'unknown'],
    ['no answer in time', { fault: 'hang_before' }, 'unknown'],
    ['a cut answer', { fault: 'truncated_200' }, 'unknown'],
  ])('sends once, although Stripe answers with %s', async (_what, rule, kind) => {
    await spoil({ ...rule, times: 'always' });
    const { create } = rule.fault === 'hang_before' ? hasty : gateway;
    expect(await create(request)).toMatchObject({ kind });
    expect(await sent()).toHaveLength(1);
  });

  it('reports a refusal with its code and the request of Stripe', async () => {
    await control.setBalance(0);
    expect(await gateway.create(request)).toMatchObject({
      kind: 'refused',
      retryable: true,
      code: 'balance_insufficient',
      requestId: expect.stringMatching(/^req_/),
    });
  });

  it('is our fault when the key belongs to another request', async () => {
    await gateway.create(request);
    expect(await gateway.create({ ...request, amountCents: 501 })).toMatchObject({ kind: 'misconfigured' });
    expect(await control.transfers()).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a number as id', { object: 'transfer', id: 1 }],
    ['a payment intent', { object: 'payment_intent', id: 'pi_1' }],
    ['a bank payout', { object: 'transfer', id: 'po_1' }],
    ['a transfer without its amount', { object: 'transfer', id: 'tr_1' }],
  ])('does not believe a 200 that is %s', async (_what, body) => {
    await spoil({ fault: 'wrong_object_200', body });
    expect(await gateway.create(request)).toMatchObject({ kind: 'unknown' });
  });

  it('takes a 200 that does not repeat the key for the answer to this very request', async () => {
    const { amountCents: amount, currency, destination } = request;
    const body = { object: 'transfer', id: 'tr_1', amount, currency, destination };
    await spoil({ fault: 'wrong_object_200', body });
    expect(await gateway.create(request)).toMatchObject({
      kind: 'succeeded',
      transfer: { idempotencyKey: request.idempotencyKey, transferGroup: null, amountReversedCents: 0 },
    });
  });
});

describe('findByPayout', () => {
  it("finds the payout's transfers, on all pages, and no other's", async () => {
    for (let i = 1; i <= 105; i++) await gateway.create({ ...request, idempotencyKey: `payout_p1_${i}` });
    await gateway.create({ ...request, payoutId: 'p2', idempotencyKey: 'payout_p2_1' });
    const found = await gateway.findByPayout('p1');
    expect(new Set(found.map(({ id }) => id)).size).toBe(105);
    expect(found.every(({ payoutId }) => payoutId === 'p1')).toBe(true);
    expect(await gateway.findByPayout('p3')).toEqual([]);
  });

  it('says how much of a transfer was reversed', async () => {
    const answer = await gateway.create(request);
    if (answer.kind !== 'succeeded') throw new Error('it was not made');
    await control.reverse(answer.transfer.id, 200);
    expect(await gateway.findByPayout('p1')).toMatchObject([{ amountReversedCents: 200 }]);
  });

  it.each([
    'html_502',
    'json_503_without_error',
    'truncated_200',
    'wrong_object_200',
    'hang_before',
  ] as const)('throws on %s: no answer is no absence', async (fault) => {
    await control.fault({ fault, match: { method: 'GET', path: '/v1/transfers' } });
    const { findByPayout } = fault === 'hang_before' ? hasty : gateway;
    await expect(findByPayout('p1')).rejects.toThrow();
  });
});

describe('transferFact', () => {
  it('reads a destination that is expanded', () => {
    const expanded = { destination: { id: 'acct_1', object: 'account' }, metadata: {} };
    expect(transferFact(expanded as never).destination).toBe('acct_1');
  });

  it('knows no payout where the transfer names none', () => {
    expect(transferFact({ destination: null } as never)).toMatchObject({ destination: '', payoutId: null });
  });
});

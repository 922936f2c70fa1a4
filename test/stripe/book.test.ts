// Stripe's books, over HTTP through the SDK: all pages of a period, and what was taken back in it.
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayRefusedError, type ListedTransfer, type TransferBook } from '../../src/payouts/ports.js';
import { createTransferBook } from '../../src/stripe/book.js';
import { createStripe } from '../../src/stripe/client.js';
import { SimulatorClient } from '../../src/stripe/simulator/client.js';
import { startSimulator } from '../../src/stripe/simulator/server.js';
import type { Simulator } from '../../src/stripe/simulator/types.js';

let simulator: Simulator;
let control: SimulatorClient;
let stripe: Stripe;
let book: TransferBook;
let destination: string;
/** The endpoints that were asked, in order. */
let sent: string[];

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, platformSecret: 'whsec_p', connectSecret: 'whsec_c' });
  control = new SimulatorClient(simulator.url);
  stripe = createStripe({ secretKey: 'sk_test_book', apiUrl: simulator.url, timeoutMs: 10_000 });
});
afterAll(() => simulator.close());

beforeEach(async () => {
  await control.reset();
  ({ id: destination } = await control.createAccount({ transfers: 'active' }));
  await at(T);
  sent = [];
  book = createTransferBook(stripe, (endpoint, request) => {
    sent.push(endpoint);
    return request();
  });
});

/** Unix seconds. */
const T = Date.UTC(2026, 7, 1) / 1000;
const at = (seconds: number) => control.setClock(seconds);
const period = (from: number, to: number) => ({ start: new Date(from * 1000), end: new Date(to * 1000) });

/** The simulator's clock goes on once it is set. */
const DAY = period(T, T + 86_400);

const make = (amount = 500): Promise<Stripe.Transfer> =>
  stripe.transfers.create({
    amount,
    currency: 'usd',
    destination,
    transfer_group: 'payout_p1',
    metadata: { payout_id: 'p1', idempotency_key: 'payout_p1_1' },
  });

async function pagesOf(pages: AsyncIterable<ListedTransfer[]>): Promise<ListedTransfer[][]> {
  const all: ListedTransfer[][] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('created', () => {
  it('has every transfer of the period once, a hundred a page, newest first', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 205; i++) ids.push((await make()).id);
    const pages = await pagesOf(book.created(DAY));
    expect(pages.map((page) => page.length)).toEqual([100, 100, 5]);
    expect(pages.flat().map(({ id }) => id)).toEqual(ids.reverse());
    expect(sent).toEqual(['transfers.list', 'transfers.list', 'transfers.list']);
  });

  it('begins with the first second and ends before the last one', async () => {
    const ids: string[] = [];
    for (const seconds of [T - 30, T, T + 30, T + 60]) {
      await at(seconds);
      ids.push((await make()).id);
    }
    const listed = (await pagesOf(book.created(period(T, T + 60)))).flat();
    expect(listed.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    // A period that ends within a second has that second.
    const more = (await pagesOf(book.created(period(T + 0.9, T + 60.1)))).flat();
    expect(more.map(({ id }) => id)).toEqual([ids[3], ids[2], ids[1]]);
  });

  it('says all that a transfer says, and when it was made', async () => {
    const { id } = await make();
    await control.reverse(id, 200);
    expect(await pagesOf(book.created(DAY))).toEqual([
      [
        {
          id,
          amountCents: 500,
          currency: 'usd',
          destination,
          transferGroup: 'payout_p1',
          payoutId: 'p1',
          idempotencyKey: 'payout_p1_1',
          amountReversedCents: 200,
          createdAt: new Date(T * 1000),
        },
      ],
    ]);
  });

  it('has no page where nothing was made', async () => {
    expect(await pagesOf(book.created(DAY))).toEqual([]);
  });
});

describe('reversed', () => {
  it('has what was taken back in the period, however old the transfer, as it stands now', async () => {
    const [old, partly, before, untouched] = [await make(), await make(), await make(), await make()];
    await at(T + 50 * 86_400);
    await control.reverse(before.id);
    await at(T + 60 * 86_400);
    await control.reverse(old.id);
    await control.reverse(partly.id, 100);
    await at(T + 70 * 86_400);
    await control.reverse(partly.id, 50);
    const listed = (await pagesOf(book.reversed(period(T + 60 * 86_400, T + 61 * 86_400)))).flat();
    expect(new Map(listed.map((one) => [one.id, one.amountReversedCents]))).toEqual(
      new Map([
        [old.id, 500],
        [partly.id, 150],
      ]),
    );
    expect(listed.map(({ id }) => id)).not.toContain(untouched.id);
    expect(listed[0]?.createdAt).toEqual(new Date(T * 1000));
  });

  it('reads each transfer once, on all pages', async () => {
    const [often, last] = [await make(50_000), await make()];
    for (let i = 0; i < 105; i++) await control.reverse(often.id, 1);
    await control.reverse(last.id);
    const listed = (await pagesOf(book.reversed(DAY))).flat();
    expect(listed.map(({ id }) => id).sort()).toEqual([often.id, last.id].sort());
    expect(sent.filter((one) => one === 'balance_transactions.list')).toHaveLength(2);
    expect(sent.filter((one) => one === 'transfers.retrieve')).toHaveLength(2);
  });
});

describe('an answer that is none throws: it proves nothing', () => {
  const faults = ['html_502', 'json_503_without_error', 'truncated_200', 'wrong_object_200'] as const;
  it.each(faults)('%s', async (fault) => {
    await make();
    await control.fault({ fault, times: 'always', match: { method: 'GET', path: '/v1/transfers' } });
    await expect(pagesOf(book.created(DAY))).rejects.toThrow();
  });

  it.each(faults)('%s, of reversals', async (fault) => {
    await control.reverse((await make()).id);
    await control.fault({
      fault,
      times: 'always',
      match: { method: 'GET', path: '/v1/balance_transactions' },
    });
    await expect(pagesOf(book.reversed(DAY))).rejects.toThrow();
  });

  it('a refusal of our key says so', async () => {
    await control.fault({ fault: 'unauthorized_401', match: { method: 'GET', path: '/v1/transfers' } });
    await expect(pagesOf(book.created(DAY))).rejects.toThrow(GatewayRefusedError);
  });
});

// The twelve nasty cases by the control endpoint alone, as docs/simulator.md tells of them, and what the API shows after
// those that no other test here is about.
import { readFileSync } from 'node:fs';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { PLATFORM_SECRET, readyWorld, receiver, refused, type World } from './support.js';

const VALID = { amount: 500, currency: 'usd', destination: 'acct_ready' };
const KEY = { idempotencyKey: 'payout_1' };
const DAY = 86_400;

/** Every control call of the table: its case, its path and its body. */
function documentedCalls(): [string, string, string][] {
  const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| \d+\. /.test(line));
  return rows.flatMap((row) => {
    const [, name = '', calls = ''] = row.split('|').map((cell) => cell.trim());
    const found = calls.matchAll(/`(?<path>[a-z_/…]+) (?<body>\{.*?\})`/g);
    return [...found].map(({ groups = {} }): [string, string, string] => [
      name,
      groups.path ?? '',
      groups.body ?? '',
    ]);
  });
}

describe('the page about the simulator', () => {
  test('tells of all twelve cases', () => {
    const told = new Set(documentedCalls().map(([name]) => Number.parseInt(name, 10)));
    expect([...told].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test.each(documentedCalls())('%s: %s %s', async (_name, path, body) => {
    const endpoint = await receiver();
    const { simulator, stripe, control, destination } = await readyWorld({ webhookUrl: endpoint.url });
    const { id } = await stripe.transfers.create({ ...VALID, amount: 1_000 });
    const payout = await control.bankPayout(destination, { status: 'paid', amount: 1 });
    await control.drainWebhooks();
    const [event] = await control.deliveries();
    const named = (text: string) =>
      text
        .replaceAll('tr_…', id)
        .replaceAll('po_…', payout.id)
        .replaceAll('acct_…', destination)
        .replaceAll('evt_…', event?.id ?? '');
    const response = await fetch(`${simulator.url}/_control/${named(path)}`, {
      method: 'POST',
      body: named(body),
    });
    expect([response.status, await response.json()]).toEqual([200, expect.anything()]);
  });
});

describe('5. a key that was used for something else', () => {
  test('is refused as idempotency_error for a day, and no other key is', async () => {
    const { stripe, control } = await readyWorld();
    await control.takeKey('payout_1');
    const error = await refused(stripe.transfers.create(VALID, KEY));
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    await stripe.transfers.create(VALID, { idempotencyKey: 'payout_2' });
    expect(await control.transfers()).toHaveLength(1);
    await control.advanceClock(DAY + 1);
    await stripe.transfers.create(VALID, KEY);
    expect(await control.transfers()).toHaveLength(2);
  });
});

describe('8. reversals', () => {
  async function reversedTwice() {
    const made = await readyWorld();
    const { stripe, control } = made;
    await control.setClock(2_000_000_000);
    const { id } = await stripe.transfers.create(VALID);
    await control.advanceClock(100);
    const part = await stripe.transfers.createReversal(id, { amount: 200 });
    await control.advanceClock(100);
    const rest = await control.reverse(id);
    return { ...made, id, part, rest };
  }

  test('each has its balance transaction, listed by type and time, with the reversal and its transfer', async () => {
    const { stripe, control, id, part, rest } = await reversedTwice();
    const list = async (params: Stripe.BalanceTransactionListParams) =>
      (await stripe.balanceTransactions.list({ type: 'transfer_refund', ...params })).data;
    const all = await list({ expand: ['data.source'] });
    expect(all).toMatchObject([
      { amount: 300, net: 300, type: 'transfer_refund', reporting_category: 'transfer_reversal' },
      { amount: 200, net: 200, created: 2_000_000_100 },
    ]);
    expect(all.map(({ source }) => source)).toEqual([rest, part]);
    const [deep] = await list({ limit: 1, expand: ['data.source.transfer'] });
    expect(deep?.source).toMatchObject({ object: 'transfer_reversal', transfer: { id, reversed: true } });
    expect((await list({})).map(({ source }) => source)).toEqual([rest.id, part.id]);
    const later = await list({ created: { gte: 2_000_000_101, lt: 2_000_000_300 } });
    expect(later.map(({ source }) => source)).toEqual([rest.id]);
    expect(await list({ created: { lt: 2_000_000_100 } })).toEqual([]);
    expect(await list({ source: part.id })).toMatchObject([{ id: part.balance_transaction }]);
    expect((await control.state()).balanced).toBe(true);
  });

  test('each has its transfer.reversed, a partial one too, listed by type and time', async () => {
    const { stripe, id } = await reversedTwice();
    const list = async (params: Stripe.EventListParams) =>
      (await stripe.events.list({ type: 'transfer.reversed', ...params })).data.map(({ data }) => {
        const { amount_reversed, reversed } = data.object as Stripe.Transfer;
        return [(data.object as Stripe.Transfer).id, amount_reversed, reversed];
      });
    expect(await list({})).toEqual([
      [id, 500, true],
      [id, 200, false],
    ]);
    expect(await list({ created: { gte: 2_000_000_200 } })).toEqual([[id, 500, true]]);
    expect(await list({ limit: 1 })).toEqual([[id, 500, true]]);
  });
});

describe('11. an HTML page with a 200', () => {
  test.each([false, true])('is no answer, whether the transfer was made (%s) or not', async (afterCommit) => {
    const { stripe, control } = await readyWorld();
    await control.fault({ fault: 'html_200', afterCommit });
    const error = await refused(stripe.transfers.create(VALID, KEY));
    expect([error.type, error.statusCode]).toEqual(['StripeAPIError', undefined]);
    expect(await control.transfers()).toHaveLength(afterCommit ? 1 : 0);
    expect((await control.state()).requests.at(-1)).toMatchObject({ status: 200, faults: ['html_200'] });
  });
});

describe('12. a transfer that failed after it was made', () => {
  async function failed(gone: boolean): Promise<World & { id: string }> {
    const made = await readyWorld({ balance: { usd: 900 } });
    const { id } = await made.stripe.transfers.create(VALID);
    await made.control.reverse(id, 100);
    await made.control.failTransfer(id, { gone });
    return { ...made, id };
  }

  test('brings back what was left of it, and cannot fail or be reversed again', async () => {
    const { stripe, control, id } = await failed(false);
    expect(await control.state()).toMatchObject({ balance: { usd: 900 }, balanced: true });
    const held = await stripe.balance.retrieve({}, { stripeAccount: 'acct_ready' });
    expect(held.available).toMatchObject([{ amount: 0 }]);
    await expect(control.failTransfer(id)).rejects.toThrow('left to fail');
    await expect(control.reverse(id)).rejects.toThrow('cannot be reversed');
    await expect(control.failTransfer('tr_no')).rejects.toThrow("No such transfer: 'tr_no'");
    const [back] = (await stripe.balanceTransactions.list({ type: 'transfer_failure' })).data;
    expect(back).toMatchObject({ amount: 400, source: id, reporting_category: 'transfer_reversal' });
  });

  test('says so in the API from then on, alone and in a list', async () => {
    const { stripe, id } = await failed(false);
    expect(await stripe.transfers.retrieve(id)).toMatchObject({ status: 'failed', amount_reversed: 100 });
    expect((await stripe.transfers.list()).data).toMatchObject([{ id, status: 'failed' }]);
  });

  test('or is not known to the API any more', async () => {
    const { stripe, id } = await failed(true);
    expect(await refused(stripe.transfers.retrieve(id))).toMatchObject({
      code: 'resource_missing',
      statusCode: 404,
    });
    expect((await stripe.transfers.list()).data).toEqual([]);
  });

  test('is told of by transfer.failed, as older API versions have it', async () => {
    const endpoint = await receiver();
    const { stripe, control } = await readyWorld({ webhookUrl: endpoint.url });
    const { id } = await stripe.transfers.create(VALID);
    await endpoint.until(1);
    await control.failTransfer(id);
    const [, told] = await endpoint.until(2);
    const event = Stripe.webhooks.constructEvent(told?.body ?? '', told?.signature ?? '', PLATFORM_SECRET);
    expect(event).toMatchObject({ type: 'transfer.failed', api_version: '2017-01-27', livemode: false });
    expect(event.data.object).toMatchObject({
      id,
      object: 'transfer',
      status: 'failed',
      failure_code: 'account_closed',
    });
    expect(event).not.toHaveProperty('account');
  });
});

describe('12. readiness', () => {
  test('every change tells by capability.updated and account.updated, and no change tells nothing', async () => {
    const { stripe, control } = await readyWorld();
    for (const status of ['pending', 'pending', 'inactive', 'active'] as const) {
      await control.setCapability('acct_ready', status);
    }
    const { data } = await stripe.events.list({ limit: 100 }, { stripeAccount: 'acct_ready' });
    const told = data.map(({ type, data: { object, previous_attributes } }) => {
      const { status, capabilities } = object as { status?: string; capabilities?: { transfers: string } };
      return [type, status ?? capabilities?.transfers, Object.keys(previous_attributes ?? {}).length > 0];
    });
    expect(told).toEqual(
      ['active', 'inactive', 'pending'].flatMap((status) => [
        ['account.updated', status, true],
        ['capability.updated', status, true],
      ]),
    );
  });
});

describe('any error of Stripe’s', () => {
  test('comes in its shape, is kept under the key and repeated, and nothing is made', async () => {
    const { stripe, control } = await readyWorld();
    const told = { code: 'amount_too_large', message: 'Too much.', param: 'amount', shouldRetry: false };
    await control.fault({ fault: 'stripe_error', ...told });
    for (const replayed of [undefined, 'true']) {
      const error = await refused(stripe.transfers.create(VALID, KEY));
      const { statusCode, rawType, code, message, param } = error;
      expect({ statusCode, rawType, code, message, param }).toEqual({
        statusCode: 400,
        rawType: 'invalid_request_error',
        code: 'amount_too_large',
        message: 'Too much.',
        param: 'amount',
      });
      expect(error.headers).toMatchObject({ 'stripe-should-retry': 'false' });
      expect(error.headers?.['idempotent-replayed']).toBe(replayed);
    }
    expect(await control.transfers()).toEqual([]);
    expect((await stripe.transfers.create(VALID, { idempotencyKey: 'payout_2' })).amount).toBe(500);
  });

  test.each([
    [{ status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' }, 409, 'idempotency_error'],
    [{ status: 401 }, 401, 'invalid_request_error'],
    [{ status: 503, stored: false }, 503, 'api_error'],
    [{ status: 402, type: 'card_error', stored: false }, 402, 'card_error'],
  ])('%o is not kept: the key is free afterwards', async (error, statusCode, rawType) => {
    const { stripe, control } = await readyWorld();
    await control.fault({ fault: 'stripe_error', ...error });
    expect(await refused(stripe.transfers.create(VALID, KEY))).toMatchObject({ statusCode, rawType });
    expect((await control.state()).idempotencyKeys).toEqual([]);
    expect((await stripe.transfers.create(VALID, KEY)).amount).toBe(500);
  });

  test('what a fault does not heed is refused, so that no script means something else', async () => {
    const { control } = await readyWorld();
    const wrong = (rule: object) =>
      expect(control.fault(rule as Parameters<typeof control.fault>[0])).rejects;
    await wrong({ fault: 'html_502', status: 503 }).toThrow('status is for stripe_error');
    await wrong({ fault: 'error_500_before', afterCommit: true }).toThrow('afterCommit is for html_200');
    await wrong({ fault: 'hang_before', code: 'rate_limit' }).toThrow(
      'code is for rate_limited and stripe_error',
    );
    await wrong({ fault: 'rate_limited', code: 'balance_insufficient' }).toThrow(
      'code must be one of rate_limit',
    );
    await wrong({ fault: 'stripe_error', status: 200 }).toThrow('status must lie between 400 and 599');
  });
});

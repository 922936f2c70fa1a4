// Transfers, reversals, balance and paging through the official SDK.
import { expect, test } from 'vitest';
import { readyWorld, refused } from './support.js';

test('a transfer is complete, moves the money and can be read back', async () => {
  const { stripe, control, destination } = await readyWorld({ balance: { usd: 5_000 } });
  const transfer = await stripe.transfers.create({
    amount: 1_200,
    currency: 'USD',
    destination,
    transfer_group: 'payout_1',
    description: 'Royalties, "May" & co. [x]=%',
    metadata: { payout_id: 'ckx', 'odd key': 'ü=&[]' },
  });
  expect(transfer).toMatchObject({
    id: expect.stringMatching(/^tr_\w{24}$/),
    object: 'transfer',
    amount: 1_200,
    amount_reversed: 0,
    balance_transaction: expect.stringMatching(/^txn_/),
    currency: 'usd',
    description: 'Royalties, "May" & co. [x]=%',
    destination,
    destination_payment: expect.stringMatching(/^py_/),
    livemode: false,
    metadata: { payout_id: 'ckx', 'odd key': 'ü=&[]' },
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${transfer.id}/reversals` },
    reversed: false,
    source_transaction: null,
    source_type: 'card',
    transfer_group: 'payout_1',
  });
  expect(transfer.lastResponse).toMatchObject({ statusCode: 200, requestId: expect.stringMatching(/^req_/) });
  expect(await stripe.transfers.retrieve(transfer.id)).toEqual(transfer);
  expect((await stripe.balance.retrieve()).available).toMatchObject([{ amount: 3_800, currency: 'usd' }]);
  const theirs = await stripe.balance.retrieve({}, { stripeAccount: destination });
  expect(theirs.available).toMatchObject([{ amount: 1_200, currency: 'usd' }]);
  expect((await control.state()).balanced).toBe(true);
});

test('each transfer leaves a balance transaction that names it', async () => {
  const { stripe, destination } = await readyWorld({ balance: { usd: 5_000 } });
  const transfer = await stripe.transfers.create({ amount: 700, currency: 'usd', destination });
  const { data } = await stripe.balanceTransactions.list({ source: transfer.id });
  expect(data).toMatchObject([
    { id: transfer.balance_transaction, amount: -700, net: -700, type: 'transfer' },
  ]);
  const all = await stripe.balanceTransactions.list();
  expect(all.data.map(({ type }) => type)).toEqual(['transfer', 'topup']);
});

test('partial reversals add up, the last makes it reversed, and no more can be taken', async () => {
  const { stripe, destination } = await readyWorld({ balance: { usd: 1_000 } });
  const { id } = await stripe.transfers.create({ amount: 1_000, currency: 'usd', destination });
  const first = await stripe.transfers.createReversal(id, { amount: 300, metadata: { why: 'error' } });
  expect(first).toMatchObject({
    object: 'transfer_reversal',
    amount: 300,
    transfer: id,
    metadata: { why: 'error' },
  });
  expect(await stripe.transfers.retrieve(id)).toMatchObject({ amount_reversed: 300, reversed: false });
  const over = await refused(stripe.transfers.createReversal(id, { amount: 701 }));
  expect(over).toMatchObject({ statusCode: 400, param: 'amount' });
  const rest = await stripe.transfers.createReversal(id);
  expect(rest.amount).toBe(700);
  const whole = await stripe.transfers.retrieve(id);
  expect(whole).toMatchObject({ amount_reversed: 1_000, reversed: true });
  expect(whole.reversals.data.map((one) => one.id)).toEqual([rest.id, first.id]);
  expect((await refused(stripe.transfers.createReversal(id))).statusCode).toBe(400);
  expect((await stripe.transfers.listReversals(id, { limit: 1 })).has_more).toBe(true);
  expect(await stripe.transfers.retrieveReversal(id, first.id)).toEqual(first);
  expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(1_000);
});

test('a transfer embeds its ten newest reversals and says that there are more', async () => {
  const { stripe, destination } = await readyWorld();
  const { id } = await stripe.transfers.create({ amount: 100, currency: 'usd', destination });
  for (let i = 0; i < 11; i++) await stripe.transfers.createReversal(id, { amount: 1 });
  const { reversals } = await stripe.transfers.retrieve(id);
  expect([reversals.data.length, reversals.has_more]).toEqual([10, true]);
  expect(await stripe.transfers.listReversals(id).autoPagingToArray({ limit: 100 })).toHaveLength(11);
});

test('the API cannot take back what has left for the bank; Stripe itself can', async () => {
  const { stripe, control, destination } = await readyWorld();
  const { id } = await stripe.transfers.create({ amount: 900, currency: 'usd', destination });
  await control.bankPayout(destination, { status: 'paid' });
  expect((await refused(stripe.transfers.createReversal(id))).code).toBe('balance_insufficient');
  expect((await control.reverse(id)).amount).toBe(900);
  expect((await stripe.transfers.retrieve(id)).reversed).toBe(true);
});

test('metadata is merged, emptied by empty values, and cleared as a whole', async () => {
  const { stripe, destination } = await readyWorld();
  const { id } = await stripe.transfers.create({
    amount: 1,
    currency: 'usd',
    destination,
    metadata: { a: '1', b: '2' },
  });
  const merged = await stripe.transfers.update(id, { metadata: { b: '', c: '3' }, description: 'x' });
  expect(merged).toMatchObject({ metadata: { a: '1', c: '3' }, description: 'x' });
  expect(merged.metadata).not.toHaveProperty('b');
  expect((await stripe.transfers.update(id, { metadata: null })).metadata).toEqual({});
});

test('lists are newest first and page in both directions', async () => {
  const { stripe, destination } = await readyWorld();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++)
    ids.unshift((await stripe.transfers.create({ amount: 1 + i, currency: 'usd', destination })).id);
  const first = await stripe.transfers.list({ limit: 2 });
  expect([first.data.map(({ id }) => id), first.has_more, first.url]).toEqual([
    ids.slice(0, 2),
    true,
    '/v1/transfers',
  ]);
  const next = await stripe.transfers.list({ limit: 3, starting_after: ids[1] ?? '' });
  expect([next.data.map(({ id }) => id), next.has_more]).toEqual([ids.slice(2), false]);
  const back = await stripe.transfers.list({ limit: 2, ending_before: ids[4] ?? '' });
  expect([back.data.map(({ id }) => id), back.has_more]).toEqual([ids.slice(2, 4), true]);
  const all = await stripe.transfers.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
  expect(all.map(({ id }) => id)).toEqual(ids);
});

test('lists filter by destination, group and every bound of created', async () => {
  const { stripe, control, destination } = await readyWorld();
  const other = await control.createAccount({ transfers: 'active' });
  const make = (to: string, group: string) =>
    stripe.transfers.create({ amount: 1, currency: 'usd', destination: to, transfer_group: group });
  const at = await control.setClock(2_000_000_000);
  const early = await make(destination, 'a');
  await control.setClock(at + 100);
  const late = await make(other.id, 'b');
  const found = async (params: Parameters<typeof stripe.transfers.list>[0]) =>
    (await stripe.transfers.list(params)).data.map(({ id }) => id);
  expect(await found({ destination })).toEqual([early.id]);
  expect(await found({ transfer_group: 'b' })).toEqual([late.id]);
  expect(await found({ transfer_group: 'c' })).toEqual([]);
  expect(await found({ created: { gt: early.created } })).toEqual([late.id]);
  expect(await found({ created: { gte: early.created } })).toEqual([late.id, early.id]);
  expect(await found({ created: { lt: late.created } })).toEqual([early.id]);
  expect(await found({ created: { lte: late.created } })).toEqual([late.id, early.id]);
  expect(await found({ created: early.created })).toEqual([early.id]);
});

test('created decides the order even when the clock was set back', async () => {
  const { stripe, control, destination } = await readyWorld();
  const make = () => stripe.transfers.create({ amount: 1, currency: 'usd', destination });
  await control.setClock(2_000_000_000);
  const newer = await make();
  await control.setClock(1_900_000_000);
  const older = await make();
  expect((await stripe.transfers.list()).data.map(({ id }) => id)).toEqual([newer.id, older.id]);
});

test('ids are expanded into objects, in lists and on what was just made', async () => {
  const { stripe, destination } = await readyWorld();
  const params = { amount: 5, currency: 'usd', destination, expand: ['destination', 'balance_transaction'] };
  const made = await stripe.transfers.create(params);
  expect(made.destination).toMatchObject({ id: destination, object: 'account' });
  expect(made.balance_transaction).toMatchObject({ object: 'balance_transaction', amount: -5 });
  const { data } = await stripe.transfers.list({ expand: ['data.destination'] });
  expect(data[0]?.destination).toMatchObject({ object: 'account' });
  expect((await refused(stripe.transfers.list({ expand: ['data.nonsense'] }))).statusCode).toBe(400);
});

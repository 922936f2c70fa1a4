// The creator's bank leg: recorded for the creator, by Stripe's clock, and never a reason to move a payout.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCreator, createWorld, type TestCreator, type World } from '../../support/world.js';
import { eventOf, pay, payoutOf, receive, work } from '../support.js';

let world: World;
let creator: TestCreator;
let paid: string;
beforeAll(async () => {
  world = await createWorld();
  creator = await addCreator(world);
  paid = (await pay(world, { creatorId: creator.id })).id;
  await work(world);
});
afterAll(() => world.close());

const NOW = 1_800_000_000;
let payouts = 0;

function bankPayout(over: object = {}) {
  payouts += 1;
  return {
    id: `po_${payouts}`,
    object: 'payout',
    amount: 500,
    currency: 'usd',
    arrival_date: Date.UTC(2026, 8, 3) / 1000,
    destination: 'ba_1234567890',
    failure_code: null,
    ...over,
  };
}

const told = (status: 'paid' | 'failed', object: object, created: number, account = creator.accountId) =>
  receive(world, eventOf(`payout.${status}`, object, { account, created }));

async function recorded(id: string) {
  const { rows } = await world.db.pool.query(
    `SELECT creator_id AS "creatorId", amount_cents AS "amountCents", currency, status,
       failure_code AS "failureCode", arrives_on::text AS "arrivesOn"
     FROM bank_payouts WHERE id = $1`,
    [id],
  );
  return rows;
}

it('is recorded for the creator, and the payout stays as it is', async () => {
  const before = await payoutOf(world, paid);
  const payout = bankPayout();
  expect(await told('paid', payout, NOW)).toBe('applied');
  expect(await recorded(payout.id)).toEqual([
    {
      creatorId: creator.id,
      amountCents: 500,
      currency: 'usd',
      status: 'paid',
      failureCode: null,
      arrivesOn: '2026-09-03',
    },
  ]);
  expect(await told('failed', { ...payout, failure_code: 'account_closed' }, NOW + 1)).toBe('applied');
  expect(await recorded(payout.id)).toMatchObject([{ status: 'failed', failureCode: 'account_closed' }]);
  expect(await payoutOf(world, paid)).toEqual(before);
});

it.each([
  ['the failure comes first', ['failed', 'paid'] as const],
  ['the failure comes last', ['paid', 'failed'] as const],
])('of two words of one second counts the failure: %s', async (_, words) => {
  const payout = bankPayout();
  for (const word of words) await told(word, payout, NOW);
  expect(await recorded(payout.id)).toMatchObject([{ status: 'failed' }]);
});

it('an older word does not take back a newer one', async () => {
  const payout = bankPayout();
  await told('paid', payout, NOW + 1);
  await told('failed', payout, NOW);
  expect(await recorded(payout.id)).toMatchObject([{ status: 'paid' }]);
});

it.each([
  ['of an account that no creator has', 'acct_nobodys'],
  ['of the platform itself', ''],
])('is nothing to us: %s', async (_, account) => {
  const payout = bankPayout();
  expect(await told('paid', payout, NOW, account)).toBe('ignored');
  expect(await recorded(payout.id)).toEqual([]);
});

it('keeps nothing of the bank account', async () => {
  const payout = bankPayout();
  await told('paid', payout, NOW);
  const { rows } = await world.db.pool.query('SELECT * FROM bank_payouts');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain('ba_1234567890');
});

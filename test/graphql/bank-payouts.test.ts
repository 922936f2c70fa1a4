// The bank leg over the wire: a creator sees what went on from its Stripe balance to its bank, and nobody else's.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addBankPayout, asAdmin, createCompletedPayout, globalId, signedInCreator } from './ask.js';

let app: RunningApp;
let creator: Awaited<ReturnType<typeof signedInCreator>>;

beforeAll(async () => {
  app = await runApp();
  creator = await signedInCreator(app);
});
afterAll(() => app.close());

const MINE = `query ($first: Int) { viewer { creator { bankPayouts(first: $first) {
  id amountCents currency status failureCode arrivesOn } } } }`;

const mine = async (first?: number) => {
  const { data, errors } = await app.query({ query: MINE, variables: { first } }, creator.token);
  return { bankPayouts: data.viewer.creator.bankPayouts, errors };
};

test('what Stripe tells of the bank leg is what the creator and admins see', async () => {
  await createCompletedPayout(app, { creatorId: creator.id, amountCents: 5_000 });
  const sent = await app.world.simulator.bankPayout(creator.accountId, { amount: 700, status: 'paid' });
  const seen = {
    ...{ id: globalId('BankPayout', sent.id), amountCents: 700, currency: 'usd' },
    ...{ status: 'paid', failureCode: null, arrivesOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
  };
  await vi.waitFor(async () => expect((await mine()).bankPayouts).toEqual([seen]), { timeout: 5_000 });
  const query = 'query ($id: ID!) { node(id: $id) { ... on Creator { bankPayouts { id amountCents } } } }';
  const { node } = await asAdmin(app, query, { id: globalId('Creator', creator.id) });
  expect(node.bankPayouts).toEqual([{ id: seen.id, amountCents: 700 }]);
});

test('the latest news come first, at most 20 of them', async () => {
  const told = Date.now();
  const ids: string[] = [];
  for (let i = 0; i < 21; i += 1)
    ids.unshift(await addBankPayout(app, creator.id, new Date(told + i * 1_000)));
  const newest = ids.slice(0, 20).map((id) => expect.objectContaining({ id: globalId('BankPayout', id) }));
  expect((await mine()).bankPayouts).toEqual(newest);
  expect((await mine(20)).bankPayouts).toEqual(newest);
  expect((await mine(2)).bankPayouts).toEqual(newest.slice(0, 2));
  expect((await mine(0)).bankPayouts).toEqual([]);
});

test.each([21, -1])('%i of them is BAD_USER_INPUT rather than cut', async (first) => {
  expect(await mine(first)).toEqual({
    bankPayouts: null,
    errors: [
      expect.objectContaining({
        extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
      }),
    ],
  });
});

// Holds, approvals and many payouts at once, as admins and creators meet them over GraphQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCreator, type TestCreator } from '../support/world.js';
import { creatorViewer, globalId } from './ask.js';
import { type Edge, openEdge } from './edge.js';

let edge: Edge;
let creator: TestCreator;
const tokens = {} as Record<'ann' | 'bob' | 'creator', string>;
beforeAll(async () => {
  edge = await openEdge();
  edge.world.deps.limits.approvalAboveCents = 1_000;
  creator = await addCreator(edge.world);
  tokens.ann = await edge.token({ role: 'ADMIN', sub: 'ann' });
  tokens.bob = await edge.token({ role: 'ADMIN', sub: 'bob' });
  tokens.creator = await edge.token(creatorViewer(creator.id));
});
afterAll(() => edge.close());

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
type Answer = { data?: any; errors?: any };

async function ask(who: keyof typeof tokens, query: string, variables: object = {}): Promise<Answer> {
  const response = await edge.post({ query, variables }, { authorization: `Bearer ${tokens[who]}` });
  return (await response.json()) as Answer;
}

const CREATE = `mutation ($payouts: [CreatePayoutsRow!]!) { createPayouts(input: { payouts: $payouts }) {
  __typename ... on Error { code message }
  ... on CreatePayoutsPayload { results { __typename
    ... on CreatePayoutPayload { replayed payout { id status control notice approval { required approvedBy } } }
    ... on Error { code } ... on InvalidInputError { path } } } } }`;

const row = (amountCents: number) => ({
  creatorId: globalId('Creator', creator.id),
  amountCents,
  idempotencyKey: randomUUID(),
});

async function large(): Promise<string> {
  const { data } = await ask('ann', CREATE, { payouts: [row(5_000)] });
  return data.createPayouts.results[0].payout.id;
}

const decide = (verb: string) =>
  `mutation ($id: ID!, $reason: String! = "a second look") {
  ${verb}Payout(input: { payoutId: $id, reason: $reason }) { __typename ... on Error { code message }
    ... on ${verb.charAt(0).toUpperCase()}${verb.slice(1)}Payload {
      payout { status control heldReason notice failureCode failedReason
        approval { required approvedBy amountCents destination voided } } } } }`.replace(
    'Payload',
    'PayoutPayload',
  );

async function done(who: keyof typeof tokens, verb: string, id: string, reason?: string) {
  const { data, errors } = await ask(who, decide(verb), { id, ...(reason !== undefined && { reason }) });
  expect(errors).toBeUndefined();
  return data[`${verb}Payout`];
}

const APPROVE = `mutation ($input: ApprovePayoutInput!) { approvePayout(input: $input) {
  __typename ... on Error { code message } ... on InvalidInputError { path }
  ... on ApprovePayoutPayload { payout { approval { approvedBy destination currentDestination } } } } }`;

describe('what admins decide', () => {
  it('is an approval of what they saw, or none', async () => {
    const payoutId = await large();
    const approve = async (seen: object) =>
      (await ask('bob', APPROVE, { input: { payoutId, reason: 'seen', ...seen } })).data.approvePayout;
    const seen = { expectedAmountCents: 5_000, expectedDestination: creator.accountId };
    expect(await approve({ ...seen, expectedAmountCents: 4_999 })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['expectedAmountCents'],
    });
    expect(await approve({ ...seen, expectedDestination: 'acct_other' })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['expectedDestination'],
    });
    const approval = {
      approvedBy: 'bob',
      destination: creator.accountId,
      currentDestination: creator.accountId,
    };
    expect(await approve(seen)).toEqual({ __typename: 'ApprovePayoutPayload', payout: { approval } });
  });

  it('shows on the payout: to admins who and why, to its creator a plain sentence', async () => {
    const id = await large();
    const held = await done('ann', 'hold', id, 'looks odd');
    expect(held.payout).toMatchObject({ control: 'HELD', heldReason: 'looks odd', status: 'PENDING' });
    expect((await done('ann', 'release', id)).payout).toMatchObject({ control: null, heldReason: null });
    expect(await done('ann', 'approve', id)).toMatchObject({ code: 'APPROVER_IS_REQUESTER' });
    const mine = `query ($id: ID!) { payout(id: $id) { status notice failedReason history { reason } } }`;
    expect((await ask('creator', mine, { id })).data.payout).toMatchObject({
      notice: 'We are checking this payment before we send it. You need not do anything.',
      history: [{ reason: null }, { reason: null }, { reason: null }],
    });
    expect((await done('bob', 'approve', id)).payout).toMatchObject({
      notice: null,
      approval: {
        required: true,
        approvedBy: 'bob',
        amountCents: 5_000,
        destination: creator.accountId,
        voided: false,
      },
    });
    expect((await done('bob', 'reject', id, 'not owed')).payout).toMatchObject({
      status: 'FAILED',
      control: 'REJECTED',
      failureCode: 'rejected',
      failedReason: 'not owed',
      notice: null,
    });
    expect((await ask('creator', mine, { id })).data.payout).toMatchObject({
      status: 'FAILED',
      notice: null,
      failedReason: 'We decided not to make this payment. Write to us if you think that it is owed to you.',
    });
  });

  it.each(['hold', 'release', 'approve', 'reject'])(
    '%sPayout is not for creators, and needs a reason',
    async (verb) => {
      const id = await large();
      const { errors } = await ask('creator', decide(verb), { id });
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
      expect(await done('bob', verb, id, ' ')).toMatchObject({ code: 'INVALID_INPUT' });
      const read = 'query ($id: ID!) { payout(id: $id) { history { status } approval { approvedBy } } }';
      expect((await ask('ann', read, { id })).data.payout).toEqual({
        history: [{ status: 'PENDING' }],
        approval: { approvedBy: null },
      });
    },
  );

  it('is found by lists', async () => {
    const [held, waiting] = [await large(), await large()];
    await done('ann', 'hold', held);
    const list = `query ($filter: PayoutFilter) { payouts(filter: $filter, first: 100) { totalCount nodes { id } } }`;
    const found = async (filter: object) => {
      const { payouts } = (await ask('bob', list, { filter })).data;
      expect(payouts.totalCount).toBe(payouts.nodes.length);
      return payouts.nodes.map((one: { id: string }) => one.id);
    };
    expect(await found({ held: true })).toEqual([held]);
    expect(await found({ awaitingApproval: true })).toEqual(expect.arrayContaining([held, waiting]));
    expect(await found({ awaitingApproval: true, held: false })).not.toContain(held);
  });
});

describe('createPayouts', () => {
  it('answers each row', async () => {
    const [first, second] = [row(500), row(2_000)];
    const payouts = [
      first,
      { ...first },
      { ...first, amountCents: 501 },
      second,
      { ...row(1), idempotencyKey: '' },
    ];
    const { data } = await ask('ann', CREATE, { payouts });
    expect(data.createPayouts.results).toMatchObject([
      { replayed: false, payout: { status: 'PENDING', approval: { required: false } } },
      { replayed: true },
      { code: 'IDEMPOTENCY_CONFLICT' },
      {
        replayed: false,
        payout: { notice: expect.any(String), approval: { required: true, approvedBy: null } },
      },
      { code: 'INVALID_INPUT', path: ['payouts', '4', 'idempotencyKey'] },
    ]);
    const mixed = await ask('ann', CREATE, { payouts: [row(500), { ...row(500), idempotencyKey: null }] });
    expect(mixed.data.createPayouts).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('takes 500 rows with long keys in one request', async () => {
    const payouts = Array.from({ length: 500 }, () => row(100));
    const { data, errors } = await ask('ann', CREATE, { payouts });
    expect(errors).toBeUndefined();
    expect(data.createPayouts.results).toHaveLength(500);
  });
});

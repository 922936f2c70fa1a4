// Mutations over the wire: each expected failure is a typed result, each senseless input BAD_USER_INPUT, and what
// breaks inside says nothing about itself.
import { randomUUID } from 'node:crypto';
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/payouts/lists/cursor.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, addStatement, type TestCreator } from '../support/world.js';
import {
  createCompletedPayout,
  createFailedPayout,
  createPayout,
  globalId,
  overSocket,
  type PayoutInput,
  reaches,
} from './ask.js';

let app: RunningApp;
let admin: string;
let creator: TestCreator;

beforeAll(async () => {
  app = await runApp();
  admin = await app.token(ADMIN);
  creator = await addCreator(app.world);
});
afterAll(() => app.close());

const count = async (table: 'payouts' | 'idempotency_keys') =>
  (await app.world.db.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n as number;

describe('createPayout', () => {
  const refusals: [name: string, code: string, type: string, input: () => Promise<Partial<PayoutInput>>][] = [
    ['99 cents', 'AMOUNT_BELOW_MINIMUM', 'AmountBelowMinimumError', async () => ({ amountCents: 99 })],
    ['nothing', 'AMOUNT_BELOW_MINIMUM', 'AmountBelowMinimumError', async () => ({ amountCents: 0 })],
    [
      'less than nothing',
      'AMOUNT_BELOW_MINIMUM',
      'AmountBelowMinimumError',
      async () => ({ amountCents: -500 }),
    ],
    [
      'a cent too much',
      'AMOUNT_ABOVE_MAXIMUM',
      'AmountAboveMaximumError',
      async () => ({ amountCents: 1_000_001 }),
    ],
    ['an unknown creator', 'NOT_FOUND', 'NotFoundError', async () => ({ creatorId: cuid() })],
    [
      'a creator that is not ready',
      'CREATOR_NOT_READY',
      'CreatorNotReadyError',
      async () => ({ creatorId: (await addCreator(app.world, { ready: false })).id }),
    ],
    [
      'more than the statement has',
      'STATEMENT_OVERDRAWN',
      'StatementOverdrawnError',
      async () => ({ amountCents: 501, royaltyStatementId: await addStatement(app.world, creator.id, 500) }),
    ],
    ['an unknown statement', 'NOT_FOUND', 'NotFoundError', async () => ({ royaltyStatementId: cuid() })],
    ['an empty key', 'INVALID_INPUT', 'InvalidInputError', async () => ({ idempotencyKey: '' })],
    ['a key of blanks', 'INVALID_INPUT', 'InvalidInputError', async () => ({ idempotencyKey: '  ' })],
    [
      'a key too long',
      'INVALID_INPUT',
      'InvalidInputError',
      async () => ({ idempotencyKey: 'k'.repeat(256) }),
    ],
    ['a key with NUL', 'INVALID_INPUT', 'InvalidInputError', async () => ({ idempotencyKey: 'a\0b' })],
    // Written as U+FFFD, another key would be the same one.
    [
      'a key of half a character',
      'INVALID_INPUT',
      'InvalidInputError',
      async () => ({ idempotencyKey: 'K\ud800' }),
    ],
  ];

  test.each(refusals)('%s: %s', async (_, code, type, input) => {
    const asked = { creatorId: creator.id, ...(await input()) };
    const before = [await count('payouts'), await count('idempotency_keys')];
    const answer = await createPayout(app, asked);
    expect(answer).toEqual({ __typename: type, code, message: expect.stringMatching(/\w.*/) });
    expect([await count('payouts'), await count('idempotency_keys')]).toEqual(before);
  });

  test.each([100, 1_000_000])('the limits themselves are allowed: %i cents', async (amountCents) => {
    const answer = await createPayout(app, { creatorId: creator.id, amountCents });
    expect(answer).toMatchObject({ __typename: 'CreatePayoutPayload', payout: { amountCents } });
  });

  test('the errors name the limit, what is left, and the path', async () => {
    const query = `mutation ($input: CreatePayoutInput!) { createPayout(input: $input) {
      ... on AmountBelowMinimumError { minimumCents }
      ... on AmountAboveMaximumError { maximumCents }
      ... on StatementOverdrawnError { availableCents }
      ... on InvalidInputError { path } } }`;
    const statement = globalId('RoyaltyStatement', await addStatement(app.world, creator.id, 5_000));
    const ask = async (change: object) => {
      const input = {
        creatorId: globalId('Creator', creator.id),
        amountCents: 500,
        idempotencyKey: randomUUID(),
      };
      return (await app.query({ query, variables: { input: { ...input, ...change } } }, admin)).data
        .createPayout;
    };
    expect(await ask({ amountCents: 1 })).toEqual({ minimumCents: 100 });
    expect(await ask({ amountCents: 2_000_000 })).toEqual({ maximumCents: 1_000_000 });
    expect(await ask({ amountCents: 5_001, royaltyStatementId: statement })).toEqual({
      availableCents: 5_000,
    });
    expect(await ask({ idempotencyKey: '' })).toEqual({ path: ['idempotencyKey'] });
  });

  test('the same key and input: the same payout, said to be a replay', async () => {
    const input = { creatorId: creator.id, idempotencyKey: randomUUID() };
    const first = await createPayout(app, input);
    const before = await count('payouts');
    const second = await createPayout(app, input);
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(second.payout.id).toBe(first.payout.id);
    expect(await count('payouts')).toBe(before);
  });

  test('the same key and other input: a conflict', async () => {
    const input = { creatorId: creator.id, idempotencyKey: randomUUID() };
    await createPayout(app, input);
    const answer = await createPayout(app, { ...input, amountCents: 4_321 });
    expect(answer).toMatchObject({ __typename: 'IdempotencyConflictError', code: 'IDEMPOTENCY_CONFLICT' });
  });
});

const RETRY = `mutation ($id: ID!) { retryPayout(input: { payoutId: $id }) {
  __typename
  ... on RetryPayoutPayload { payout { reference status retryCount } }
  ... on InvalidTransitionError { status }
  ... on Error { code } } }`;

describe('retryPayout', () => {
  const retry = async (id: string) =>
    (await app.query({ query: RETRY, variables: { id: globalId('Payout', id) } }, admin)).data.retryPayout;

  test('a failed payout is sent again and arrives', async () => {
    const { reference } = await createFailedPayout(app, { creatorId: creator.id });
    expect(await retry(reference)).toEqual({
      __typename: 'RetryPayoutPayload',
      payout: { reference, status: 'PENDING', retryCount: 1 },
    });
    await reaches(app, reference, 'COMPLETED');
  });

  test('one that is not failed is left alone', async () => {
    const { reference } = await createCompletedPayout(app, { creatorId: creator.id });
    expect(await retry(reference)).toEqual({
      __typename: 'InvalidTransitionError',
      status: 'COMPLETED',
      code: 'INVALID_TRANSITION',
    });
  });

  test('one that does not exist is NOT_FOUND', async () => {
    expect(await retry(cuid())).toEqual({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
  });
});

const PREVIEW = `query ($input: PayoutRunInput!) { payoutRunPreview(input: $input) {
  payoutCount totalCents currency excluded { reason statementCount totalCents } } }`;
const RUN = `mutation ($input: CreatePayoutRunInput!) { createPayoutRun(input: $input) {
  __typename
  ... on CreatePayoutRunPayload { payoutCount totalCents replayed }
  ... on TotalChangedError { totalCents }
  ... on InvalidInputError { path }
  ... on Error { code } } }`;

describe('createPayoutRun', () => {
  const may = { periodStart: '2026-05-01', periodEnd: '2026-05-31' };
  const period = { start: '2026-05-01', end: '2026-05-31' };
  const preview = async (input: object) =>
    (await app.query({ query: PREVIEW, variables: { input } }, admin)).data.payoutRunPreview;
  const run = async (input: object) =>
    (await app.query({ query: RUN, variables: { input } }, admin)).data.createPayoutRun;

  test('pays what was previewed, refuses when that has changed, and pays nothing twice', async () => {
    const unready = await addCreator(app.world, { ready: false });
    await addStatement(app.world, creator.id, 3_000, period);
    await addStatement(app.world, creator.id, 99, period);
    await addStatement(app.world, unready.id, 700, period);
    const seen = await preview(may);
    expect(seen).toMatchObject({ payoutCount: 1, totalCents: 3_000, currency: 'usd' });
    expect(seen.excluded).toEqual([
      { reason: 'BELOW_MINIMUM', statementCount: 1, totalCents: 99 },
      { reason: 'CREATOR_NOT_READY', statementCount: 1, totalCents: 700 },
    ]);
    await addStatement(app.world, creator.id, 4_000, period);
    const input = { ...may, expectedTotalCents: seen.totalCents, idempotencyKey: randomUUID() };
    const before = await count('payouts');
    const changed = { __typename: 'TotalChangedError', totalCents: 7_000, code: 'TOTAL_CHANGED' };
    expect(await run(input)).toEqual(changed);
    expect(await count('payouts')).toBe(before);
    const paid = { __typename: 'CreatePayoutRunPayload', payoutCount: 2, totalCents: 7_000 };
    expect(await run({ ...input, expectedTotalCents: 7_000 })).toEqual({ ...paid, replayed: false });
    expect(await run({ ...input, expectedTotalCents: 7_000 })).toEqual({ ...paid, replayed: true });
    expect(await run(input)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await count('payouts')).toBe(before + 2);
  });

  test('a period that ends before it begins', async () => {
    const backwards = { periodStart: '2026-05-31', periodEnd: '2026-05-01' };
    const input = { ...backwards, expectedTotalCents: 0, idempotencyKey: randomUUID() };
    expect(await run(input)).toEqual({
      __typename: 'InvalidInputError',
      path: ['periodEnd'],
      code: 'INVALID_INPUT',
    });
    const { errors } = await app.query({ query: PREVIEW, variables: { input: backwards } }, admin);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('what cannot be meant is BAD_USER_INPUT', () => {
  const ids: [string, string][] = [
    ['of another type', globalId('Payout', 'c0000000000000000000000001')],
    ['of no type of ours', globalId('Nothing', 'abc')],
    ['that is no id', 'no id at all'],
    ['that is empty', ''],
    ['with NUL', globalId('Creator', 'a\0b')],
    ['with a line break', globalId('Creator', 'a\nb')],
    ['without a type', Buffer.from('abc').toString('base64')],
    ['too long', globalId('Creator', 'a'.repeat(300))],
  ];

  test.each(ids)('an id %s', async (_, creatorId) => {
    const input = { creatorId, amountCents: 500, idempotencyKey: randomUUID() };
    const query = 'mutation ($input: CreatePayoutInput!) { createPayout(input: $input) { __typename } }';
    await isRefused({ query, variables: { input } });
    const filter = { creatorId };
    await isRefused({
      query: 'query ($filter: PayoutFilter) { payouts(filter: $filter) { totalCount } }',
      variables: { filter },
    });
    const watch =
      'subscription ($filter: PayoutChangeFilter) { payoutStatusChanged(filter: $filter) { cursor } }';
    await isRefused({ query: watch, variables: { filter } });
  });

  test.each(ids.filter(([name]) => name !== 'of another type'))('node of an id %s', async (_, id) => {
    await isRefused({ query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id } });
  });

  test.each([
    ['amount', '{ payouts(filter: { amountCents: { gte: 99999999999 } }) { totalCount } }'],
    ['page', '{ payouts(first: 101) { totalCount } }'],
    ['page of alerts', '{ alerts(first: 101) { totalCount } }'],
    ['page of the audit', '{ auditEvents(last: 101) { totalCount } }'],
    ['page of events', '{ webhookEvents(first: -1) { totalCount } }'],
    ['page of runs', '{ reconciliationRuns(first: 1, last: 1) { totalCount } }'],
    ['page of differences', '{ reconciliationItems(first: 101) { totalCount } }'],
    ['type of event', '{ webhookEvents(filter: { type: "a\\u0000b" }) { totalCount } }'],
    ['type of half a character', '{ webhookEvents(filter: { type: "a\\ud800b" }) { totalCount } }'],
    ['actor', '{ auditEvents(filter: { actor: "a\\u0000b" }) { totalCount } }'],
    ['action', '{ auditEvents(filter: { action: "a\\u0000b" }) { totalCount } }'],
    ['number of bank payouts', '{ creators(first: 1) { nodes { bankPayouts(first: 21) { id } } } }'],
    ['page below zero', '{ creators(first: -1) { nodes { id } } }'],
    ['cursor', '{ payouts(after: "nonsense") { totalCount } }'],
    [
      'cursor of the year 0',
      `{ payouts(after: "${encodeCursor('CREATED_AT', '0000-01-01T00:00:00.000Z', 'c1')}") { nodes { id } } }`,
    ],
    [
      'cursor of half a character',
      `{ payouts(after: "${encodeCursor('CREATED_AT', '2026-01-01T00:00:00.000Z', '\ud800')}") { nodes { id } } }`,
    ],
    ['cursor of creators', '{ creators(after: "nonsense") { nodes { id } } }'],
    ['cursor of the log', 'subscription { payoutStatusChanged(after: "nonsense") { cursor } }'],
    [
      'day',
      '{ payoutRunPreview(input: { periodStart: "2026-02-30", periodEnd: "2026-03-01" }) { totalCents } }',
    ],
    ['moment', '{ payouts(filter: { createdAt: { lt: "yesterday" } }) { totalCount } }'],
  ])('a senseless %s', async (_, query) => {
    await isRefused({ query });
  });
});

async function isRefused(operation: { query: string; variables?: Record<string, unknown> }) {
  const refused = [
    {
      extensions: {
        code: expect.stringMatching(/^(BAD_USER_INPUT|CURSOR_EXPIRED)$/),
        requestId: expect.any(String),
      },
    },
  ];
  const client = app.socket(admin);
  expect((await overSocket(client, operation)).errors).toMatchObject(refused);
  await client.dispose();
  if (!operation.query.startsWith('subscription'))
    expect((await app.query(operation, admin)).errors).toMatchObject(refused);
}

test('what breaks inside is INTERNAL_SERVER_ERROR, without a word of it (last: it breaks the database)', async () => {
  await app.world.db.pool.query('DROP TABLE idempotency_keys CASCADE');
  const query = 'mutation ($input: CreatePayoutInput!) { createPayout(input: $input) { __typename } }';
  const input = { creatorId: globalId('Creator', creator.id), amountCents: 500, idempotencyKey: 'k' };
  const operation = { query, variables: { input } };
  const overHttp = await app.query(operation, admin);
  const overWs = await overSocket(app.socket(admin), operation);
  for (const { data, errors } of [overHttp, overWs]) {
    expect(data).toEqual({ createPayout: null });
    expect(errors).toEqual([
      {
        message: 'Something went wrong on our side.',
        locations: expect.any(Array),
        path: ['createPayout'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/^[\da-f-]{36}$/) },
      },
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/idempotency|relation|42P01/);
  }
});

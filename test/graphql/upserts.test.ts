// The bulk upserts over the wire: a result for each row, and nothing for anybody but admins.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, type TestCreator } from '../support/world.js';
import { asAdmin, createPayout, globalId, onBothTransports, reaches, signedInCreator } from './ask.js';
import { CREATORS, creatorRow, STATEMENTS, statementRowOf } from './upserts.js';

let app: RunningApp;
let admin: string;
let creator: TestCreator;

beforeAll(async () => {
  app = await runApp();
  admin = await app.token(ADMIN);
  creator = await addCreator(app.world);
});
afterAll(() => app.close());

const statementRow = (over: object = {}) => statementRowOf(creator.id, over);

describe('upsertCreators', () => {
  test('rows good and bad: each has its result, in their order', async () => {
    const [created, changed] = [creatorRow(), creatorRow()];
    await asAdmin(app, CREATORS, { creators: [changed] });
    const bad = creatorRow({ email: 'none' });
    const creators = [created, bad, { ...changed, displayName: 'Another' }, created];
    const { upsertCreators } = await asAdmin(app, CREATORS, { creators });
    const good = { __typename: 'UpsertedCreator' };
    const refused = { __typename: 'InvalidInputError', code: 'INVALID_INPUT', message: expect.any(String) };
    expect(upsertCreators).toEqual({
      __typename: 'UpsertCreatorsPayload',
      results: [
        {
          ...good,
          outcome: 'CREATED',
          creator: expect.objectContaining({ ...created, transfersEnabled: false }),
        },
        { ...refused, path: ['creators', '1', 'email'] },
        { ...good, outcome: 'UPDATED', creator: expect.objectContaining({ displayName: 'Another' }) },
        { ...refused, path: ['creators', '3', 'externalId'] },
      ],
    });
    const again = await asAdmin(app, CREATORS, { creators: [created] });
    expect(again.upsertCreators.results).toMatchObject([{ outcome: 'UNCHANGED', creator: created }]);
  });

  test('with an account that is ready at Stripe: the creator can be paid once Stripe has said so', async () => {
    const account = await app.world.simulator.createAccount({ transfers: 'active' });
    const creators = [creatorRow({ stripeAccountId: account.id })];
    const { upsertCreators } = await asAdmin(app, CREATORS, { creators });
    const { id } = upsertCreators.results[0].creator;
    const isReady = async () =>
      (await asAdmin(app, `{ node(id: "${id}") { ... on Creator { transfersEnabled } } }`)).node;
    await expect.poll(isReady).toEqual({ transfersEnabled: true });
    const creatorId = Buffer.from(id, 'base64').toString().replace('Creator:', '');
    const { payout } = await createPayout(app, { creatorId });
    await reaches(app, payout.reference, 'COMPLETED');
  });
});

describe('upsertRoyaltyStatements', () => {
  test('rows good and bad: each has its result, in their order', async () => {
    const [created, paid] = [statementRow(), statementRow()];
    const first = await asAdmin(app, STATEMENTS, { statements: [paid] });
    const royaltyStatementId = Buffer.from(
      first.upsertRoyaltyStatements.results[0].royaltyStatement.id,
      'base64',
    )
      .toString()
      .replace('RoyaltyStatement:', '');
    await createPayout(app, { creatorId: creator.id, royaltyStatementId, amountCents: 10_000 });
    const statements = [
      created,
      { ...paid, amountCents: 9_999 },
      statementRow({ creatorId: globalId('Creator', cuid()) }),
      statementRow({ periodEnd: '2026-07-31' }),
      { ...paid, amountCents: 1 },
    ];
    const { upsertRoyaltyStatements } = await asAdmin(app, STATEMENTS, { statements });
    const { creatorId, ...shown } = created;
    const message = expect.any(String);
    expect(upsertRoyaltyStatements.results).toEqual([
      {
        __typename: 'UpsertedRoyaltyStatement',
        outcome: 'CREATED',
        royaltyStatement: expect.objectContaining({
          ...shown,
          currency: 'usd',
          creator: expect.objectContaining({ id: creatorId, email: creator.email }),
        }),
      },
      { __typename: 'StatementOverdrawnError', code: 'STATEMENT_OVERDRAWN', message, availableCents: 2_345 },
      { __typename: 'NotFoundError', code: 'NOT_FOUND', message },
      {
        __typename: 'InvalidInputError',
        code: 'INVALID_INPUT',
        message,
        path: ['statements', '3', 'periodEnd'],
      },
      {
        __typename: 'InvalidInputError',
        code: 'INVALID_INPUT',
        message,
        path: ['statements', '4', 'externalId'],
      },
    ]);
  });

  test.each([
    ['an id of another type', { creatorId: globalId('Payout', 'p') }],
    ['an amount beyond every Int', { amountCents: 2 ** 31 }],
    ['a day that there is not', { periodEnd: '2026-02-30' }],
  ])('%s is a request that cannot be meant', async (_, over) => {
    const statements = [statementRow(), statementRow(over)];
    const { errors } = await app.query({ query: STATEMENTS, variables: { statements } }, admin);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

const BULK = [
  ['upsertCreators', CREATORS, 'creators', creatorRow],
  ['upsertRoyaltyStatements', STATEMENTS, 'statements', statementRow],
] as const;

describe.each(BULK)('%s', (field, query, list, row) => {
  const rows = (length: number) => ({ [list]: Array.from({ length }, () => row()) });

  test.each([0, 501, 800])('refuses %i rows as a whole', async (length) => {
    const answer = await asAdmin(app, query, rows(length));
    expect(answer[field]).toMatchObject({ __typename: 'InvalidInputError', path: [list] });
  });

  test('is for admins, over both transports', async () => {
    const { token } = await signedInCreator(app);
    for (const { data, errors } of await onBothTransports(app, { query, variables: rows(1) }, token)) {
      expect(data).toEqual({ [field]: null });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    const { errors } = await app.query({ query, variables: rows(1) }, null);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('answers the same over both transports', async () => {
    const variables = rows(2);
    const answers = await onBothTransports(app, { query, variables }, admin);
    const outcomes = answers.map(({ data }) =>
      data?.[field].results.map((one: { outcome: string }) => one.outcome),
    );
    expect(outcomes).toEqual([
      ['CREATED', 'CREATED'],
      ['UNCHANGED', 'UNCHANGED'],
    ]);
  });
});

// Compiled queries: asked once they are executed as graphql-js does it, asked again they are compiled; nobody can tell
// the difference. And lists, which read only what is asked for, say of every field what the payout itself says.
import { isEnumType, isNonNullType, isScalarType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { ADMIN, type Operation, type RunningApp, runApp } from '../support/running-app.js';
import { createCompletedPayout, createFailedPayout, createPayout, globalId, signedInCreator } from './ask.js';

let app: RunningApp;
let admin: string;
let creator: Awaited<ReturnType<typeof signedInCreator>>;
let ids: string[];
beforeAll(async () => {
  app = await runApp();
  admin = await app.token(ADMIN);
  creator = await signedInCreator(app);
  const completed = await createCompletedPayout(app, { creatorId: creator.id });
  const failed = await createFailedPayout(app, { creatorId: creator.id });
  ids = [completed.id, failed.id];
});
afterAll(() => app.close());

/** The answer at the first, second and third time, without what names a single request. */
async function askedThrice(operation: Operation, token: string | null): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let i = 0; i < 3; i += 1) {
    const { status, data, errors } = await app.query(operation, token);
    const told = errors?.map(({ extensions: { requestId, ...extensions }, ...error }) => {
      expect(requestId).toMatch(/^[\w-]{8,}$/);
      return { ...error, extensions };
    });
    answers.push({ status, data, errors: told });
  }
  return answers;
}

const LIST = `nodes { id reference amountCents createdAt creator { id displayName email } }
  edges { cursor node { status royaltyStatement { id } } } pageInfo { startCursor endCursor hasNextPage } totalCount`;

const OPERATIONS: [string, string, object?][] = [
  ['a list with everything around it', `{ payouts { ${LIST} } }`],
  ['aliases', '{ a: payouts(first: 1) { n: nodes { x: id y: id } } b: viewer { __typename role } }'],
  [
    'fragments',
    'query Q { payouts { ...A nodes { ...B } } } fragment A on PayoutConnection { totalCount } fragment B on Payout { id ... on Node { i: id } }',
  ],
  [
    'an abstract type',
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Payout { status } } }',
  ],
  ['a fragment on an interface', '{ payouts(first: 1) { nodes { ... on Node { id } status } } }'],
  ['the same by name', '{ payouts { nodes { ...N status } } } fragment N on Node { id }'],
  [
    'fragments on types of an interface',
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Payout { status } id ... on Creator { displayName } __typename ... on Node { i: id } ... on Payout { currency } } }',
  ],
  [
    'fragments on an object',
    '{ payouts { nodes { status ...A id ...B } } } fragment A on Payout { currency status } fragment B on Payout { reference id }',
  ],
  ['a field in two places', '{ payouts { nodes { creator { id } status creator { displayName } } } }'],
  ['variables and their defaults', 'query ($n: Int = 1) { payouts(first: $n) { nodes { id } } }', { n: 2 }],
  [
    'a scalar as a variable',
    'query ($at: DateTime) { payouts(filter: { createdAt: { gte: $at } }) { nodes { createdAt } } }',
    { at: '2026-01-01T00:00:00+02:00' },
  ],
  [
    'a scalar that is none',
    'query ($at: DateTime) { payouts(filter: { createdAt: { gte: $at } }) { nodes { id } } }',
    { at: 'yesterday' },
  ],
  ['a variable of another type', 'query ($n: Int) { payouts(first: $n) { nodes { id } } }', { n: 'many' }],
  ['a variable that is missing', 'query ($id: ID!) { payout(id: $id) { id } }'],
  ['a page that cannot be, beside what can', '{ viewer { role } payouts(first: 101) { nodes { id } } }'],
  ['a broken cursor', '{ payouts(after: "x") { nodes { id } } }'],
  [
    'a null that is passed up to the next one who may be null',
    '{ payouts(last: -1) { pageInfo { hasNextPage } } viewer { role } }',
  ],
  [
    '@skip and @include',
    'query ($yes: Boolean = true) { payouts { ...A nodes { ...B @skip(if: $yes) id @include(if: $yes) } } } fragment A on PayoutConnection { nodes { ...B @include(if: $yes) } } fragment B on Payout { status }',
  ],
  ['what only creators may ask', '{ myPayouts { nodes { id } } viewer { role } }'],
  ['the schema', '{ __schema { queryType { name } } __type(name: "Payout") { kind } }'],
];

describe('a query that comes again is answered as it was before:', () => {
  it.each(OPERATIONS)('%s', async (_what, query, variables) => {
    const operation = { query, variables: { ids: [...ids, globalId('Payout', 'none')], ...variables } };
    for (const token of [admin, creator.token, null]) {
      const [first, ...again] = await askedThrice(operation, token);
      expect(again).toEqual([first, first]);
      // Fields come in the order of the operation, which toEqual does not look at.
      for (const answer of again) expect(JSON.stringify(answer)).toBe(JSON.stringify(first));
    }
  });

  it('but for what has changed since', async () => {
    const operation = { query: '{ payouts { totalCount } }' };
    const before = (await app.query(operation, admin)).data.payouts.totalCount;
    for (let i = 1; i <= 3; i += 1) {
      await createPayout(app, { creatorId: creator.id });
      expect((await app.query(operation, admin)).data.payouts.totalCount).toBe(before + i);
    }
  });

  it('and each operation of a document is itself', async () => {
    const query = 'query A { viewer { role } } query B { payouts(first: 1) { nodes { id } } }';
    for (let i = 0; i < 3; i += 1) {
      expect(Object.keys((await app.query({ query, operationName: 'A' } as Operation, admin)).data)).toEqual([
        'viewer',
      ]);
      expect(Object.keys((await app.query({ query, operationName: 'B' } as Operation, admin)).data)).toEqual([
        'payouts',
      ]);
    }
  });
});

/** Each field of `Payout` that takes no argument, with what is asked below it. */
function fieldsOfPayout(): [string, string][] {
  const type = schema.getType('Payout');
  if (!type || !('getFields' in type)) throw new Error('there is no Payout');
  return Object.values(type.getFields()).map(({ name, type: of }) => {
    const named = isNonNullType(of) ? of.ofType : of;
    const isLeaf = isScalarType(named) || isEnumType(named);
    return [name, isLeaf ? name : `${name} { __typename }`];
  });
}

describe('a list that is asked for one field alone says what the payout says:', () => {
  it.each(fieldsOfPayout())('%s', async (_name, field) => {
    for (const token of [admin, creator.token]) {
      const list = token === admin ? 'payouts' : 'myPayouts';
      const listed = await app.query(
        { query: `{ list: ${list}(first: 100) { nodes { id } edges { node { ${field} } } } }` },
        token,
      );
      const { nodes, edges } = listed.data.list;
      for (const id of ids) {
        const single = await app.query(
          { query: `query ($id: ID!) { payout(id: $id) { ${field} } }`, variables: { id } },
          token,
        );
        const index = nodes.findIndex((node: { id: string }) => node.id === id);
        expect(edges[index].node).toEqual(single.data.payout);
      }
    }
  });

  it('and of its creator', async () => {
    for (const field of ['id', 'externalId', 'displayName', 'email', 'transfersEnabled', 'createdAt']) {
      const [listed, single] = [
        await app.query({ query: `{ payouts(first: 1) { nodes { creator { ${field} } } } }` }, admin),
        await app.query(
          {
            query: 'query ($id: ID!) { node(id: $id) { ... on Creator { FIELD } } }'.replace('FIELD', field),
            variables: { id: globalId('Creator', creator.id) },
          },
          admin,
        ),
      ];
      expect(listed.data.payouts.nodes[0].creator).toEqual(single.data.node);
    }
  });
});

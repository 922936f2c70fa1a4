// No list asks once for each row: every nested field of the schema costs as many statements for twenty rows as for one,
// and gives each row what the row has by itself.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { addCreator } from '../support/world.js';
import { creatorViewer, globalId } from './ask.js';
import {
  type BatchingCase,
  BULK,
  CASES,
  coveredBy,
  nestedFields,
  nodeTypes,
  OTHERS,
} from './batching-cases.js';
import { addRows, ROWS } from './batching-rows.js';
import { type AnyOperation, type Edge, openEdge } from './edge.js';

let edge: Edge;
let admin: string;
const statements = vi.spyOn(pg.Client.prototype, 'query');

beforeAll(async () => {
  edge = await openEdge();
  admin = await edge.token();
  await addRows(edge.world);
});
afterAll(() => edge.close());

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
type Data = any;

async function ask(operation: AnyOperation, token = admin): Promise<Data> {
  const response = await edge.post(operation, { authorization: `Bearer ${token}` });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** What reached Postgres for the operation. */
async function sqlOf(operation: AnyOperation, token = admin): Promise<string[]> {
  statements.mockClear();
  await ask(operation, token);
  const texts = statements.mock.calls.map(([query]) => textOf(query));
  return texts.filter((text) => !text.startsWith('SET TIME ZONE'));
}

const textOf = (query: unknown): string =>
  typeof query === 'string' ? query : (query as { text: string }).text;

async function expectNoMoreFor(query: string, many: object, one: object): Promise<void> {
  const [forOne, forMany] = [await sqlOf({ query, variables: one as never }), [] as string[][]];
  // The second time it is compiled, and must batch as before.
  for (let i = 0; i < 2; i += 1) forMany.push(await sqlOf({ query, variables: many as never }));
  for (const sql of forMany)
    expect(sql.length, sql.map((text) => text.slice(0, 200)).join('\n')).toBe(forOne.length);
}

describe('as many statements for twenty rows as for one:', () => {
  test.each(CASES)('$type $selection', ({ query }) => expectNoMoreFor(query, { n: ROWS }, { n: 1 }));

  test.each(OTHERS)('%s', (query) => expectNoMoreFor(query, { n: ROWS }, { n: 1 }));

  test.each(nodeTypes())('nodes(ids:) of %s', async (type) => {
    const ids = await idsOf(type);
    expect(ids.length).toBeGreaterThanOrEqual(ROWS);
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
    await expectNoMoreFor(query, { ids }, { ids: ids.slice(0, 1) });
    expect((await ask({ query, variables: { ids } })).nodes).toEqual(
      ids.map((id) => ({ __typename: type, id })),
    );
  });
});

const LIST_OF: Record<string, string> = {
  BankPayout: 'creators { nodes { bankPayouts { id } } }',
  ...Object.fromEntries(
    CASES.map(({ type, query }) => [type, `${/rows: (\w+)/.exec(query)?.[1]} { nodes { id } }`]),
  ),
};

async function idsOf(type: string): Promise<string[]> {
  const { list } = await ask({ query: `{ list: ${LIST_OF[type]} }` });
  return list.nodes.flatMap((node: Data) => (node.bankPayouts ?? [node]).map(({ id }: Data) => id));
}

const NESTED = CASES.filter(({ selection }) => selection !== '');

it.each(NESTED)(
  '$type $selection: each row has its own',
  async ({ type, query, selection }: BatchingCase) => {
    const { nodes } = (await ask({ query, variables: { n: ROWS } })).rows;
    expect(new Set(nodes.map((node: Data) => JSON.stringify({ ...node, id: '' }))).size).toBeGreaterThan(1);
    const alone = `query ($id: ID!) { node(id: $id) { id ... on ${type} { ${selection} } } }`;
    for (const node of [nodes[0], nodes[1], nodes[7], nodes[ROWS - 1]]) {
      expect((await ask({ query: alone, variables: { id: node.id } })).node).toEqual(node);
    }
  },
);

const BEHIND_CURSORS: [type: string, list: string, first: string, next: string][] = [
  ['Payout', 'payouts', 'auditEvents(first: 1)', 'auditEvents(first: 1, after: $cursor)'],
  ['ReconciliationRun', 'reconciliationRuns', 'items(first: 1)', 'items(first: 5, after: $cursor)'],
  ['ReconciliationRun', 'reconciliationRuns', 'items(first: 1)', 'items(last: 5, before: $cursor)'],
];

test.each(BEHIND_CURSORS)('%s: in %s, what lies behind the cursor of %s is %s', async (...names) => {
  const [type, list, first, next] = names;
  const PAGE = '{ pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor } }';
  const { rows } = await ask({ query: `{ rows: ${list} { nodes { page: ${first} ${PAGE} } } }` });
  const cursor = rows.nodes[9].page.pageInfo.endCursor;
  const query = `query ($cursor: String) { rows: ${list} { nodes { id page: ${next} ${PAGE} } } }`;
  const { nodes } = (await ask({ query, variables: { cursor } })).rows;
  expect(new Set(nodes.map((node: Data) => node.page.edges.length)).size).toBeGreaterThan(1);
  const alone = `query ($id: ID!, $cursor: String) { node(id: $id) { id ... on ${type} { page: ${next} ${PAGE} } } }`;
  for (const node of nodes) {
    expect((await ask({ query: alone, variables: { id: node.id, cursor } })).node).toEqual(node);
  }
});

const ASIDE: [string, string][] = [
  ['payouts', 'auditEvents(first: $n) { nodes { sequence } }'],
  ['reconciliationRuns', 'items(first: $n) { nodes { id } }'],
  ['creators', 'bankPayouts(first: $n) { id }'],
];

test.each(ASIDE)('pages of several sizes beside each other: %s { %s }', async (list, field) => {
  const [one, two] = [1, 2].map((n) => field.replace('$n', String(n)));
  const query = `{ rows: ${list} { nodes { one: ${one} two: ${two} } } }`;
  const sizeOf = (page: Data) => (page.nodes ?? page).length;
  for (let i = 0; i < 3; i += 1) {
    const { nodes } = (await ask({ query })).rows;
    const sizes = nodes.map((node: Data) => `${sizeOf(node.one)} and ${sizeOf(node.two)}`);
    expect(sizes).toContain('1 and 2');
    expect(sizes).not.toContain('1 and 3');
    expect(sizes).not.toContain('2 and 2');
  }
});

test('a list with its creators is one statement', async () => {
  const query = '{ payouts(first: 20) { nodes { id amountCents status creator { id displayName } } } }';
  for (let i = 0; i < 3; i += 1) expect(await sqlOf({ query })).toHaveLength(1);
});

test('nodes(ids:) of another creator costs a creator as little, and says nothing', async () => {
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const theirs = await Promise.all(['Creator', 'Payout', 'RoyaltyStatement', 'BankPayout'].map(idsOf));
  const token = await edge.token(creatorViewer((await addCreator(edge.world)).id));
  for (const all of theirs) {
    const ids = all.slice(0, ROWS);
    const one = await sqlOf({ query, variables: { ids: ids.slice(0, 1) } }, token);
    expect(await sqlOf({ query, variables: { ids } }, token)).toHaveLength(one.length);
    expect((await ask({ query, variables: { ids } }, token)).nodes).toEqual(ids.map(() => null));
  }
});

// Last: it makes rows that come before those of the others.
describe('a mutation of twenty rows takes as many statements as one of a single row:', () => {
  let made = 0;
  const creatorRows = (count: number) =>
    Array.from({ length: count }, () => {
      const externalId = `batched-${made++}`;
      return { externalId, displayName: externalId, email: `${externalId}@example.com` };
    });
  const statementRows = async (count: number) => {
    const creators = await idsOf('Creator');
    return Array.from({ length: count }, (_, n) => ({
      externalId: `batched-${made++}`,
      creatorId: creators[n % creators.length],
      periodStart: '2026-01-01',
      periodEnd: '2026-01-31',
      amountCents: 1_000,
    }));
  };

  const payoutRows = async (count: number) => {
    const { rows: ready } = await edge.world.db.pool.query<{ id: string }>(
      'SELECT id FROM creators WHERE transfers_enabled ORDER BY id LIMIT $1',
      [ROWS],
    );
    return Array.from({ length: count }, (_, n) => ({
      creatorId: globalId('Creator', ready[n % ready.length]?.id ?? ''),
      amountCents: 1_000,
      idempotencyKey: `batched-${made++}`,
    }));
  };
  const failedPayouts = async (count: number) => {
    const { rows } = await edge.world.db.pool.query<{ id: string }>(
      `UPDATE payouts SET status = 'FAILED', next_attempt_at = NULL WHERE id IN (
         SELECT id FROM payouts WHERE control IS NULL AND status = 'PENDING' ORDER BY id LIMIT $1) RETURNING id`,
      [count],
    );
    expect(rows).toHaveLength(count);
    return rows.map(({ id }) => globalId('Payout', id));
  };

  test.each([
    ['upsertCreators', BULK.creators, creatorRows],
    ['upsertRoyaltyStatements', BULK.statements, statementRows],
    ['createPayouts', BULK.payouts, payoutRows],
    ['retryPayouts', BULK.retries, failedPayouts],
  ])('%s', async (_name, query, rowsOf) => {
    const one = await sqlOf({ query, variables: { rows: await rowsOf(1) } });
    const many = await sqlOf({ query, variables: { rows: await rowsOf(ROWS) } });
    expect(many.length, many.map((text) => text.slice(0, 200)).join('\n')).toBe(one.length);
  });
});

test('every nested field of the schema is asked for here', () => {
  const covered = coveredBy([...CASES.map(({ query }) => query), ...OTHERS, ...Object.values(BULK)]);
  expect(nestedFields().filter((name) => !covered.has(name))).toEqual([]);
});

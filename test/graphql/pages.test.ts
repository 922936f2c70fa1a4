// Pages of every list of the schema: one that is too large is refused, nowhere cut, and a cursor holds in its own list
// alone. The lists of creators and statements are whole, also where many rows are of one moment.
import { graphql, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { encodeCursor } from '../../src/payouts/lists/cursor.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, addStatement } from '../support/world.js';
import { createPayout, globalId, signedInCreator } from './ask.js';

let app: RunningApp;
let admin: string;
let creatorToken: string;
/** One row of each type that has lists of its own. */
const ids = new Map<string, string>();
beforeAll(async () => {
  app = await runApp();
  admin = await app.token(ADMIN);
  const creator = await signedInCreator(app);
  creatorToken = creator.token;
  ids.set('Creator', globalId('Creator', creator.id));
  ids.set('Payout', (await createPayout(app, { creatorId: creator.id })).payout.id);
  const run = 'mutation { runReconciliation(input: {}) { ... on RunReconciliationPayload { run { id } } } }';
  const { data } = await app.query({ query: run }, admin);
  ids.set('ReconciliationRun', data.runReconciliation.run.id);
});
afterAll(() => app.close());

interface List {
  /** `Query.payouts`. */
  field: string;
  type: string;
  name: string;
  takes: string[];
}

/** Every field of the schema that takes `first`. */
const LISTS: List[] = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) =>
    Object.values(type.getFields()).map(({ name, args }) => ({
      field: `${type.name}.${name}`,
      type: type.name,
      name,
      takes: args.map((arg) => arg.name),
    })),
  )
  .filter(({ takes }) => takes.includes('first'));

/** The list with these arguments, asked for by whoever may. */
async function ask({ type, name }: List, args: string, variables: Record<string, unknown> = {}) {
  const declared = Object.keys(variables).map((key) => `$${key}: Int`);
  const list = `${name}(${args}) { __typename }`;
  const below =
    type === 'PayoutRunPreview'
      ? `payoutRunPreview(input: { periodStart: "2026-08-01", periodEnd: "2026-08-31" }) { ${list} }`
      : `node(id: "${ids.get(type)}") { ... on ${type} { ${list} } }`;
  const head = declared.length > 0 ? `query (${declared.join(', ')})` : 'query';
  const query = `${head} { ${type === 'Query' ? list : below} }`;
  return app.query({ query, variables }, name === 'myPayouts' ? creatorToken : admin);
}

const refusal = (argument: string) => [
  { message: expect.stringMatching(`^${argument}: `), extensions: { code: 'BAD_USER_INPUT' } },
];

describe.each(LISTS)('$field', (list) => {
  const sizes = list.takes.filter((name) => name === 'first' || name === 'last');

  it.each(sizes)('refuses a page by %s that is too large or none', async (size) => {
    expect((await ask(list, `${size}: 1`)).errors).toBeUndefined();
    for (const many of [101, 1_000, 2_147_483_647, -1]) {
      expect((await ask(list, `${size}: ${many}`)).errors).toMatchObject(refusal(size));
      expect((await ask(list, `${size}: $n`, { n: many })).errors).toMatchObject(refusal(size));
    }
  });
});

const places = LISTS.flatMap((list) =>
  list.takes.filter((name) => name === 'after' || name === 'before').map((place) => ({ ...list, place })),
);

it.each(places)('$field takes no cursor of another list as $place', async ({ place, ...list }) => {
  const cursor = encodeCursor('another', new Date(0).toISOString(), 'x');
  expect((await ask(list, `${place}: "${cursor}"`)).errors).toMatchObject(refusal(place));
});

describe.each(['creators', 'royaltyStatements'] as const)('%s, many of one moment', (name) => {
  beforeAll(async () => {
    const { id } = await addCreator(app.world);
    for (let i = 0; i < 12; i += 1) {
      await addCreator(app.world, { ready: false });
      await addStatement(app.world, id, 1_000 + i, { start: `2026-0${1 + (i % 3)}-01`, end: '2026-08-31' });
    }
    await app.world.db.pool.query(
      `UPDATE creators SET created_at = '2026-01-01'::date + length(id || display_name) % 3`,
    );
  });

  const LIST = `query ($first: Int, $after: String, $last: Int, $before: String) {
    list: ${name}(first: $first, after: $after, last: $last, before: $before) {
      totalCount edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const page = async (variables: Record<string, unknown>) => {
    const { data } = await app.query({ query: LIST, variables }, admin);
    return data.list;
  };
  const idsOf = (edges: { node: { id: string } }[]) => edges.map(({ node }) => node.id);

  /** The newest first, in the plain way. */
  async function expected(): Promise<string[]> {
    const [table, type, time] =
      name === 'creators'
        ? ['creators', 'Creator', 'created_at']
        : ['royalty_statements', 'RoyaltyStatement', 'period_start'];
    const { rows } = await app.world.db.pool.query<{ id: string }>(
      `SELECT id FROM ${table} ORDER BY ${time} DESC, id COLLATE "C" DESC`,
    );
    return rows.map(({ id }) => globalId(type ?? '', id));
  }

  it.each([1, 2, 5, 100])('are whole in pages of %d, forward and backward', async (size) => {
    const all = await expected();
    expect(all.length).toBeGreaterThanOrEqual(12);
    const forward: string[] = [];
    for (let after: string | null = null; ; ) {
      const { edges, pageInfo, totalCount } = await page({ first: size, after });
      expect(totalCount).toBe(all.length);
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      forward.push(...idsOf(edges));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(forward).toEqual(all);
    const backward: string[] = [];
    for (let before: string | null = null; ; ) {
      const { edges, pageInfo } = await page({ last: size, before });
      backward.unshift(...idsOf(edges));
      before = pageInfo.startCursor;
      if (!pageInfo.hasPreviousPage) break;
    }
    expect(backward).toEqual(all);
  });
});

it('the creators of a page of statements are read together', async () => {
  const statements = async (first: number) => {
    const { db } = app.world;
    const spy = vi.spyOn(db.pool, 'query');
    const contextValue = { viewer: ADMIN, requestId: 'r', services: db, streamEndsAt: null };
    const creator = 'creator { displayName }';
    const source = `{ royaltyStatements(first: ${first}) { nodes { ${creator} } edges { node { id ${creator} } } } }`;
    const { errors, data } = await graphql({ schema, source, contextValue });
    expect(errors).toBeUndefined();
    expect(data?.['royaltyStatements']).toHaveProperty('nodes.length', first);
    const { length } = spy.mock.calls;
    spy.mockRestore();
    return length;
  };
  expect(await statements(1)).toBe(2);
  expect(await statements(12)).toBe(2);
});

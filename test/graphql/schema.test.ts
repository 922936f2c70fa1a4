// What clients read of the schema: everything is described, and lists and ids are Relay's.
import {
  type GraphQLNamedType,
  graphql,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  lexicographicSortSchema,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, addStatement } from '../support/world.js';

let app: RunningApp;

beforeAll(async () => {
  app = await runApp();
});
afterAll(() => app.close());

const types = Object.values(lexicographicSortSchema(schema).getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);
const named = (name: string) => schema.getType(name);

interface Described {
  name: string;
  description?: string | null | undefined;
}

/** The type, and all that stands in it, with its path as the name. */
function partsOf(type: GraphQLNamedType): Described[] {
  const under = (parent: string, parts: readonly Described[]) =>
    parts.map(({ name, description }) => ({ name: `${parent}.${name}`, description }));
  if (isEnumType(type)) return [type, ...under(type.name, type.getValues())];
  if (isInputObjectType(type)) return [type, ...under(type.name, Object.values(type.getFields()))];
  if (!isObjectType(type) && !isInterfaceType(type)) return [type];
  const fields = Object.values(type.getFields());
  const args = fields.flatMap((field) => under(`${type.name}.${field.name}`, field.args));
  return [type, ...under(type.name, fields), ...args];
}

test('everything is described', () => {
  const parts = types.flatMap(partsOf);
  expect(parts.length).toBeGreaterThan(200);
  expect(parts.filter(({ description }) => !description?.trim()).map(({ name }) => name)).toEqual([]);
});

test('what has an id of its own is a Node', () => {
  const nodes = types.filter((type) => isObjectType(type) && 'id' in type.getFields());
  expect(nodes.map(({ name }) => name)).toEqual([
    'Alert',
    'BankPayout',
    'Creator',
    'Payout',
    'PayoutRun',
    'ReconciliationItem',
    'ReconciliationRun',
    'RoyaltyStatement',
    'WebhookEvent',
  ]);
  for (const type of nodes) {
    expect(isObjectType(type) && type.getInterfaces().map(({ name }) => name)).toEqual(['Node']);
  }
});

test('every connection has the shape of Relay’s, with its nodes and their count', () => {
  const connections = types.filter(({ name }) => name.endsWith('Connection'));
  expect(connections).toHaveLength(10);
  for (const type of connections) {
    const fields = isObjectType(type) ? type.getFields() : {};
    expect(Object.keys(fields).sort()).toEqual(['edges', 'nodes', 'pageInfo', 'totalCount']);
    expect(String(fields['pageInfo']?.type)).toBe('PageInfo!');
    expect(String(fields['totalCount']?.type)).toBe('Int!');
    expect(String(fields['nodes']?.type)).toMatch(/^\[\w+!\]!$/);
  }
});

test('every list takes the four arguments of a page', () => {
  for (const { name, type, args } of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    if (!String(type).endsWith('Connection')) continue;
    const names = args.map((arg) => arg.name);
    expect(names, name).toEqual(expect.arrayContaining(['first', 'after', 'last', 'before']));
  }
});

/** About nobody but who asks. */
const WITHOUT_INPUT: ReadonlySet<string> = new Set(['refreshReadiness']);

test('a mutation takes one input, and answers with a payload or errors that are Errors', () => {
  for (const { name, type, args } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    expect(
      args.map((arg) => arg.name),
      name,
    ).toEqual(WITHOUT_INPUT.has(name) ? [] : ['input']);
    const union = named(String(type));
    if (!isUnionType(union)) throw new Error(`${name} does not answer with a union`);
    for (const member of union.getTypes().filter((m) => !m.name.endsWith('Payload'))) {
      expect(
        member.getInterfaces().map((i) => i.name),
        member.name,
      ).toEqual(['Error']);
    }
  }
});

test('pages go forward and back, and know how many there are', async () => {
  const { id } = await addCreator(app.world);
  for (let i = 0; i < 5; i += 1) await addStatement(app.world, id, 1_000 + i);
  const admin = await app.token(ADMIN);
  const page = async (args: string) => {
    const query = `{ royaltyStatements(${args}) {
      totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`;
    return (await app.query({ query }, admin)).data.royaltyStatements;
  };
  const first = await page('first: 2');
  expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
  const second = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
  expect(second.pageInfo.hasNextPage).toBe(false);
  expect(new Set([...first.nodes, ...second.nodes].map((node) => node.id)).size).toBe(5);
  const back = await page(`last: 2, before: "${second.pageInfo.startCursor}"`);
  expect(back.edges).toEqual(first.edges);
  const count = await app.query({ query: '{ royaltyStatements { totalCount } }' }, admin);
  expect(count.data.royaltyStatements).toEqual({ totalCount: 5 });
});

const lists = Object.values(schema.getQueryType()?.getFields() ?? {})
  .filter(({ name, type }) => String(type).endsWith('Connection') && name !== 'myPayouts')
  .map(({ name }) => name);

test.each(lists)('%s are counted only when that is asked for', async (list) => {
  const counts = async (fields: string) =>
    (await statementsOf(`{ ${list} { ${fields} } }`)).filter(isCount).length;
  expect(await counts('nodes { __typename } pageInfo { hasNextPage }')).toBe(0);
  expect(await counts('nodes { __typename } totalCount')).toBe(1);
});

/** Of rows, or of what the rollups say of them. */
const isCount = (sql: string) => /count\(|count-payouts/i.test(sql);

/** What the database is asked, by whichever way. */
async function statementsOf(source: string): Promise<string[]> {
  const { pool, prisma } = app.world.db;
  const asked: string[] = [];
  const spied = (target: object): object =>
    new Proxy(target, {
      get(of, name) {
        const value = Reflect.get(of, name);
        if (typeof value !== 'function') return typeof value === 'object' && value ? spied(value) : value;
        return (...args: unknown[]) => {
          asked.push(name === 'query' ? JSON.stringify(args[0]) : `${String(name)}(`);
          return Reflect.apply(value, of, args);
        };
      },
    });
  const services = { pool: spied(pool), prisma: spied(prisma) };
  const contextValue = { viewer: ADMIN, requestId: 'r', services, streamEndsAt: null };
  const { errors } = await graphql({ schema, source, contextValue });
  expect(errors).toBeUndefined();
  return asked;
}

// Another's row and no row: the very same answer, whichever way one asks.
import cuid from '@bugsnag/cuid';
import { isInterfaceType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { ADMIN, type Operation, type RunningApp, runApp } from '../support/running-app.js';
import { addStatement, type TestCreator } from '../support/world.js';
import {
  addAdminRows,
  addBankPayout,
  createCompletedPayout,
  createPayout,
  globalId,
  overSocket,
  signedInCreator,
} from './ask.js';
import { idPlaces } from './id-places.js';
import { TABLE } from './isolation-table.js';

let app: RunningApp;
let mine: TestCreator & { token: string };
let others: TestCreator;
/** By type, the tables' own ids: what the creator `mine` has, and what is another's or nobody's. */
let myRows: Record<string, string>;
let otherRows: Record<string, string>;

beforeAll(async () => {
  app = await runApp();
  mine = await signedInCreator(app);
  others = await signedInCreator(app);
  myRows = await addRows(mine.id);
  const admins = await addAdminRows(app);
  otherRows = {
    ...(await addRows(others.id)),
    Alert: admins.alertId,
    WebhookEvent: admins.webhookEventId,
    ReconciliationRun: admins.reconciliationRunId,
    ReconciliationItem: admins.reconciliationItemId,
  };
});
afterAll(() => app.close());

async function addRows(creatorId: string): Promise<Record<string, string>> {
  const royaltyStatementId = await addStatement(app.world, creatorId, 5_000);
  const { reference } = await createCompletedPayout(app, { creatorId, royaltyStatementId });
  const BankPayout = await addBankPayout(app, creatorId);
  const { payoutRunId: PayoutRun } = await addAdminRows(app);
  await app.world.db.pool.query('UPDATE payouts SET run_id = $2 WHERE id = $1', [reference, PayoutRun]);
  return {
    Creator: creatorId,
    RoyaltyStatement: royaltyStatementId,
    Payout: reference,
    BankPayout,
    PayoutRun,
  };
}

/** Fails where the test has no such row. */
function idOf(rows: Record<string, string>, type: string): string {
  expect(rows).toHaveProperty(type);
  return rows[type] ?? '';
}

/** The answers over both transports, of which nobody has the first only; without what is never the same. */
async function answers(operation: Operation, token: string | null): Promise<string[]> {
  const { data, errors } = await app.query(operation, token);
  const shown = (result: { data?: unknown; errors?: unknown }) =>
    JSON.stringify(result, (key, value) => (key === 'requestId' ? typeof value : value));
  if (token === null) return [shown({ data, errors })];
  const socket = app.socket(token);
  const overWs = await overSocket(socket, operation);
  await socket.dispose();
  return [shown({ data, errors }), shown(overWs)];
}

test('every place that takes an id has its row in the table, and no row is about a place that is gone', () => {
  expect(Object.keys(TABLE).sort()).toEqual(idPlaces());
});

// What a subscription hears is in isolation-live.test.ts.
const places = Object.entries(TABLE).filter(([name]) => !name.startsWith('Subscription.'));

describe.each(places)('%s', (_, place) => {
  /** Some answers name the id that was sent. */
  const ask = async (row: string, by: string | null, type = place.type) => {
    const id = globalId(type, row);
    const given = await answers(place.operation(id, { creatorId: others.id }), by);
    return given.map((answer) => answer.replaceAll(id, 'the id'));
  };

  test('a creator gets the same answer for another’s row and for none', async () => {
    expect(await ask(idOf(otherRows, place.type), mine.token)).toEqual(await ask(cuid(), mine.token));
  });

  test('nobody gets the same answer for a row and for none', async () => {
    expect(await ask(idOf(otherRows, place.type), null)).toEqual(await ask(cuid(), null));
  });

  test('an id of another type is none, whether there is such a row or not', async () => {
    const other = place.type === 'Alert' ? 'Payout' : 'Alert';
    const existing = await ask(idOf(otherRows, other), mine.token, other);
    expect(existing).toEqual(await ask(cuid(), mine.token, other));
  });

  test('the place looks at the id: who may see the row gets another answer', async () => {
    const [rows, by] = place.for === 'owner' ? [myRows, mine.token] : [otherRows, await app.token(ADMIN)];
    expect(await ask(idOf(rows, place.type), by)).not.toEqual(await ask(cuid(), by));
  });
});

const node = schema.getType('Node');
const nodeTypes = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];

test.each(nodeTypes)('node(id:) and nodes(ids:) of a %s', async (type) => {
  const query = `query ($id: ID!, $ids: [ID!]!) {
    node(id: $id) { __typename } nodes(ids: $ids) { __typename id } }`;
  const own = globalId('Payout', idOf(myRows, 'Payout'));
  const ask = (id: string, by: string) =>
    answers({ query, variables: { id: globalId(type, id), ids: [globalId(type, id), own] } }, by);
  const theirs = await ask(idOf(otherRows, type), mine.token);
  expect(theirs).toEqual(await ask(cuid(), mine.token));
  const seen = { node: null, nodes: [null, { __typename: 'Payout', id: own }] };
  expect(theirs.map((answer) => JSON.parse(answer))).toEqual([{ data: seen }, { data: seen }]);
  expect((await ask(idOf(otherRows, type), await app.token(ADMIN)))[0]).toContain(`"__typename":"${type}"`);
});

test('nobody learns which ids exist', async () => {
  const ask = (id: string) =>
    app.query({ query: 'query ($id: ID!) { payout(id: $id) { id } }', variables: { id } }, null);
  const existing = await ask(globalId('Payout', idOf(myRows, 'Payout')));
  expect((await ask('no id at all')).data).toEqual(existing.data);
});

test('myPayouts has the own payouts and no others', async () => {
  const query = '{ myPayouts { totalCount nodes { reference } } }';
  const { data } = await app.query({ query }, mine.token);
  expect(data.myPayouts).toEqual({ totalCount: 1, nodes: [{ reference: myRows['Payout'] }] });
});

test('a payout cannot be created from another creator’s statement', async () => {
  const statement = await addStatement(app.world, others.id, 9_000);
  const input = { creatorId: mine.id, royaltyStatementId: statement };
  const missing = { ...input, royaltyStatementId: cuid() };
  expect(await createPayout(app, input)).toEqual(await createPayout(app, missing));
  expect(await createPayout(app, input)).toMatchObject({ code: 'NOT_FOUND' });
});

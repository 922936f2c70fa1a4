// Another's row and no row: the very same answer, whichever way one asks.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addStatement, type TestCreator } from '../support/world.js';
import {
  addAdminRows,
  addBankPayout,
  createCompletedPayout,
  createFailedPayout,
  createPayout,
  globalId,
  overSocket,
  reaches,
  signedInCreator,
  take,
} from './ask.js';
import { openStream } from './sse.js';

let app: RunningApp;
let mine: TestCreator & { token: string };
let others: TestCreator;
let myPayout: string;
let othersPayout: string;
let othersStatement: string;
let myBankPayout: string;
let othersBankPayout: string;
let adminRows: Awaited<ReturnType<typeof addAdminRows>>;

beforeAll(async () => {
  app = await runApp();
  mine = await signedInCreator(app);
  others = await signedInCreator(app);
  othersStatement = await addStatement(app.world, others.id, 5_000);
  myPayout = (await createCompletedPayout(app, { creatorId: mine.id })).reference;
  const input = { creatorId: others.id, royaltyStatementId: othersStatement };
  othersPayout = (await createCompletedPayout(app, input)).reference;
  myBankPayout = await addBankPayout(app, mine.id);
  othersBankPayout = await addBankPayout(app, others.id);
  adminRows = await addAdminRows(app);
});
afterAll(() => app.close());

/** The answers over both transports, without what is never the same. */
async function answers(query: string, variables: Record<string, unknown>, token = mine.token) {
  const { data, errors } = await app.query({ query, variables }, token);
  const socket = app.socket(token);
  const overWs = await overSocket(socket, { query, variables });
  await socket.dispose();
  const shown = (result: { data?: unknown; errors?: unknown }) =>
    JSON.stringify(result, (key, value) => (key === 'requestId' ? typeof value : value));
  return [shown({ data, errors }), shown(overWs)];
}

const PAYOUT = 'query ($id: ID!) { payout(id: $id) { id reference amountCents } }';
const NODE = 'query ($id: ID!) { node(id: $id) { __typename id } }';
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

test('payout(id:)', async () => {
  const id = globalId('Payout', othersPayout);
  const theirs = await answers(PAYOUT, { id });
  expect(theirs).toEqual(await answers(PAYOUT, { id: globalId('Payout', cuid()) }));
  expect(JSON.parse(theirs[0] ?? '')).toEqual({ data: { payout: null } });
  expect((await answers(PAYOUT, { id }, await app.token(ADMIN)))[0]).toContain(othersPayout);
});

test.each([
  ['Payout', () => othersPayout, () => myPayout],
  ['Creator', () => others.id, () => mine.id],
  ['RoyaltyStatement', () => othersStatement, () => null],
  ['BankPayout', () => othersBankPayout, () => myBankPayout],
  ['Alert', () => adminRows.alertId, () => null],
  ['WebhookEvent', () => adminRows.webhookEventId, () => null],
  ['ReconciliationRun', () => adminRows.reconciliationRunId, () => null],
  ['ReconciliationItem', () => adminRows.reconciliationItemId, () => null],
])('node(id:) and nodes(ids:) of a %s', async (type, foreign, own) => {
  const [theirs, none] = [globalId(type, foreign()), globalId(type, cuid())];
  expect(await answers(NODE, { id: theirs })).toEqual(await answers(NODE, { id: none }));
  const list = await answers(NODES, { ids: [theirs, globalId('Payout', myPayout)] });
  expect(list).toEqual(await answers(NODES, { ids: [none, globalId('Payout', myPayout)] }));
  expect(JSON.parse(list[0] ?? '').data.nodes).toEqual([
    null,
    { __typename: 'Payout', id: globalId('Payout', myPayout) },
  ]);
  // The way itself works: what the viewer may see comes along it.
  const [seen, by] = own() ? [own(), mine.token] : [foreign(), await app.token(ADMIN)];
  expect((await answers(NODE, { id: globalId(type, seen ?? '') }, by))[0]).toContain(
    `"__typename":"${type}"`,
  );
});

test('nobody learns which ids exist', async () => {
  const query = { query: NODE, variables: { id: globalId('Payout', othersPayout) } };
  expect(await app.query(query, null)).toMatchObject({ data: { node: null }, errors: undefined });
  const broken = await app.query({ query: PAYOUT, variables: { id: 'no id at all' } }, null);
  const existing = await app.query({ query: PAYOUT, variables: { id: globalId('Payout', myPayout) } }, null);
  expect(broken.data).toEqual(existing.data);
});

test.each([
  ['creatorId', () => globalId('Creator', others.id), () => globalId('Creator', cuid())],
  [
    'royaltyStatementId',
    () => globalId('RoyaltyStatement', othersStatement),
    () => globalId('RoyaltyStatement', cuid()),
  ],
])('myPayouts(filter: { %s })', async (name, foreign, none) => {
  const query = `query ($filter: PayoutFilter) {
    myPayouts(filter: $filter) { totalCount nodes { id } pageInfo { hasNextPage startCursor } } }`;
  const theirs = await answers(query, { filter: { [name]: foreign() } });
  expect(theirs).toEqual(await answers(query, { filter: { [name]: none() } }));
  expect(JSON.parse(theirs[0] ?? '').data.myPayouts).toMatchObject({ totalCount: 0, nodes: [] });
});

test('myPayouts has the own payouts and no others', async () => {
  const query = '{ myPayouts { totalCount nodes { reference } } }';
  const { data } = await app.query({ query }, mine.token);
  expect(data.myPayouts).toEqual({ totalCount: 1, nodes: [{ reference: myPayout }] });
});

const WATCH = `subscription ($filter: PayoutChangeFilter) {
  payoutStatusChanged(filter: $filter) { status payout { reference } } }`;

test.each(['WebSocket', 'SSE'])('a subscription over %s hears nothing of another', async (transport) => {
  const failed = await createFailedPayout(app, { creatorId: others.id });
  const filters = [{ creatorId: globalId('Creator', others.id) }, { payoutIds: [failed.id] }, undefined];
  const streams = await Promise.all(filters.map((filter) => watch(transport, filter)));
  const heard: unknown[][] = streams.map(() => []);
  const readers = streams.map(async ({ stream }, i) => {
    for await (const { data } of stream) heard[i]?.push(data.payoutStatusChanged);
  });
  // An ended stream is an error to who reads it.
  const read = Promise.allSettled(readers);
  const theirs = await createCompletedPayout(app, { creatorId: others.id });
  await retry(failed.id, failed.reference);
  const own = await createCompletedPayout(app, { creatorId: mine.id });
  await expect.poll(() => heard[2]?.length).toBe(3);
  // The log is read in one order for all: what there was to hear of the others came before these.
  expect(heard).toEqual([
    [],
    [],
    ['PENDING', 'PROCESSING', 'COMPLETED'].map((status) => ({
      status,
      payout: { reference: own.reference },
    })),
  ]);
  expect(JSON.stringify(heard)).not.toContain(theirs.reference);
  for (const { end } of streams) end();
  await read;
});

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
type Heard = AsyncIterable<{ data?: any }>;

async function watch(transport: string, filter: unknown): Promise<{ stream: Heard; end: () => void }> {
  const operation = { query: WATCH, variables: { filter } };
  if (transport === 'SSE') {
    const stream = await openStream(app.url, operation, mine.token);
    return { stream, end: stream.abort };
  }
  const client = app.socket(mine.token);
  const stream = client.iterate(operation) as Heard;
  // Answered on the same socket, after the subscription that was asked for before it.
  await take(client.iterate({ query: '{ viewer { role } }' }), 1);
  return { stream, end: () => void client.dispose() };
}

/** Changes of a payout that was there before anybody listened. */
async function retry(id: string, reference: string): Promise<void> {
  const query = 'mutation ($id: ID!) { retryPayout(input: { payoutId: $id }) { __typename } }';
  const { data } = await app.query({ query, variables: { id } }, await app.token(ADMIN));
  expect(data.retryPayout.__typename).toBe('RetryPayoutPayload');
  await reaches(app, reference, 'COMPLETED');
}

test('retrying is for admins: a creator gets the same answer for its own, another’s and no payout', async () => {
  const query = 'mutation ($id: ID!) { retryPayout(input: { payoutId: $id }) { __typename } }';
  const [own, theirs, none] = await Promise.all(
    [myPayout, othersPayout, cuid()].map((id) => answers(query, { id: globalId('Payout', id) })),
  );
  expect(theirs).toEqual(own);
  expect(none).toEqual(own);
});

test('a payout cannot be created from another creator’s statement', async () => {
  const statement = await addStatement(app.world, others.id, 9_000);
  const input = { creatorId: mine.id, royaltyStatementId: statement };
  const missing = { ...input, royaltyStatementId: cuid() };
  expect(await createPayout(app, input)).toEqual(await createPayout(app, missing));
  expect(await createPayout(app, input)).toMatchObject({ code: 'NOT_FOUND' });
});

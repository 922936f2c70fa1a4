// Reconciliation over the wire: an admin has a period compared, reads what differs, and answers for it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { executeQueuedRuns } from '../../src/reconciliation/execute.js';
import { createStripe } from '../../src/stripe/client.js';
import { NEVER } from '../payouts/support.js';
import { reconcileDeps } from '../reconciliation/support.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';
import { asAdmin, createCompletedPayout, globalId, onBothTransports, signedInCreator } from './ask.js';

let app: RunningApp;
let item: { id: string };
let run: { id: string };
let transferId: string;

beforeAll(async () => {
  app = await runApp();
  const { id, accountId } = await addCreator(app.world);
  await createCompletedPayout(app, { creatorId: id });
  transferId = await strangeTransfer(accountId);
  run = await reconciled({});
  item = (await itemsOf({ state: 'OPEN' })).nodes[0];
});
afterAll(() => app.close());

/** Money that somebody moved at Stripe, past us. */
async function strangeTransfer(destination: string): Promise<string> {
  const apiUrl = app.world.simulatorUrl;
  const stripe = createStripe({ secretKey: 'sk_test_somebody', apiUrl, timeoutMs: 2_000 });
  return (await stripe.transfers.create({ amount: 321, currency: 'usd', destination })).id;
}

const RUN_FIELDS = `id periodStart periodEnd status requestedBy payoutsChecked transfersChecked repairedCount openCount
  error createdAt startedAt finishedAt`;

const RUN = `mutation ($input: RunReconciliationInput!) { runReconciliation(input: $input) {
  __typename
  ... on RunReconciliationPayload { run { ${RUN_FIELDS} } }
  ... on InvalidInputError { code path message } } }`;

const request = async (input: object) => (await asAdmin(app, RUN, { input })).runReconciliation;

const RUN_NOW = `query ($id: ID!) { node(id: $id) { ... on ReconciliationRun { ${RUN_FIELDS} } } }`;

/** A run that a worker has carried out. */
async function reconciled(input: object) {
  const { run: asked } = await request(input);
  // If the app's own worker has taken it, there is none left for this one.
  await executeQueuedRuns(reconcileDeps(app.world), NEVER);
  const now = async () => (await asAdmin(app, RUN_NOW, { id: asked.id })).node;
  await vi.waitFor(async () => expect((await now()).status).toBe('COMPLETED'), { timeout: 5_000 });
  return now();
}

const ITEMS = `query ($filter: ReconciliationItemFilter, $first: Int, $after: String) {
  reconciliationItems(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes { id kind payout { id } transferId details state occurredAt foundAt resolvedAt resolvedBy resolution
      run { id } lastSeenIn { id } } } }`;

const itemsOf = async (filter: object, page: object = {}) =>
  (await asAdmin(app, ITEMS, { filter, ...page })).reconciliationItems;

describe('a run', () => {
  test('says what it has compared, who asked for it and how it ended', async () => {
    expect(run).toMatchObject({
      ...{ status: 'COMPLETED', requestedBy: 'admin@platform', error: null },
      ...{ payoutsChecked: 1, transfersChecked: 2, repairedCount: 0, openCount: 1 },
      ...{ startedAt: expect.any(String), finishedAt: expect.any(String) },
    });
  });

  test('has what it found, and so has the list of all', async () => {
    const query = `query ($id: ID!) { node(id: $id) { ... on ReconciliationRun {
      items { totalCount nodes { id } pageInfo { hasNextPage } } } } }`;
    expect((await asAdmin(app, query, { id: run.id })).node.items).toEqual({
      totalCount: 1,
      nodes: [{ id: item.id }],
      pageInfo: { hasNextPage: false },
    });
    expect(item).toMatchObject({
      ...{ kind: 'unknown_transfer', payout: null, transferId, state: 'OPEN' },
      ...{ details: expect.objectContaining({ amountCents: 321, currency: 'usd' }) },
      ...{ resolvedAt: null, resolvedBy: null, resolution: null },
      ...{ run: { id: run.id }, lastSeenIn: { id: run.id } },
    });
  });

  test('stands before the older ones in the list, page by page', async () => {
    const later = await reconciled({});
    const query = `query ($first: Int, $after: String) { reconciliationRuns(first: $first, after: $after) {
      totalCount nodes { id } pageInfo { endCursor hasNextPage } } }`;
    const page = async (variables: object) => (await asAdmin(app, query, variables)).reconciliationRuns;
    const first = await page({ first: 1 });
    expect(first).toMatchObject({ nodes: [{ id: later.id }], pageInfo: { hasNextPage: true } });
    const second = await page({ first: 1, after: first.pageInfo.endCursor });
    expect(second).toMatchObject({ nodes: [{ id: run.id }], totalCount: first.totalCount });
    expect((await itemsOf({ state: 'OPEN' })).nodes).toMatchObject([
      { id: item.id, run: { id: run.id }, lastSeenIn: { id: later.id } },
    ]);
  });
});

describe('runReconciliation', () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

  test('over a period of one’s own', async () => {
    const [from, to] = [hoursAgo(50), hoursAgo(40)];
    const asked = await request({ from, to });
    expect(asked).toMatchObject({
      __typename: 'RunReconciliationPayload',
      run: { periodStart: from, periodEnd: to, requestedBy: 'admin@platform' },
    });
  });

  test.each([
    ['backwards', 'from', () => ({ from: hoursAgo(1), to: hoursAgo(2) })],
    ['of no length', 'from', () => ({ from: hoursAgo(1), to: hoursAgo(1) })],
    ['of years', 'from', () => ({ from: hoursAgo(20_000), to: hoursAgo(1) })],
    ['before our calendar', 'from', () => ({ to: '0001-01-01T00:00:00Z' })],
    ['that is not over', 'to', () => ({ from: hoursAgo(1), to: hoursAgo(-1) })],
  ])('a period %s is INVALID_INPUT on %s', async (_, path, input) => {
    expect(await request(input())).toEqual({
      ...{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', path: [path] },
      message: expect.stringMatching(new RegExp(`^${path}: `)),
    });
  });
});

describe('resolveReconciliationItem', () => {
  const RESOLVE = `mutation ($input: ResolveReconciliationItemInput!) { resolveReconciliationItem(input: $input) {
    __typename
    ... on ResolveReconciliationItemPayload { item { id state resolvedBy resolution resolvedAt } }
    ... on InvalidTransitionError { status }
    ... on InvalidInputError { path }
    ... on Error { code } } }`;
  const resolve = async (input: object) => (await asAdmin(app, RESOLVE, { input })).resolveReconciliationItem;

  test.each(['', ' \t', 'a\0b', 'a\ud800b'])('the resolution %j is INVALID_INPUT', async (resolution) => {
    const refused = { __typename: 'InvalidInputError', code: 'INVALID_INPUT', path: ['resolution'] };
    expect(await resolve({ itemId: item.id, resolution })).toEqual(refused);
  });

  test('a creator is refused, and nothing is resolved, over both transports', async () => {
    const { token } = await signedInCreator(app);
    const operation = { query: RESOLVE, variables: { input: { itemId: item.id, resolution: 'Mine' } } };
    for (const answer of await onBothTransports(app, operation, token)) {
      const errors = [{ extensions: { code: 'FORBIDDEN' } }];
      expect(answer).toMatchObject({ data: { resolveReconciliationItem: null }, errors });
    }
    expect((await itemsOf({ state: 'OPEN' })).totalCount).toBe(1);
  });

  test('a difference that is not there', async () => {
    const itemId = globalId('ReconciliationItem', randomUUID());
    const none = { __typename: 'NotFoundError', code: 'NOT_FOUND' };
    expect(await resolve({ itemId, resolution: 'Asked Stripe' })).toEqual(none);
  });

  test('is done once, and ends its alert', async () => {
    const alerts =
      '{ alerts(filter: { rule: reconciliation_mismatch, open: true }) { nodes { key } totalCount } }';
    expect((await asAdmin(app, alerts)).alerts.nodes).toEqual([{ key: `unknown_transfer:${transferId}` }]);
    expect(await resolve({ itemId: item.id, resolution: ' Reversed at Stripe ' })).toEqual({
      __typename: 'ResolveReconciliationItemPayload',
      item: {
        ...{ id: item.id, state: 'RESOLVED', resolvedBy: 'admin@platform' },
        ...{ resolution: 'Reversed at Stripe', resolvedAt: expect.any(String) },
      },
    });
    expect((await asAdmin(app, alerts)).alerts.totalCount).toBe(0);
    expect(await resolve({ itemId: item.id, resolution: 'Once more' })).toEqual({
      ...{ __typename: 'InvalidTransitionError', code: 'INVALID_TRANSITION', status: 'RESOLVED' },
    });
    expect((await itemsOf({ state: 'OPEN' })).nodes).toEqual([]);
    expect((await itemsOf({ state: 'RESOLVED' })).nodes).toMatchObject([{ id: item.id }]);
  });
});

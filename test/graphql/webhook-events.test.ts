// The inbox over the wire: admins see what Stripe sent and what became of it, never what it carried, and have an event
// applied once more.
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, CONNECT_SECRET } from '../support/world.js';
import { asAdmin, createCompletedPayout, globalId, onBothTransports, signedInCreator } from './ask.js';

let app: RunningApp;
beforeAll(async () => {
  app = await runApp();
});
afterAll(() => app.close());

/** Sends a signed event to the webhook; answers its id. */
async function deliver(type: string, object: object, account?: string): Promise<string> {
  const id = `evt_${randomUUID()}`;
  const payload = JSON.stringify({
    ...{
      id,
      object: 'event',
      type,
      livemode: false,
      created: 1_790_000_000,
      api_version: '2026-02-25.clover',
    },
    ...{ ...(account && { account }), data: { object } },
  });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: CONNECT_SECRET });
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const { status } = await fetch(`${app.url}/api/webhooks/stripe`, {
    method: 'POST',
    headers,
    body: payload,
  });
  expect(status).toBe(200);
  return id;
}

const readiness = (account: string) =>
  deliver(
    'account.updated',
    { id: account, object: 'account', capabilities: { transfers: 'active' } },
    account,
  );

const EVENT = `query ($id: ID!) { node(id: $id) { ... on WebhookEvent {
  reference type account outcome attempts error receivedAt finishedAt } } }`;

const eventOf = async (id: string) => (await asAdmin(app, EVENT, { id: globalId('WebhookEvent', id) })).node;

const ended = async (id: string, outcome: string) => {
  await expect.poll(async () => (await eventOf(id)).outcome, { timeout: 5_000 }).toBe(outcome);
};

const REPLAY = `mutation ($id: ID!) { replayWebhookEvent(input: { webhookEventId: $id }) {
  __typename
  ... on ReplayWebhookEventPayload { webhookEvent { reference outcome attempts error } }
  ... on InvalidTransitionError { status }
  ... on Error { code message } } }`;

const replay = async (id: string) =>
  (await asAdmin(app, REPLAY, { id: globalId('WebhookEvent', id) })).replayWebhookEvent;

test('an event says what it was and what became of it', async () => {
  const id = await deliver('customer.created', { id: 'cus_1', object: 'customer', email: 'ann@example.com' });
  await ended(id, 'ignored');
  expect(await eventOf(id)).toEqual({
    ...{
      reference: id,
      type: 'customer.created',
      account: null,
      outcome: 'ignored',
      attempts: 1,
      error: null,
    },
    ...{ receivedAt: expect.any(String), finishedAt: expect.any(String) },
  });
});

test('no field of it is what it carried', () => {
  const type = schema.getType('WebhookEvent');
  const fields = type && 'getFields' in type ? Object.keys(type.getFields()) : [];
  expect(fields.sort()).toEqual(
    'account attempts error finishedAt id outcome receivedAt reference type'.split(' '),
  );
});

test('the list has the newest first, by outcome and by type', async () => {
  const type = `test.${randomUUID()}`;
  const ids = [
    await deliver(type, { id: 'x' }),
    await deliver(type, { id: 'x' }),
    await deliver(type, { id: 'x' }),
  ];
  for (const id of ids) await ended(id, 'ignored');
  const query = `query ($filter: WebhookEventFilter, $first: Int, $after: String) {
    webhookEvents(filter: $filter, first: $first, after: $after) {
      totalCount nodes { reference } pageInfo { endCursor hasNextPage } } }`;
  const page = async (variables: object) => (await asAdmin(app, query, variables)).webhookEvents;
  const references = (from: string[]) => from.map((reference) => ({ reference }));
  const first = await page({ filter: { type, outcome: 'ignored' }, first: 2 });
  expect(first).toMatchObject({ totalCount: 3, nodes: references([...ids].reverse().slice(0, 2)) });
  const after = first.pageInfo.endCursor;
  expect(await page({ filter: { type }, first: 2, after })).toMatchObject({
    nodes: references(ids.slice(0, 1)),
    pageInfo: { hasNextPage: false },
  });
  expect(await page({ filter: { type, outcome: 'applied' } })).toMatchObject({ totalCount: 0, nodes: [] });
});

describe('replayWebhookEvent', () => {
  test('applies what came before we knew whose it was', async () => {
    const account = `acct_${randomUUID()}`;
    const id = await readiness(account);
    await ended(id, 'ignored');
    const creator = await addCreator(app.world, { ready: false });
    await app.world.db.pool.query('UPDATE creators SET stripe_account_id = $1 WHERE id = $2', [
      account,
      creator.id,
    ]);
    expect(await replay(id)).toEqual({
      __typename: 'ReplayWebhookEventPayload',
      webhookEvent: { reference: id, outcome: 'applied', attempts: 1, error: null },
    });
    const query = 'query ($id: ID!) { node(id: $id) { ... on Creator { transfersEnabled } } }';
    const { node } = await asAdmin(app, query, { id: globalId('Creator', creator.id) });
    expect(node.transfersEnabled).toBe(true);
    const audit = `{ auditEvents(filter: { action: "webhook_event_replayed" }) { nodes { chain actor before } } }`;
    expect((await asAdmin(app, audit)).auditEvents.nodes).toEqual([
      {
        chain: `webhook:${id}`,
        actor: 'admin@platform',
        before: expect.objectContaining({ outcome: 'ignored' }),
      },
    ]);
  });

  test('what is set aside again says why, and its alert stays', async () => {
    const creator = await signedInCreator(app);
    const { reference } = await createCompletedPayout(app, { creatorId: creator.id });
    const transfer = (await app.world.simulator.transfers()).find(
      (t) => t.metadata['payout_id'] === reference,
    );
    const id = await deliver('transfer.created', { ...transfer, amount: 1 });
    await ended(id, 'quarantined');
    const error = (await eventOf(id)).error;
    expect(error).toMatch(/amount/);
    expect(await replay(id)).toMatchObject({ webhookEvent: { outcome: 'quarantined', error } });
    const open = `{ alerts(filter: { open: true, rule: webhook_quarantined }) { nodes { key occurrences } } }`;
    expect((await asAdmin(app, open)).alerts.nodes).toEqual([{ key: id, occurrences: 2 }]);
  });

  test('an event that was applied is INVALID_TRANSITION', async () => {
    const creator = await addCreator(app.world);
    const id = await readiness(creator.accountId);
    await ended(id, 'applied');
    expect(await replay(id)).toEqual({
      __typename: 'InvalidTransitionError',
      ...{ code: 'INVALID_TRANSITION', status: 'applied' },
      message: 'The event was applied; each one is applied at most once.',
    });
  });

  test('an event that is not there', async () => {
    expect(await replay('evt_none')).toEqual({
      __typename: 'NotFoundError',
      ...{ code: 'NOT_FOUND', message: 'No such webhook event. Check the id.' },
    });
  });

  test('a creator is refused, and nothing is replayed, over both transports', async () => {
    const id = await deliver('customer.created', { id: 'cus_2', object: 'customer' });
    await ended(id, 'ignored');
    const before = await eventOf(id);
    const { token } = await signedInCreator(app);
    const operation = { query: REPLAY, variables: { id: globalId('WebhookEvent', id) } };
    for (const answer of await onBothTransports(app, operation, token)) {
      const errors = [{ extensions: { code: 'FORBIDDEN' } }];
      expect(answer).toMatchObject({ data: { replayWebhookEvent: null }, errors });
    }
    expect(await eventOf(id)).toEqual(before);
  });
});

test('a payout has the events of its own transfers, newest first, whatever became of them', async () => {
  const creator = await signedInCreator(app);
  const { id, reference } = await createCompletedPayout(app, { creatorId: creator.id });
  const object = { id: 'tr_none', object: 'transfer', amount: 1, metadata: { payout_id: reference } };
  const foreign = await deliver('transfer.created', object);
  await ended(foreign, 'quarantined');
  const query = `query ($id: ID!, $first: Int) { payout(id: $id) {
    webhookEvents(first: $first) { reference type outcome } } }`;
  const eventsOf = async (first?: number) => (await asAdmin(app, query, { id, first })).payout.webhookEvents;
  await expect.poll(async () => (await eventsOf()).length, { timeout: 5_000 }).toBe(2);
  expect(await eventsOf()).toEqual([
    { reference: foreign, type: 'transfer.created', outcome: 'quarantined' },
    { reference: expect.stringMatching(/^evt_/), type: 'transfer.created', outcome: expect.any(String) },
  ]);
  expect(await eventsOf(1)).toHaveLength(1);
});

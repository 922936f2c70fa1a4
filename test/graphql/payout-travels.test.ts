// The skeleton's promise: somebody creates a payout, a worker sends it, Stripe says yes, and whoever listens sees each
// step the moment it happens.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { createPayout, fromTheStart, globalId, signedInCreator, take } from './ask.js';
import { openStream } from './sse.js';

const WATCH = `subscription ($filter: PayoutChangeFilter, $after: String) {
  payoutStatusChanged(filter: $filter, after: $after) {
    cursor previousStatus status reason occurredAt
    payout { id reference status amountCents currency stripeTransferId retryCount processedAt creator { displayName } }
  }
}`;

let app: RunningApp;

beforeAll(async () => {
  app = await runApp();
});
afterAll(() => app.close());

test('a subscriber sees a new payout become PENDING, PROCESSING and COMPLETED, in order', async () => {
  const creator = await signedInCreator(app);
  const client = app.socket(await app.token(ADMIN));
  const changes = client.iterate({ query: WATCH, variables: watched(creator.id) });
  const three = take(changes, 3);
  await settled(client);
  const { payout } = await createPayout(app, { creatorId: creator.id, amountCents: 4_200 });
  const seen = (await three).map(changeOf);
  expect(seen.map((c) => [c.previousStatus, c.status])).toEqual([
    [null, 'PENDING'],
    ['PENDING', 'PROCESSING'],
    ['PROCESSING', 'COMPLETED'],
  ]);
  for (const change of seen) expect(change.payout).toMatchObject({ id: payout.id, amountCents: 4_200 });
  expect(new Set(seen.map((c) => c.cursor)).size).toBe(3);
});

test('each change shows the payout as it stood then, not as it stands when it is read', async () => {
  const creator = await signedInCreator(app);
  await createPayout(app, { creatorId: creator.id });
  await completed(creator.id);
  const client = app.socket(await app.token(ADMIN));
  const seen = (await take(client.iterate({ query: WATCH, variables: await allOf(creator.id) }), 3)).map(
    changeOf,
  );
  expect(seen.map((c) => c.payout.status)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED']);
  expect(seen.map((c) => c.payout.processedAt === null)).toEqual([true, true, false]);
  expect(seen.map((c) => c.payout.stripeTransferId)).toEqual([null, null, expect.stringMatching(/^tr_/)]);
});

test('a subscriber that comes back with its last cursor gets what it has missed, and nothing twice', async () => {
  const creator = await signedInCreator(app);
  await createPayout(app, { creatorId: creator.id });
  await completed(creator.id);
  const client = app.socket(await app.token(ADMIN));
  const [first] = await take(client.iterate({ query: WATCH, variables: await allOf(creator.id) }), 1);
  const variables = { ...watched(creator.id), after: changeOf(first).cursor };
  const rest = await take(client.iterate({ query: WATCH, variables }), 2);
  expect(rest.map((r) => changeOf(r).status)).toEqual(['PROCESSING', 'COMPLETED']);
});

test('over SSE the creator sees the same three steps', async () => {
  const creator = await signedInCreator(app);
  await createPayout(app, { creatorId: creator.id });
  await completed(creator.id);
  const query = WATCH.replace('stripeTransferId', '');
  const stream = await openStream(app.url, { query, variables: await allOf(creator.id) }, creator.token);
  expect(stream.status).toBe(200);
  const past = (await take(stream, 3)).map(changeOf);
  expect(past.map((c) => c.status)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED']);
  const next = take(stream, 3);
  await createPayout(app, { creatorId: creator.id, amountCents: 777 });
  const live = (await next).map(changeOf);
  expect(live.map((c) => [c.status, c.payout.amountCents])).toEqual([
    ['PENDING', 777],
    ['PROCESSING', 777],
    ['COMPLETED', 777],
  ]);
  stream.abort();
});

test('a refused transfer is seen as FAILED, with its reason and the time of the next attempt', async () => {
  const creator = await signedInCreator(app);
  const match = { destination: creator.accountId };
  await app.world.simulator.fault({ fault: 'capability_off_before_transfer', match });
  const created = await createPayout(app, { creatorId: creator.id });
  expect(created).toMatchObject({ __typename: 'CreatePayoutPayload' });
  const client = app.socket(await app.token(ADMIN));
  const query = `subscription ($filter: PayoutChangeFilter, $after: String) {
    payoutStatusChanged(filter: $filter, after: $after) { status reason payout { failureCode nextAttemptAt } } }`;
  const variables = await allOf(creator.id);
  const [, , failed] = (await take(client.iterate({ query, variables }), 3)).map(changeOf);
  expect(failed).toMatchObject({
    status: 'FAILED',
    reason: expect.stringContaining('transfers'),
    payout: { failureCode: 'insufficient_capabilities_for_transfer', nextAttemptAt: expect.any(String) },
  });
});

const watched = (creatorId: string) => ({ filter: { creatorId: globalId('Creator', creatorId) } });

const allOf = async (creatorId: string) => ({
  ...watched(creatorId),
  after: await fromTheStart(app),
});

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
const changeOf = (result: { data?: any } | undefined) => result?.data.payoutStatusChanged;

/** An answer on the same socket comes after the subscription that was asked for before it. */
async function settled(client: ReturnType<RunningApp['socket']>): Promise<void> {
  await take(client.iterate({ query: '{ viewer { role } }' }), 1);
}

async function completed(creatorId: string): Promise<void> {
  const client = app.socket(await app.token(ADMIN));
  const variables = await allOf(creatorId);
  for await (const result of client.iterate({ query: WATCH, variables })) {
    if (changeOf(result).status === 'COMPLETED') return;
  }
}

// The history of a payout: every change, in order, in words for whoever reads it.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import {
  asAdmin,
  createFailedPayout,
  createPayout,
  fromTheStart,
  globalId,
  signedInCreator,
  take,
} from './ask.js';

let app: RunningApp;
let creator: Awaited<ReturnType<typeof signedInCreator>>;

beforeAll(async () => {
  app = await runApp({ PAYOUT_RETRY_DELAYS: '1h' });
  creator = await signedInCreator(app);
});
afterAll(() => app.close());

const HISTORY = `query ($id: ID!) { payout(id: $id) {
  history { cursor previousStatus status reason occurredAt payout { status } } } }`;

test('tells every change in order; the creator reads a sentence, the admin Stripe’s words', async () => {
  await app.world.simulator.setBalance(0);
  const { payout } = await createPayout(app, { creatorId: creator.id });
  const id = globalId('Payout', payout.reference);
  const asked = () => asAdmin(app, HISTORY, { id });
  const { history } = await vi.waitFor(
    async () => {
      const { payout: seen } = await asked();
      expect(seen.history).toHaveLength(3);
      return seen;
    },
    { timeout: 10_000 },
  );
  expect(
    history.map((one: { previousStatus: string; status: string }) => [one.previousStatus, one.status]),
  ).toEqual([
    [null, 'PENDING'],
    ['PENDING', 'PROCESSING'],
    ['PROCESSING', 'FAILED'],
  ]);
  expect(history.map((one: { payout: { status: string } }) => one.payout.status)).toEqual([
    'PENDING',
    'PROCESSING',
    'FAILED',
  ]);
  expect(history[2].reason).toContain('insufficient available funds');
  const own = await app.query({ query: HISTORY, variables: { id } }, creator.token);
  expect(own.errors).toBeUndefined();
  expect(own.data.payout.history[2].reason).toBe(
    'Our payment account had to be topped up first. We will try again by ourselves.',
  );
});

test('goes on live after the cursor of any change in it', async () => {
  const { payout } = await createPayout(app, { creatorId: creator.id });
  const id = globalId('Payout', payout.reference);
  const { payout: seen } = await asAdmin(app, HISTORY, { id });
  const after = seen.history[0].cursor;
  const socket = app.socket(creator.token);
  const changes = socket.iterate<{ payoutStatusChanged: { status: string } }>({
    query: `subscription ($after: String, $ids: [ID!]) {
      payoutStatusChanged(after: $after, filter: { payoutIds: $ids }) { status } }`,
    variables: { after, ids: [id] },
  });
  const { value } = await changes.next();
  await changes.return?.();
  expect(value?.data?.payoutStatusChanged.status).toBe('PROCESSING');
});

test('each event of a subscription finds the history and the attempts as they are then', async () => {
  const fresh = await signedInCreator(app);
  const socket = app.socket(await app.token(ADMIN));
  const changes = socket.iterate({
    query: `subscription ($creatorId: ID, $after: String) {
      payoutStatusChanged(filter: { creatorId: $creatorId }, after: $after) {
        payout { history { status } attempts { number } } } }`,
    variables: { creatorId: globalId('Creator', fresh.id), after: await fromTheStart(app) },
  });
  const heard = take(changes, 3);
  const { id } = await createFailedPayout(app, { creatorId: fresh.id });
  const now = (events: unknown[]) => (events.at(-1) as { data: Seen }).data.payoutStatusChanged.payout;
  expect(now(await heard)).toMatchObject({ history: { length: 3 }, attempts: [{ number: 1 }] });
  const retry = 'mutation ($id: ID!) { retryPayout(input: { payoutId: $id }) { __typename } }';
  const heardMore = take(changes, 3);
  await asAdmin(app, retry, { id });
  expect(now(await heardMore)).toMatchObject({
    history: { length: 6 },
    attempts: [{ number: 1 }, { number: 2 }],
  });
  await changes.return?.();
});

interface Seen {
  payoutStatusChanged: { payout: object };
}

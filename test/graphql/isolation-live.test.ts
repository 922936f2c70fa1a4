// What is live, of another's row and of no row: the very same silence, over both transports.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type Operation, type RunningApp, runApp } from '../support/running-app.js';
import type { TestCreator } from '../support/world.js';
import {
  asAdmin,
  createCompletedPayout,
  createFailedPayout,
  fromTheStart,
  globalId,
  reaches,
  signedInCreator,
  take,
} from './ask.js';
import { TABLE } from './isolation-table.js';
import { openStream } from './sse.js';

let app: RunningApp;
let mine: TestCreator & { token: string };
let others: TestCreator;

beforeAll(async () => {
  app = await runApp();
  mine = await signedInCreator(app);
  others = await signedInCreator(app);
});
afterAll(() => app.close());

// What is for admins alone is refused before it begins: see authorization.test.ts.
const places = Object.entries(TABLE).filter(
  ([name, place]) => name.startsWith('Subscription.') && place.for === 'owner',
);
const WITHOUT_FILTER = { query: 'subscription { payoutStatusChanged { status payout { reference } } }' };

test.each(['WebSocket', 'SSE'])('a subscription over %s hears nothing of another', async (transport) => {
  const failed = await createFailedPayout(app, { creatorId: others.id });
  const rows: Record<string, string> = { Creator: others.id, Payout: failed.reference };
  const ask = (idOf: (type: string) => string) =>
    places.map(([, { type, operation }]) => operation(globalId(type, idOf(type)), { creatorId: others.id }));
  const [theirs, none] = [ask((type) => rows[type] ?? ''), ask(() => cuid())];
  const creator = await watchAll(transport, [...theirs, ...none, WITHOUT_FILTER], mine.token);
  const admin = await watchAll(transport, theirs, await app.token(ADMIN));
  await createCompletedPayout(app, { creatorId: others.id });
  await retry(failed.id, failed.reference);
  const own = await createCompletedPayout(app, { creatorId: mine.id });
  await expect.poll(() => creator.heard.at(-1)?.length).toBe(3);
  // The log is read in one order for all: what there was to hear of the others came before these.
  const ours = ['PENDING', 'PROCESSING', 'COMPLETED'].map((status) => ({
    status,
    payout: { reference: own.reference },
  }));
  expect(creator.heard).toEqual([...theirs.map(() => []), ...none.map(() => []), ours]);
  // The places themselves work: who may hear does.
  await expect.poll(() => admin.heard.map(({ length }) => length > 0)).toEqual(theirs.map(() => true));
  await Promise.all([creator.end(), admin.end()]);
});

test.each(['WebSocket', 'SSE'])('a replay over %s tells nothing of another either', async (transport) => {
  const theirs = await createCompletedPayout(app, { creatorId: others.id });
  const own = await createCompletedPayout(app, { creatorId: mine.id });
  const [me, them] = [globalId('Creator', mine.id), globalId('Creator', others.id)];
  const [myPayout, theirPayout] = [own, theirs].map(({ reference }) => globalId('Payout', reference));
  const cursor = await firstCursorOf(theirs.reference);
  const forNothing = [
    { creatorId: them },
    { creatorId: them, payoutIds: [theirPayout] },
    { creatorId: them, payoutIds: [myPayout] },
    { creatorId: me, payoutIds: [theirPayout] },
    { payoutIds: [theirPayout], status: ['COMPLETED'] },
  ];
  const forMine = [{ payoutIds: [theirPayout, myPayout] }, { creatorId: me, payoutIds: [myPayout] }];
  const filters = [...forNothing, ...forMine];
  // Another's cursor is a place like any other: it lies before all changes of `own`.
  const operations = [await fromTheStart(app), cursor].flatMap((after) =>
    filters.map((filter) => ({ query: REPLAY, variables: { filter, after } })),
  );
  const creator = await watchAll(transport, operations, mine.token);
  const fresh = await createCompletedPayout(app, { creatorId: mine.id });
  const all = await watchAll(
    transport,
    [{ query: REPLAY, variables: { filter: { creatorId: me }, after: cursor } }],
    mine.token,
  );
  await expect.poll(() => all.heard[0]?.length).toBe(6);
  await createCompletedPayout(app, { creatorId: others.id });
  const references = (heard: unknown[] | undefined) =>
    heard?.map((one) => (one as { payout: { reference: string } }).payout.reference);
  expect(references(all.heard[0])).toEqual([own, own, own, fresh, fresh, fresh].map((one) => one.reference));
  const told = [...forNothing.map(() => []), ...forMine.map(() => Array(3).fill(own.reference))];
  await expect.poll(() => creator.heard.map(references)).toEqual([...told, ...told]);
  await Promise.all([creator.end(), all.end()]);
});

const REPLAY = `subscription ($filter: PayoutChangeFilter, $after: String) {
  payoutStatusChanged(filter: $filter, after: $after) { status payout { reference } } }`;

async function firstCursorOf(reference: string): Promise<string> {
  const query = 'query ($id: ID!) { payout(id: $id) { history { cursor } } }';
  const { payout } = await asAdmin(app, query, { id: globalId('Payout', reference) });
  return payout.history[0].cursor;
}

interface Watching {
  /** What each operation has heard so far; of an answer that is an error, the error. */
  heard: unknown[][];
  end(): Promise<unknown>;
}

async function watchAll(transport: string, operations: Operation[], token: string): Promise<Watching> {
  const streams = await Promise.all(operations.map((operation) => watch(transport, operation, token)));
  const heard: unknown[][] = streams.map(() => []);
  const readers = streams.map(async ({ stream }, i) => {
    for await (const { data, errors } of stream) heard[i]?.push(data?.payoutStatusChanged ?? errors);
  });
  // An ended stream is an error to who reads it.
  const read = Promise.allSettled(readers);
  return {
    heard,
    end() {
      for (const { end } of streams) end();
      return read;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
type Heard = AsyncIterable<{ data?: any; errors?: unknown }>;

async function watch(
  transport: string,
  operation: Operation,
  token: string,
): Promise<{ stream: Heard; end: () => void }> {
  if (transport === 'SSE') {
    const stream = await openStream(app.url, operation, token);
    return { stream, end: stream.abort };
  }
  const client = app.socket(token);
  const stream = client.iterate({ ...operation }) as Heard;
  // Answered on the same socket, after the subscription that was asked for before it.
  await take(client.iterate({ query: '{ viewer { role } }' }), 1);
  return { stream, end: () => void client.dispose() };
}

/** Changes of a payout that was there before anybody listened. */
async function retry(id: string, reference: string): Promise<void> {
  const query = 'mutation ($id: ID!) { retryPayout(input: { payoutId: $id }) { __typename } }';
  const data = await asAdmin(app, query, { id });
  expect(data.retryPayout.__typename).toBe('RetryPayoutPayload');
  await reaches(app, reference, 'COMPLETED');
}

// Cursors of changes over the wire: one spelling wherever they come from, good on every instance and after a restart,
// and of no use to whoever made one up.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCursors } from '../../src/live/cursors.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { createCompletedPayout, cursorOf, fromTheStart, globalId, signedInCreator, take } from './ask.js';

let one: RunningApp;
let creatorId: string;
let reference: string;
beforeAll(async () => {
  one = await runApp();
  creatorId = (await signedInCreator(one)).id;
  reference = (await createCompletedPayout(one, { creatorId })).reference;
});
afterAll(() => one.close());

const WATCH = `subscription ($after: String!, $of: ID) {
  payoutStatusChanged(after: $after, filter: { creatorId: $of }) { cursor status } }`;
const watch = (after: string) => ({
  query: WATCH,
  variables: { after, of: globalId('Creator', creatorId) },
});

interface Change {
  cursor: string;
  status: string;
}

async function changesOver(app: RunningApp, after: string, count: number): Promise<Change[]> {
  const client = app.socket(await app.token(ADMIN));
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
  const results: { data?: any }[] = await take(client.iterate(watch(after)), count);
  await client.dispose();
  return results.map(({ data }) => data.payoutStatusChanged);
}

test('a change has one cursor: in the stream, as the event’s id and in the history', async () => {
  const changes = await changesOver(one, await fromTheStart(one), 3);
  const cursors = changes.map(({ cursor }) => cursor);
  const query = 'query ($id: ID!) { payout(id: $id) { history { cursor status } } }';
  const variables = { id: globalId('Payout', reference) };
  const { data } = await one.query({ query, variables }, await one.token(ADMIN));
  expect(data.payout.history).toEqual(changes);
  // The first one is that of the stream's own beginning.
  expect(await idsOf(await fromTheStart(one), 4)).toEqual([await fromTheStart(one), ...cursors]);
  const { rows } = await one.world.db.pool.query(
    'SELECT log_xid, id FROM payout_events WHERE payout_id = $1 ORDER BY version',
    [reference],
  );
  for (const [i, { log_xid, id }] of rows.entries()) {
    expect(await cursorOf(one, { xid: BigInt(log_xid), id: BigInt(id) })).toBe(cursors[i]);
    const bytes = Buffer.from(cursors[i] ?? '', 'base64url');
    expect(bytes).toHaveLength(16);
    expect(bytes.toString('latin1')).not.toContain(`${log_xid}`);
  }
});

/** The ids of the first events over SSE. */
async function idsOf(after: string, count: number): Promise<string[]> {
  const stop = new AbortController();
  const response = await fetch(`${one.url}/graphql`, {
    method: 'POST',
    signal: stop.signal,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${await one.token(ADMIN)}`,
    },
    body: JSON.stringify(watch(after)),
  });
  let text = '';
  const ids = () => [...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '');
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (ids().length >= count) break;
  }
  stop.abort();
  return ids();
}

test('a cursor of one instance is good on another, as it is after a restart', async () => {
  const [first, ...rest] = await changesOver(one, await fromTheStart(one), 3);
  const other = await runApp({ ROLE: 'api', DATABASE_URL: one.world.databaseUrl });
  expect(await changesOver(other, first?.cursor ?? '', 2)).toEqual(rest);
  await other.close();
});

test.each([
  ['of another database', () => createCursors(randomBytes(16)).encode({ xid: 1n, id: 1n })],
  ['that somebody made up', () => randomBytes(16).toString('base64url')],
  ['as plain numbers', () => Buffer.from('0:0').toString('base64url')],
  ['behind the log’s end', () => cursorOf(one, { xid: 2n ** 47n, id: 1n })],
])('a cursor %s is CURSOR_EXPIRED', async (_, make) => {
  const client = one.socket(await one.token(ADMIN));
  const answer = await client
    .iterate(watch(await make()))
    .next()
    .then(({ value }) => value.errors)
    .catch((errors: unknown) => errors);
  expect(answer).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED' } }]);
  await client.dispose();
});

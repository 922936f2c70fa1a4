// Server-sent events as they are on the wire: each with its cursor as its id, and before all of them the cursor of the
// stream's beginning, so that whoever loses the connection early goes on from there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { createCompletedPayout, fromTheStart, signedInCreator } from './ask.js';

const QUERY = `subscription ($after: String) {
  payoutStatusChanged(after: $after) { cursor status payout { reference } }
}`;

let app: RunningApp;
let token: string;
let creatorId: string;
beforeAll(async () => {
  app = await runApp();
  token = await app.token(ADMIN);
  creatorId = (await signedInCreator(app)).id;
});
afterAll(() => app.close());

interface From {
  after?: string;
  lastEventId?: string | undefined;
}

const open = ({ after, lastEventId }: From) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    signal: AbortSignal.timeout(8_000),
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...(lastEventId && { 'last-event-id': lastEventId }),
    },
    body: JSON.stringify({ query: QUERY, variables: { after } }),
  });

/** The first `count` blocks of a stream, as text. What `meanwhile` does happens once the first one has come. */
async function blocksOf(from: From, count: number, meanwhile?: () => Promise<unknown>): Promise<string[]> {
  const response = await open(from);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const whole = () => text.split('\n\n').slice(0, -1);
  while (whole().length < count) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended after ${text}`);
    if (text === '') await meanwhile?.();
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return whole().slice(0, count);
}

const idOf = (block: string | undefined) => /^id: (\S+)$/m.exec(block ?? '')?.[1];
const changeOf = (block: string) =>
  JSON.parse(/^data: (.+)$/m.exec(block)?.[1] ?? '').data.payoutStatusChanged;
const pay = () => createCompletedPayout(app, { creatorId });

test('a change is an event with its cursor as its id', async () => {
  const [, ...changes] = await blocksOf({}, 4, pay);
  expect(changes.map((block) => changeOf(block).status)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED']);
  for (const block of changes) {
    expect(block.split('\n')).toEqual([
      'event: next',
      `id: ${changeOf(block).cursor}`,
      expect.stringMatching(/^data: /),
    ]);
  }
});

test('the first is an id alone, and who goes on after it hears all that happened since', async () => {
  const [beginning] = await blocksOf({}, 1);
  expect(beginning).toMatch(/^id: \S+$/);
  const { reference } = await pay();
  const [again, ...changes] = await blocksOf({ lastEventId: idOf(beginning) }, 4);
  expect(again).toBe(beginning);
  expect(changes.map(changeOf)).toEqual(
    ['PENDING', 'PROCESSING', 'COMPLETED'].map((status) => ({
      cursor: expect.any(String),
      status,
      payout: { reference },
    })),
  );
});

test('Last-Event-ID is newer than what the operation says, and wins', async () => {
  const [, first, second] = await blocksOf({ after: await fromTheStart(app) }, 3, pay);
  const [beginning, next] = await blocksOf({ after: await fromTheStart(app), lastEventId: idOf(first) }, 2);
  expect(idOf(beginning)).toBe(idOf(first));
  expect(next).toBe(second);
});

test('one that is no cursor is told so', async () => {
  const response = await open({ lastEventId: 'of-another-log' });
  expect(await response.text()).toMatch(/^data: .*"code":"CURSOR_EXPIRED"/m);
});

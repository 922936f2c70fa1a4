// GraphQL over HTTP and over SSE, as their specifications have them.
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';
import { createPayout, onBothTransports } from './ask.js';
import { eventsOf, readEvents } from './server-events.js';

const VIEWER = '{ viewer { role } }';
const WATCH = 'subscription { payoutStatusChanged { status payout { reference } } }';
const FROM = 'query ($at: DateTime) { payouts(filter: { createdAt: { gte: $at } }) { totalCount } }';
const JSON_TYPE = 'application/json; charset=utf-8';
const RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

let app: RunningApp;
let admin: string;

beforeAll(async () => {
  app = await runApp();
  admin = await app.token(ADMIN);
});
afterAll(() => app.close());

/** `encode` false: what follows the query is a part of the address as it is. */
function get(query: string, accept: string, init: RequestInit = {}, encode = true): Promise<Response> {
  const headers = { authorization: `Bearer ${admin}`, accept };
  return fetch(`${app.url}/graphql?query=${encode ? encodeURIComponent(query) : query}`, {
    ...init,
    headers,
  });
}

describe('the audits of GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${app.url}/graphql` });

  test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_, audit) => {
    const result = await audit.fn();
    // What the specification only recommends is held to as well.
    expect(result.status === 'ok' ? null : result.reason).toBeNull();
  });

  test('introspection is on', async () => {
    const response = await get('{ __schema { queryType { name } } }', 'application/json');
    expect(await response.json()).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
  });
});

describe('content types', () => {
  test.each([
    ['application/json', JSON_TYPE],
    ['application/graphql-response+json', RESPONSE_TYPE],
    ['application/graphql-response+json, application/json;q=0.9', RESPONSE_TYPE],
    ['*/*', JSON_TYPE],
  ])('asked for %s, the answer is %s', async (accept, type) => {
    const response = await get(VIEWER, accept);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(await response.json()).toEqual({ data: { viewer: { role: 'ADMIN' } } });
  });

  test('asked for what there is not, the answer is 406', async () => {
    const response = await get(VIEWER, 'image/png');
    expect(response.status).toBe(406);
    const { errors } = (await response.json()) as { errors: object[] };
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }]);
  });

  test('a document that does not hold is 400 by the newer type, and an answer like others by the older', async () => {
    const statuses = ['application/graphql-response+json', 'application/json'].map(async (accept) => {
      const response = await get('{ nothingOfOurs }', accept);
      const { errors } = (await response.json()) as { errors: object[] };
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      return response.status;
    });
    expect(await Promise.all(statuses)).toEqual([400, 200]);
  });

  test.each([
    ['of another type', 'query ($n: Int) { payouts(first: $n) { totalCount } }', { n: 'many' }],
    ['that a scalar refuses', FROM, { at: 'yesterday' }],
    ['that is missing', 'query ($id: ID!) { payout(id: $id) { id } }', {}],
    ['of a stream', 'subscription ($a: String) { payoutStatusChanged(after: $a) { cursor } }', { a: 1 }],
  ])('so is a variable %s, also when it is asked for again', async (_, query, variables) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${admin}` };
    const body = JSON.stringify({ query, variables });
    for (let times = 0; times < 3; times += 1) {
      const statuses = ['application/graphql-response+json', 'application/json'].map(async (accept) => {
        const init = { method: 'POST', headers: { ...headers, accept }, body };
        const response = await fetch(`${app.url}/graphql`, init);
        const { errors, data } = (await response.json()) as { errors: object[]; data?: unknown };
        expect([errors, data]).toMatchObject([[{ extensions: { code: 'BAD_USER_INPUT' } }], undefined]);
        expect(errors).not.toMatchObject([{ extensions: { http: expect.anything() } }]);
        return response.status;
      });
      expect(await Promise.all(statuses)).toEqual([400, 200]);
    }
    const answers = await onBothTransports(app, { query, variables }, admin);
    expect(JSON.stringify(answers)).not.toContain('"http"');
  });

  test('what an operation that ran was refused has 200', async () => {
    const response = await get('{ payout(id: "nonsense") { id } }', 'application/graphql-response+json');
    expect([response.status, await response.json()]).toMatchObject([200, { data: { payout: null } }]);
  });
});

describe('GET', () => {
  test.each(['variables', 'extensions'])('%s that are no JSON are 400', async (name) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      for (const text of ['{bad', '[1', '"']) {
        const response = await get(`${VIEWER}&${name}=${text}`, accept, {}, false);
        const { errors } = (await response.json()) as { errors: object[] };
        expect([response.status, errors]).toMatchObject([
          400,
          [{ message: `${name} is no JSON.`, extensions: { code: 'BAD_USER_INPUT' } }],
        ]);
      }
    }
  });

  test('variables that are JSON are taken', async () => {
    const variables = encodeURIComponent(JSON.stringify({ at: '2026-01-01T00:00:00Z' }));
    const response = await get(
      `${FROM}&variables=${variables}&extensions=%7B%7D`,
      'application/json',
      {},
      false,
    );
    expect(await response.json()).toEqual({ data: { payouts: { totalCount: expect.any(Number) } } });
  });

  test('a mutation is refused with 405, which names the method to use', async () => {
    const mutation = 'mutation { pauseProcessing(input: { reason: "by GET" }) { __typename } }';
    const response = await get(mutation, 'application/json');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    const { data } = await app.query({ query: '{ processing { paused } }' }, admin);
    expect(data.processing.paused).toBe(false);
  });

  test('a subscription without a stream is refused with 406, which names the type to ask for', async () => {
    const response = await get(WATCH, 'application/json');
    expect([response.status, response.headers.get('accept')]).toEqual([406, 'text/event-stream']);
  });
});

describe('text/event-stream', () => {
  test.each([
    ['a query', VIEWER, { data: { viewer: { role: 'ADMIN' } } }],
    ['a document that does not hold', '{ no }', { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }],
    [
      'a cursor that is none',
      'subscription { payoutStatusChanged(after: "?") { cursor } }',
      { errors: [{ extensions: { code: 'CURSOR_EXPIRED' } }] },
    ],
  ])('%s: one `next`, then `complete`', async (_, query, answer) => {
    const response = await get(query, 'text/event-stream');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const events = eventsOf(await response.text());
    expect(events.map(({ name }) => name)).toEqual(['next', 'complete']);
    expect(JSON.parse(events[0]?.data ?? '')).toMatchObject(answer);
    expect(events[1]?.data).toBe('');
  });

  test('a subscription: a `next` for each change, as they happen', async () => {
    const stop = new AbortController();
    const response = await get(WATCH, 'text/event-stream', { signal: stop.signal });
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const { id: creatorId } = await addCreator(app.world);
    const { payout } = await createPayout(app, { creatorId });
    const heard = await readEvents(response, 3);
    stop.abort();
    expect(heard.map(({ name }) => name)).toEqual(['next', 'next', 'next']);
    expect(heard.map(({ data }) => JSON.parse(data).data.payoutStatusChanged)).toEqual(
      ['PENDING', 'PROCESSING', 'COMPLETED'].map((status) => ({
        status,
        payout: { reference: payout.reference },
      })),
    );
  });
});

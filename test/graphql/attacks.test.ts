// Attacks by one operation, or by what surrounds it: each is refused on both transports, and the database hears nothing.
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { LIMITS } from '../../src/graphql/limits/limits.js';
import { sendRaw, statusOf } from '../http/raw.js';
import { openSocket } from '../support/running-app.js';
import { globalId, overSocket } from './ask.js';
import { type AnyOperation, type Edge, openEdge } from './edge.js';

const FRIEND = 'https://dashboard.example.com';

let edge: Edge;
beforeAll(async () => {
  edge = await openEdge({ corsOrigins: [FRIEND] });
});
afterAll(() => edge.close());

/** Names of three letters, each another one. */
const name = (n: number) =>
  [n, n / 26, n / 676].map((part) => String.fromCharCode(97 + (Math.floor(part) % 26))).join('');
const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nested = (levels: number, field: string) => `{${`${field} {`.repeat(levels)} id ${'}'.repeat(levels)}}`;
const NODE = `node(id: "${globalId('Payout', 'c1')}")`;

/** Each fragment spreads the next one twice: 2^30 spreads in 60. */
const doubling = `{ ...F0 } ${many(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)}
  fragment F30 on Query { __typename }`;

const PAGES = `query ($n: Int) {
  payouts(first: $n) { nodes { auditEvents(first: $n) { nodes { actor action } } } }
}`;
const BACKWARD =
  'query ($n: Int) { payouts(last: $n) { nodes { auditEvents(first: 100) { nodes { actor } } } } }';
const IN_FRAGMENTS = `query ($n: Int) { ...Q }
  fragment Q on Query { payouts(first: $n) { edges { node { ...P } } } }
  fragment P on Payout { auditEvents(first: $n) { nodes { actor action } } }`;

const FILTERED = 'query ($f: PayoutFilter) { payouts(filter: $f) { totalCount } }';
/** An object of that many keys, which no input has. */
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]));

const TOO_COMPLEX: [name: string, operation: AnyOperation, what: string][] = [
  ['10,000 aliases', { query: `{ ${many(10_000, (n) => `${name(n)}:a`)} }` }, 'tokens'],
  ['too many tokens', { query: `{ ${'a '.repeat(LIMITS.tokens)} }` }, 'tokens'],
  ['aliases', { query: `{ ${NODE} { ${many(31, (n) => `a${n}: id`)} } }` }, 'aliases'],
  ['aliases of __typename', { query: `{ viewer { ${many(31, (n) => `a${n}: __typename`)} } }` }, 'aliases'],
  [
    'aliases in a fragment that is spread again and again',
    { query: `{ ${'...A '.repeat(16)} } fragment A on Query { a: __typename b: __typename }` },
    'aliases',
  ],
  [
    'aliases in an operation that is not run',
    {
      query: `query A { viewer { role } } query B { ${many(31, (n) => `b${n}: __typename`)} }`,
      operationName: 'A',
    },
    'aliases',
  ],
  ['deep nesting', { query: nested(400, 'a') }, 'levels of fields'],
  ['nesting that the schema allows', { query: nested(12, 'payout') }, 'levels of fields'],
  [
    'nesting through fragments',
    {
      query: `{ ...A } ${many(13, (n) => `fragment ${'A'.repeat(n + 1)} on T { a { ...${'A'.repeat(n + 2)} } }`)}`,
    },
    'levels of fields',
  ],
  ['directives', { query: `{ viewer { role ${'@include(if: true) '.repeat(21)} } }` }, 'directives'],
  ['directives that there are not', { query: `{ viewer { role ${'@a '.repeat(21)} } }` }, 'directives'],
  [
    'directives of variables',
    { query: `query ($a: Int ${'@a '.repeat(21)}) { viewer { role } }` },
    'directives',
  ],
  ['directives of an operation', { query: `query Q ${'@a '.repeat(21)} { viewer { role } }` }, 'directives'],
  ['fragments that double each other', { query: doubling }, 'fragment spreads'],
  ['root fields', { query: `{ ${many(21, () => 'viewer { role }')} }` }, 'root fields'],
  ['pages in pages, by variable', { query: PAGES, variables: { n: 100 } }, 'values'],
  ['pages in pages, backward', { query: BACKWARD, variables: { n: 100 } }, 'values'],
  ['pages in pages, in fragments', { query: IN_FRAGMENTS, variables: { n: 100 } }, 'values'],
  ['pages by a variable’s default', { query: PAGES.replace('$n: Int', '$n: Int = 100') }, 'values'],
  [
    'a broken id beside it',
    { query: PAGES.replace('{\n', '{ node(id: "x") { id }\n'), variables: { n: 100 } },
    'values',
  ],
  ['keys of a variable', { query: FILTERED, variables: { f: keys(5_000) } }, 'values in variables'],
  [
    'items of a variable',
    {
      query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      variables: { ids: Array(5_000).fill(null) },
    },
    'values in variables',
  ],
  [
    'variables that the operation does not have',
    { query: '{ viewer { role } }', variables: keys(5_001) },
    'values in variables',
  ],
  [
    'variables of a document that is none',
    { query: '{', variables: { f: [keys(2_500), keys(2_500)] } },
    'values in variables',
  ],
  [
    'values of a subscription',
    {
      query: 'subscription ($a: String) { payoutStatusChanged(after: $a) { cursor } }',
      variables: { a: keys(5_000) },
    },
    'values in variables',
  ],
  [
    'lists in lists of a variable',
    { query: FILTERED, variables: { f: JSON.parse(`${'['.repeat(4_000)}${']'.repeat(4_000)}`) } },
    'levels of variables',
  ],
];

test.each(TOO_COMPLEX)('%s: TOO_COMPLEX', async (_, operation, what) => {
  const before = edge.queries();
  for (const { errors, data } of await edge.ask(operation)) {
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toMatch(
      new RegExp(`^At most \\d+ ${what} are taken; this operation has (\\d+|more)\\.$`),
    );
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'TOO_COMPLEX',
      limit: expect.any(Number),
      requestId: expect.any(String),
    });
    expect(errors?.[0]?.extensions).not.toHaveProperty('http');
    expect(data ?? null).toBeNull();
  }
  expect(edge.queries()).toBe(before);
});

test.each([
  ['keys that there are not', { f: keys(4_000) }],
  ['values of an enum that there are not', { f: { status: { in: Array(4_000).fill('P') } } }],
])('of many %s one is told', async (_, variables) => {
  const before = edge.queries();
  for (const { errors, data } of await edge.ask({ query: FILTERED, variables })) {
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/"(k0|P)" .*"Payout(Filter|Status)"/),
        locations: expect.any(Array),
        extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
      },
    ]);
    expect(data ?? null).toBeNull();
  }
  expect(edge.queries()).toBe(before);
});

const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
const payoutIds = (count: number) => Array.from({ length: count }, (_, n) => globalId('Payout', `p${n}`));

test.each([
  ['by variable', { query: NODES, variables: { ids: payoutIds(101) } }],
  ['in the document', { query: `{ nodes(ids: ${JSON.stringify(payoutIds(101))}) { id } }` }],
  [
    'beside a field that would do something',
    { query: NODES.replace('{', '{ payouts { nodes { id } }'), variables: { ids: payoutIds(1_000) } },
  ],
])('more than 100 ids %s are refused before anything is looked up', async (_, operation) => {
  const before = edge.queries();
  for (const { errors, data } of await edge.ask(operation)) {
    expect(errors).toMatchObject([
      { message: 'nodes takes at most 100 ids; these are more.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(data ?? null).toBeNull();
  }
  expect(edge.queries()).toBe(before);
});

test('100 ids are taken, and cost a lookup each: many of a hundred are too many', async () => {
  const variables = { ids: payoutIds(100) };
  for (const answer of await edge.ask({ query: NODES, variables })) {
    expect(answer).toEqual({ data: { nodes: Array(100).fill(null) } });
  }
  const before = edge.queries();
  const query = `query ($ids: [ID!]!) { ${many(10, (n) => `n${n}: nodes(ids: $ids) { id }`)} }`;
  for (const { errors } of await edge.ask({ query, variables })) {
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'TOO_COMPLEX', found: 10 * (100 * 10 + 100) });
  }
  expect(edge.queries()).toBe(before);
});

describe('the cost of an analysis counts its steps', () => {
  const figures =
    'createdCount createdCents completedCount completedCents failedCount failedCents failureRate';
  const analysis = (name: string) => `${name}: payoutAnalytics(from: $from, to: $to, interval: $interval) {
    buckets { from to figures { ${figures} } }
  }`;
  const query = (count: number) =>
    `query ($from: DateTime!, $to: DateTime!, $interval: AnalyticsInterval!) {
      ${many(count, (n) => analysis(`a${n}`))}
    }`;
  const YEAR = { from: '2025-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' };
  const WEEK = { from: '2025-12-25T00:00:00Z', to: '2026-01-01T00:00:00Z' };

  test('so a few years of days are too many, as are those of a document whose weeks were taken', async () => {
    const operation = { query: query(3), variables: { ...WEEK, interval: 'DAY' } };
    // Again and again: what was taken once is known.
    for (let times = 0; times < 2; times += 1) {
      for (const { errors, data } of await edge.ask(operation)) {
        expect([errors, Object.keys(data ?? {})]).toEqual([undefined, ['a0', 'a1', 'a2']]);
      }
    }
    const before = edge.queries();
    for (const times of [1, 2]) {
      for (const { errors } of await edge.ask({ ...operation, variables: { ...YEAR, interval: 'DAY' } })) {
        expect([times, errors]).toMatchObject([times, [{ extensions: { code: 'TOO_COMPLEX' } }]]);
      }
    }
    expect(edge.queries()).toBe(before);
  });

  test('a year of days is taken, and several of months', async () => {
    const year = { query: query(1), variables: { ...YEAR, interval: 'DAY' } };
    for (const { errors, data } of await edge.ask(year)) {
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({ a0: { buckets: expect.objectContaining({ length: 365 }) } });
    }
    const months = { query: query(5), variables: { ...YEAR, interval: 'MONTH' } };
    for (const { errors } of await edge.ask(months)) expect(errors).toBeUndefined();
  });

  test('also where the time stands in the document', async () => {
    const text = query(3)
      .replace(/^[^{]*/, '')
      .replaceAll('$from', JSON.stringify(YEAR.from))
      .replaceAll('$to', JSON.stringify(YEAR.to))
      .replaceAll('$interval', 'DAY');
    const before = edge.queries();
    for (const { errors } of await edge.ask({ query: text })) {
      expect(errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
    }
    expect(edge.queries()).toBe(before);
  });
});

test('for nobody nothing is looked up, neither at first nor when it is asked again; a socket is not even opened', async () => {
  const types = ['Alert', 'BankPayout', 'Creator', 'Payout', 'ReconciliationItem', 'ReconciliationRun'];
  const query = 'query ($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }';
  const before = edge.queries();
  for (const type of [...types, 'PayoutRun', 'RoyaltyStatement', 'WebhookEvent']) {
    const id = globalId(type, 'c1');
    const answer = await edge.post({ query, variables: { id, ids: [id, id] } }, { authorization: '' });
    expect(await answer.json()).toEqual({ data: { node: null, nodes: [null, null] } });
  }
  const client = openSocket(edge.url, null);
  await expect(overSocket(client, { query: '{ payouts { nodes { id } } }' })).rejects.toMatchObject({
    code: 4403,
  });
  expect(edge.queries()).toBe(before);
});

test('the cost counts the page that was asked for: the same document is taken with smaller pages', async () => {
  const before = edge.queries();
  for (const answer of await edge.ask({ query: PAGES, variables: { n: 10 } })) {
    expect(answer).toEqual({ data: { payouts: { nodes: [] } } });
  }
  expect(edge.queries()).toBeGreaterThan(before);
  const [{ errors }] = await edge.ask({ query: PAGES, variables: { n: 100 } });
  // In each row of a page the list is a value, and in each row of the inner one the list, the actor and the action.
  expect(errors?.[0]?.extensions).toMatchObject({ limit: 10_000, found: 1 + 100 * (1 + 1 + 100 * (1 + 2)) });
});

test('a page without a size costs 20, one beyond the most is refused by its list, one below nothing takes nothing off', async () => {
  const query = (argument: string) => ({ query: `{ payouts${argument} { nodes { id } } }` });
  for (const argument of ['(first: 101)', '(last: 1000000)', '(first: -1000000)']) {
    for (const { errors } of await edge.ask(query(argument))) {
      expect(errors).toMatchObject([{ path: ['payouts'], extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  }
});

test('fragments that spread each other in a circle are refused', async () => {
  const before = edge.queries();
  const circle =
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A payouts { nodes { id } } }';
  for (const { errors, data } of await edge.ask({ query: circle })) {
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('within itself'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(data ?? null).toBeNull();
  }
  expect(edge.queries()).toBe(before);
});

test('a tool’s own introspection is taken where introspection is on, a schema within a schema is not', async () => {
  for (const answer of await edge.ask({ query: getIntrospectionQuery() })) {
    expect(answer).toEqual({ data: { __schema: expect.anything() } });
  }
  // Without fragments too: types wrap each other deeply.
  const wrapped = `{ __type(name: "Payout") { fields { type ${'{ ofType '.repeat(12)}{ name }${'}'.repeat(12)} } } }`;
  for (const answer of await edge.ask({ query: wrapped })) {
    expect(answer).toEqual({ data: { __type: expect.anything() } });
  }
  const bomb = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
  for (const { errors } of await edge.ask({ query: bomb })) {
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

describe('one operation a request', () => {
  const VIEWER = { query: '{ viewer { role } payouts { nodes { id } } }' };

  test.each([
    ['two', [VIEWER, VIEWER]],
    ['one', [VIEWER]],
    ['none', []],
  ])('a batch of %s is refused over HTTP', async (_, batch) => {
    const before = edge.queries();
    const response = await edge.post(batch);
    expect(response.status).toBe(400);
    const body = (await response.json()) as { errors: object[] };
    expect(body).toEqual({
      errors: [
        expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }),
      ],
    });
    expect(edge.queries()).toBe(before);
  });

  test.each([
    ['a list of messages', [{ id: '1', type: 'subscribe', payload: VIEWER }]],
    ['a list of operations', { id: '1', type: 'subscribe', payload: [VIEWER, VIEWER] }],
  ])('%s closes a socket', async (_, message) => {
    const before = edge.queries();
    const socket = await edge.socket();
    socket.send(JSON.stringify(message));
    const [code] = await once(socket, 'close');
    expect(code).toBe(4400);
    expect(edge.queries()).toBe(before);
  });
});

describe('size', () => {
  const LIST = '{ payouts { nodes { id } } }';

  test('a body over 256 kB is 413, whether it says its length or not', async () => {
    const before = edge.queries();
    const body = JSON.stringify({ query: LIST }).padEnd(256 * 1024 + 1, ' ');
    const response = await edge.post(body);
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: expect.any(String),
          extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
        },
      ],
    });
    expect(edge.queries()).toBe(before);
  });

  test('a body that never ends is cut off', async () => {
    const before = edge.queries();
    const lines = [
      'POST /graphql HTTP/1.1',
      'Host: x',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ];
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const answer = await sendRaw(edge.url, lines, Buffer.from(chunk.repeat(5)));
    expect(statusOf(answer)).toBe(413);
    expect(edge.queries()).toBe(before);
  });

  test('500 rows fit into a body', async () => {
    const key = 'k'.repeat(36);
    const rows = Array.from({ length: 500 }, () => ({
      creatorId: globalId('Creator', key),
      amountCents: 1_000_000,
      royaltyStatementId: globalId('RoyaltyStatement', key),
      idempotencyKey: key,
    }));
    expect(
      JSON.stringify({ query: 'x'.repeat(2_000), variables: { input: { payouts: rows } } }).length,
    ).toBeLessThan(256 * 1024);
  });

  test('a message over 64 kB closes its socket', async () => {
    const before = edge.queries();
    const socket = await edge.socket();
    const payload = { query: LIST.padEnd(64 * 1024, ' ') };
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    const [code] = await once(socket, 'close');
    expect(code).toBe(1009);
    expect(edge.queries()).toBe(before);
  });
});

test('a socket has 100 operations under way at most', async () => {
  const client = openSocket(edge.url, await edge.token());
  const watch = { query: 'subscription { payoutStatusChanged { cursor } }' };
  const open = Array.from({ length: 100 }, () => client.iterate(watch).next());
  const answer = await overSocket(client, { query: '{ viewer { role } }' });
  expect(answer.errors).toMatchObject([{ extensions: { code: 'TOO_COMPLEX', limit: 100 } }]);
  await client.dispose();
  await Promise.allSettled(open);
});

describe('what a foreign page can make a browser send', () => {
  const query = '{ payouts { nodes { id } } }';

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    '%s is refused',
    async (type) => {
      const before = edge.queries();
      const body = type.includes('urlencoded')
        ? new URLSearchParams({ query }).toString()
        : JSON.stringify({ query });
      expect((await edge.post(body, { 'content-type': type })).status).toBe(415);
      expect(edge.queries()).toBe(before);
    },
  );

  test('its preflight is not answered, its handshake is refused', async () => {
    const before = edge.queries();
    const origin = 'https://evil.example.com';
    const preflight = await fetch(`${edge.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { origin },
    });
    const [error] = await once(socket, 'error');
    expect(error.message).toContain('403');
    expect(edge.queries()).toBe(before);
  });
});

test.each([
  ['no JSON', '{"query":'],
  ['no object', '"{ viewer { role } }"'],
  ['null', 'null'],
  ['nothing', ''],
  ['a query that is no text', '{"query": 1}'],
  ['variables that are a list', '{"query": "{ viewer { role } }", "variables": []}'],
  ['another parameter', '{"query": "{ viewer { role } }", "queries": []}'],
])('a body of %s is 400', async (_, body) => {
  const response = await edge.post(body);
  expect(response.status).toBe(400);
  const { errors } = (await response.json()) as { errors: object[] };
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }]);
});

describe('an address that is none', () => {
  const BODY = Buffer.from('{"query":"{ __typename }"}');
  const ask = (target: string, host: string) =>
    sendRaw(
      edge.url,
      [
        `POST ${target} HTTP/1.1`,
        `Host: ${host}`,
        'Content-Type: application/json',
        `Content-Length: ${BODY.length}`,
        'Connection: close',
      ],
      BODY,
    );

  test.each(['[', 'a b', 'evil.com:99999', 'a/b', 'a@b', '%zz', '[::1'])(
    'in Host, %s, is 400, and no word of where it failed',
    async (host) => {
      const answer = await ask('/graphql', host);
      expect(statusOf(answer)).toBe(400);
      expect(answer).toMatch(/"requestId":"[\w-]{36}"/);
      expect(answer).not.toMatch(/node_modules|at \w+ \(|\.js:/);
    },
  );

  test.each(['localhost', 'payouts.example.com:443', '[::1]:4000', ''])(
    'and one that is, %s, is taken',
    async (host) => {
      expect(await ask('/graphql', host)).toContain('{"data":{"__typename":"Query"}}');
    },
  );

  test('a target that names a whole address is taken by its path', async () => {
    expect(await ask('http://evil.com/graphql', 'localhost:4000')).toContain(
      '{"data":{"__typename":"Query"}}',
    );
    expect(statusOf(await ask('//evil.com/graphql', 'localhost'))).toBe(404);
  });
});

describe('a body whose letters are not UTF-8', () => {
  const TEXT = '{"query":"{ viewer { role } }"}';

  test.each([
    [
      'another set of letters',
      Buffer.from(TEXT, 'utf16le'),
      { 'content-type': 'application/json; charset=utf-16' },
    ],
    [
      'another set that reads the same',
      Buffer.from(TEXT),
      { 'content-type': 'application/json;charset="latin1"' },
    ],
    ['what is packed', gzipSync(TEXT), { 'content-encoding': 'gzip' }],
    ['what says that it is packed', Buffer.from(TEXT), { 'content-encoding': 'br' }],
  ])('%s is 415', async (_, body, headers) => {
    const response = await edge.post(body, headers);
    expect(response.status).toBe(415);
    const { errors } = (await response.json()) as { errors: object[] };
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }]);
  });

  test('bytes that are no letters are 400, also in a query that came before', async () => {
    const query = (end: Buffer) =>
      Buffer.concat([Buffer.from('{"query":"{ __typename }","extensions":{"a":"'), end, Buffer.from('"}}')]);
    for (let n = 0; n < 3; n += 1) expect((await edge.post(query(Buffer.from('\u00e9')))).status).toBe(200);
    expect((await edge.post(query(Buffer.from('e9', 'hex')))).status).toBe(400);
  });

  test.each([
    { 'content-type': 'application/json; charset=UTF-8' },
    { 'content-type': 'application/json;charset="utf-8"' },
    { 'content-type': 'application/json; version=1' },
    { 'content-encoding': 'identity' },
  ])('what says what it is, %j, is taken', async (headers) => {
    expect(await (await edge.post(TEXT, headers)).json()).toEqual({ data: { viewer: { role: 'ADMIN' } } });
  });
});

test('a token that does not hold is refused before the document is read', async () => {
  const before = edge.queries();
  const response = await edge.post({ query: '{{{' }, { authorization: 'Bearer abc' });
  expect(response.status).toBe(401);
  const client = openSocket(edge.url, 'abc');
  await expect(overSocket(client, { query: '{ payouts { nodes { id } } }' })).rejects.toMatchObject({
    code: 4403,
  });
  expect(edge.queries()).toBe(before);
});

test('the same limits hold for subscriptions and mutations', async () => {
  const before = edge.queries();
  for (const query of [
    `subscription { payoutStatusChanged { ${many(31, (n) => `a${n}: cursor`)} } }`,
    `mutation { ${many(31, (n) => `a${n}: retryPayout(input: { payoutId: "x" }) { __typename }`)} }`,
  ]) {
    for (const { errors } of await edge.ask({ query }))
      expect(errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
  }
  expect(edge.queries()).toBe(before);
});

test('a value that does not fit is not sent back whole', async () => {
  const operation = {
    query: 'query ($a: String) { payouts(after: $a) { nodes { id } } }',
    variables: { a: keys(1_000) },
  };
  for (const { errors } of await edge.ask(operation)) {
    expect(errors?.[0]?.message).toMatch(/^.{500} …$/);
  }
});

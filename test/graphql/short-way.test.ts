// The short way of a query that comes again: nobody can tell it from the long one, and everything that the long one
// checks is checked on it too.
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/payouts/viewer.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { createPayout, signedInCreator } from './ask.js';

const ALLOWED = 'https://dashboard.example';
const QUERIES = 12;

let app: RunningApp;
beforeAll(async () => {
  app = await runApp({ CORS_ORIGINS: ALLOWED, RATE_LIMIT_QUERIES: `${QUERIES}/h`, TRUST_PROXY: '1' });
  await createPayout(app, { creatorId: (await signedInCreator(app)).id });
});
afterAll(() => app.close());

/** Each test is asked from another one: what is refused is counted by address. */
let address = '';
let addresses = 0;
beforeEach(() => {
  address = `192.0.2.${addresses++}`;
});

type Headers = Record<string, string>;

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** Without the headers that `fetch` adds by itself. */
function send(body: string, headers: Headers): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const always = { 'content-type': 'application/json', 'x-forwarded-for': address };
    const options = { method: 'POST', headers: { ...always, ...headers } };
    const request = httpRequest(`${app.url}/graphql`, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: text }),
      );
    });
    request.on('error', reject).end(body);
  });
}

/** What names a single answer, or says how it travelled. */
const PASSING = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);
const withoutPassing = ({ status, headers, body }: Answer): Answer => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !PASSING.has(name))),
  body: body.replace(/"requestId":"[\w-]+"/g, '"requestId"'),
});

/** Who is not limited yet. */
const somebody = (): Promise<string> => app.token({ role: 'ADMIN', sub: `admin-${Math.random()}` });

/** The first answer is graphql-js's, the second the compiled query's, the others go the short way. */
async function askedFourTimes(body: string, headers: Headers): Promise<Answer[]> {
  const authorization = `Bearer ${await somebody()}`;
  const answers: Answer[] = [];
  for (let i = 0; i < 4; i += 1) {
    answers.push(withoutPassing(await send(body, { authorization, ...headers })));
  }
  return answers;
}

let documents = 0;
/** A document that was never asked before. */
const newQuery = () =>
  `query Q${documents++} { payouts { nodes { id amountCents creator { displayName } } } }`;
const bodyOf = (more: object = {}) => JSON.stringify({ query: newQuery(), ...more });

describe('an answer is the same to its last header', () => {
  it.each<[string, Headers]>([
    ['a client that accepts whatever comes', { accept: '*/*' }],
    ['a client that says nothing', {}],
    ['JSON', { accept: 'application/json' }],
    ['the newer type', { accept: 'application/graphql-response+json' }],
    ['both', { accept: 'application/graphql-response+json, application/json;q=0.9' }],
    ['a list of a browser', { accept: 'application/json, text/plain, */*' }],
    ['what is no JSON', { accept: 'text/html' }],
    ['an event stream', { accept: 'text/event-stream' }],
    ['another set of characters', { accept: 'application/json; charset=utf-16' }],
    ['a page of an allowed origin', { origin: ALLOWED }],
    ['a page of another origin', { origin: 'https://elsewhere.example' }],
    ['a type with a parameter', { 'content-type': 'application/json; charset=utf-8' }],
    ['the newer type of a body', { 'content-type': 'application/graphql+json' }],
    ['a form', { 'content-type': 'text/plain' }],
    ['other letters', { 'content-type': 'application/json; charset=utf-16' }],
    ['what says that it is packed', { 'content-encoding': 'gzip' }],
    ['a token that is none', { authorization: 'Bearer x' }],
    ['nobody', { authorization: '' }],
  ])('%s', async (_who, headers) => {
    const [first, ...again] = await askedFourTimes(bodyOf(), headers);
    expect(again).toEqual([first, first, first]);
  });

  it.each<[string, object]>([
    ['the name of its operation', { operationName: `Q${documents}` }],
    ['the name of another operation', { operationName: 'Another' }],
    ['a name that is a number', { operationName: 1 }],
    ['variables that it has not', { variables: { x: 1 } }],
    ['a list of variables', { variables: [] }],
    ['extensions', { extensions: { a: 1 } }],
    ['extensions that are none', { extensions: 'a' }],
    ['a key that nobody knows', { more: 1 }],
    ['a document by name beside it', { documentId: 'x' }],
  ])('with %s', async (_what, more) => {
    const [first, ...again] = await askedFourTimes(bodyOf(more), {});
    expect(again).toEqual([first, first, first]);
  });

  it.each(['[]', '"text"', 'null', '{', '{}', '{"query":7}'])(
    'a body that is no operation: %s',
    async (body) => {
      const [first, ...again] = await askedFourTimes(body, {});
      expect(again).toEqual([first, first, first]);
    },
  );
});

describe('what is checked on the long way is checked on the short one:', () => {
  const PAGE = 'query Page($n: Int) { payouts(first: $n) { nodes { id creator { id } } } }';
  const NESTED = `query Nested($n: Int) { payouts(first: $n) { nodes { ${Array.from({ length: 60 }, (_, i) => `a${i}: id`).join(' ')} } } }`;

  async function ask(token: string, query: string, variables: object = {}) {
    const { status, body } = await send(JSON.stringify({ query, variables }), {
      authorization: `Bearer ${token}`,
    });
    const { data, errors } = JSON.parse(body) as {
      data: unknown;
      errors?: { extensions: { code: string } }[];
    };
    return { status, data, code: errors?.[0]?.extensions.code };
  }

  async function travelled(query: string, variables: object): Promise<void> {
    const token = await somebody();
    for (let i = 0; i < 3; i += 1) expect(await ask(token, query, variables)).toMatchObject({ status: 200 });
  }

  it('the cost, by its variables', async () => {
    await travelled(NESTED, { n: 1 });
    expect((await ask(await somebody(), NESTED, { n: 100 })).code).toBe('TOO_COMPLEX');
  });

  it('the page', async () => {
    await travelled(PAGE, { n: 1 });
    expect((await ask(await somebody(), PAGE, { n: 101 })).code).toBe('BAD_USER_INPUT');
  });

  it('the role', async () => {
    await travelled(PAGE, { n: 1 });
    const { token } = await signedInCreator(app);
    expect(await ask(token, PAGE, { n: 1 })).toEqual({
      status: 200,
      data: { payouts: null },
      code: 'FORBIDDEN',
    });
  });

  it('the token, once it has expired', async () => {
    await travelled(PAGE, { n: 1 });
    const token = await app.token(ADMIN, 2);
    expect((await ask(token, PAGE, { n: 1 })).status).toBe(200);
    await expect.poll(async () => (await ask(token, PAGE, { n: 1 })).code).toBe('UNAUTHENTICATED');
  });

  it('how often one asks: each request is charged once, whichever way it goes', async () => {
    await travelled(PAGE, { n: 1 });
    const viewer: Viewer = { role: 'ADMIN', sub: 'counted' };
    const token = await app.token(viewer);
    const codes: (string | undefined)[] = [];
    // Every other one meets an error, and is answered on the long way.
    for (let i = 0; i <= QUERIES; i += 1) codes.push((await ask(token, PAGE, { n: i % 2 ? 1 : 101 })).code);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(1);
    expect(codes.at(-1)).toBe('RATE_LIMITED');
  });
});

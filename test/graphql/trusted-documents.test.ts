// Trusted documents: with a list nothing else runs, on both transports, by either way to name a document.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadTrustedDocuments } from '../../src/graphql/limits/trusted-documents.js';
import { schema } from '../../src/graphql/schema.js';
import { ADMIN, post, type RunningApp, runApp } from '../support/running-app.js';
import { type AnyOperation, type Edge, openEdge } from './edge.js';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const VIEWER = 'query Viewer { viewer { role } }';
const PAGE =
  'query Page($n: Int) { payouts(first: $n) { nodes { auditEvents(first: $n) { nodes { actor action } } } } }';
const CREATE = 'mutation Retry { retryPayout(input: { payoutId: "x" }) { __typename } }';
const LIST = Object.fromEntries([VIEWER, PAGE, CREATE].map((text) => [hashOf(text), text]));
const ROLE = { data: { viewer: { role: 'ADMIN' } } };

const apollo = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

describe('with a list', () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await openEdge({ trustedDocuments: new Map(Object.entries(LIST)) });
  });
  afterAll(() => edge.close());

  test.each<[string, AnyOperation]>([
    ['documentId', { documentId: hashOf(VIEWER) }],
    ['documentId that names its algorithm', { documentId: `sha256:${hashOf(VIEWER)}` }],
    ['Apollo’s hash', apollo(hashOf(VIEWER))],
    ['a hash beside the text', { ...apollo(hashOf(VIEWER)), query: VIEWER }],
    [
      'a hash beside another text: the hash is what runs',
      { ...apollo(hashOf(VIEWER)), query: '{ payouts { totalCount } }' },
    ],
  ])('a document named by %s runs', async (_, operation) => {
    for (const answer of await edge.ask(operation)) expect(answer).toEqual(ROLE);
  });

  test('over GET too, but no mutation', async () => {
    const get = async (query: string) =>
      fetch(`${edge.url}/graphql?${query}`, { headers: { authorization: `Bearer ${await edge.token()}` } });
    expect(await (await get(`documentId=${hashOf(VIEWER)}`)).json()).toEqual(ROLE);
    const extensions = encodeURIComponent(JSON.stringify(apollo(hashOf(VIEWER)).extensions));
    expect(await (await get(`extensions=${extensions}`)).json()).toEqual(ROLE);
    expect((await get(`documentId=${hashOf(CREATE)}`)).status).toBe(405);
    expect((await get(`query=${encodeURIComponent(VIEWER)}`)).status).toBe(400);
  });

  test.each<[string, AnyOperation]>([
    ['a text, be it one of the list', { query: VIEWER }],
    ['another text', { query: '{ payouts { nodes { id } } }' }],
    ['a hash that is not in the list', { documentId: hashOf('x') }],
    [
      'a text under a hash of its own',
      { ...apollo(hashOf('{ payouts { nodes { id } } }')), query: '{ payouts { nodes { id } } }' },
    ],
    ['a name that every object has', { documentId: 'constructor' }],
    ['nothing', {}],
    ['introspection', { query: '{ __schema { queryType { name } } }' }],
  ])('%s does not', async (_, operation) => {
    const before = edge.queries();
    for (const { errors, data } of await edge.ask(operation)) {
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } },
      ]);
      expect(data ?? null).toBeNull();
    }
    expect(edge.queries()).toBe(before);
  });

  test('the limits hold for them as for others', async () => {
    for (const { errors } of await edge.ask({ documentId: hashOf(PAGE), variables: { n: 100 } })) {
      expect(errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
    }
    for (const answer of await edge.ask({ documentId: hashOf(PAGE), variables: { n: 5 } })) {
      expect(answer).toEqual({ data: { payouts: { nodes: [] } } });
    }
  });
});

test('what is refused is charged to its caller all the same', async () => {
  const takePoints = vi.fn(async (_who: string, _what: string, _points: number) => 0);
  const edge = await openEdge({ trustedDocuments: new Map(), takePoints });
  for (const { errors } of await edge.ask({ query: VIEWER })) expect(errors).toHaveLength(1);
  // The sign-in of the socket is charged apart.
  expect(takePoints.mock.calls.filter(([who]) => who === `user:${ADMIN.sub}`)).toEqual(
    Array(2).fill([`user:${ADMIN.sub}`, 'query', 1]),
  );
  await edge.close();
});

describe('without a list', () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await openEdge();
  });
  afterAll(() => edge.close());

  test('a text runs, also beside a hash', async () => {
    for (const answer of await edge.ask({ query: VIEWER, ...apollo('x') })) expect(answer).toEqual(ROLE);
  });

  test('a hash alone is refused', async () => {
    for (const { errors } of await edge.ask({ documentId: hashOf(VIEWER) })) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});

describe('the dashboards’ own documents', () => {
  const OWN = new Map([[hashOf(PAGE), PAGE]]);

  test('are known by their hashes without a list, beside texts', async () => {
    const edge = await openEdge({ ownDocuments: OWN });
    for (const answer of await edge.ask({ documentId: hashOf(PAGE), variables: { n: 1 } })) {
      expect(answer).toEqual({ data: { payouts: { nodes: [] } } });
    }
    for (const answer of await edge.ask({ query: VIEWER })) expect(answer).toEqual(ROLE);
    await edge.close();
  });

  test('run beside a list that does not name them, and let nothing else in', async () => {
    const trustedDocuments = new Map([[hashOf(VIEWER), VIEWER]]);
    const edge = await openEdge({ ownDocuments: OWN, trustedDocuments });
    for (const { errors } of await edge.ask({ documentId: hashOf(PAGE), variables: { n: 1 } })) {
      expect(errors).toBeUndefined();
    }
    for (const answer of await edge.ask({ documentId: hashOf(VIEWER) })) expect(answer).toEqual(ROLE);
    for (const { errors } of await edge.ask({ query: PAGE })) {
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    await edge.close();
  });
});

describe('the setting', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payouts-documents-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(content: unknown): Promise<string> {
    const name = path.join(folder, `${hashOf(JSON.stringify(content)).slice(0, 8)}.json`);
    await writeFile(name, JSON.stringify(content));
    return name;
  }

  test('names the file that the service starts with', async () => {
    const app: RunningApp = await runApp({ TRUSTED_DOCUMENTS: await file(LIST), ROLE: 'api' });
    const token = await app.token(ADMIN);
    expect(await post(app.url, { documentId: hashOf(VIEWER) } as never, token)).toMatchObject(ROLE);
    const { errors } = await post(app.url, { query: VIEWER }, token);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    await app.close();
  });

  test('takes a list whose hashes say which they are, as codegen writes them', async () => {
    const list = await loadTrustedDocuments(await file({ [`sha256:${hashOf(VIEWER)}`]: VIEWER }), schema);
    expect(list).toEqual(new Map([[hashOf(VIEWER), VIEWER]]));
  });

  test.each<[string, unknown, RegExp]>([
    ['a list', [VIEWER], /is not an object/],
    ['a document that is no text', { abc: 1 }, /abc in .+: is not a text/],
    ['a document that is none', { abc: '{' }, /abc in .+Syntax Error/],
    ['a document of another schema', { abc: '{ cats }' }, /abc in .+cats/],
  ])('%s is refused at the start', async (_, content, message) => {
    await expect(loadTrustedDocuments(await file(content), schema)).rejects.toThrow(message);
  });
});

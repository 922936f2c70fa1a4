// In production a stranger finds nothing that helps: no GraphiQL, no sign-in links, no schema, no names.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { onBothTransports } from './ask.js';

let app: RunningApp;

beforeAll(async () => {
  app = await runApp({
    NODE_ENV: 'production',
    SHUTDOWN_DELAY: '0s',
    HOST: '127.0.0.1',
    REDIS_URL: inject('redisUrl'),
    JWT_ISSUER: 'https://issuer.example.com',
    JWT_AUDIENCE: 'payouts-api',
  });
});
afterAll(() => app.close());

const page = (path: string) =>
  fetch(`${app.url}${path}`, { headers: { accept: 'text/html' }, redirect: 'manual' });

test('there is no GraphiQL', async () => {
  const response = await page('/graphql');
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.headers.get('content-type') ?? '').not.toContain('text/html');
  expect(await response.text()).not.toMatch(/graphiql/i);
});

test.each(['/', '/dev/sign-in/admin', '/dev/mail', '/dev/mail/1.html'])('there is no %s', async (path) => {
  const response = await page(path);
  expect(response.status).toBe(404);
  expect(response.headers.get('set-cookie')).toBeNull();
});

test('the API itself answers, to tokens of its issuer', async () => {
  const { data } = await app.query({ query: '{ viewer { role } }' }, await app.token(ADMIN));
  expect(data).toEqual({ viewer: { role: 'ADMIN' } });
});

test.each([
  ['the schema', '{ __schema { types { name } } }'],
  ['a type', '{ __type(name: "Payout") { fields { name } } }'],
  ['the schema in a fragment', '{ ...S } fragment S on Query { a: __schema { queryType { name } } }'],
])('%s is not told', async (_, query) => {
  for (const { data, errors } of await onBothTransports(app, { query }, await app.token(ADMIN))) {
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  }
});

test.each<[string, string, object?]>([
  ['a field', '{ payoutz { totalCount } }'],
  ['a field of a type', '{ viewer { rol } }'],
  ['a type', '{ node(id: "x") { ... on Payot { id } } }'],
  ['an argument', '{ payouts(frist: 1) { totalCount } }'],
  ['an enum value', '{ payouts(filter: { status: { in: [FAILD] } }) { totalCount } }'],
  ['an input field', '{ payouts(filter: { statu: { in: [] } }) { totalCount } }'],
  [
    'an enum value by variable',
    'query ($s: [PayoutStatus!]) { payouts(filter: { status: { in: $s } }) { totalCount } }',
    { s: ['FAILD'] },
  ],
  [
    'an input field by variable',
    'query ($f: PayoutFilter) { payouts(filter: $f) { totalCount } }',
    { f: { statu: {} } },
  ],
])('a misspelt name of %s is not mended', async (_, query, variables = {}) => {
  const operation = { query, variables: { ...variables } };
  for (const { errors } of await onBothTransports(app, operation, await app.token(ADMIN))) {
    expect(errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean|FAILED|"status"|"role"/i);
  }
});

test('a type’s own name is told to everybody', async () => {
  for (const { data } of await onBothTransports(app, { query: '{ __typename }' }, await app.token(ADMIN))) {
    expect(data).toEqual({ __typename: 'Query' });
  }
});

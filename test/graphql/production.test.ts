// In production a stranger finds nothing that helps: no GraphiQL, no sign-in links.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';

let app: RunningApp;

beforeAll(async () => {
  app = await runApp({
    NODE_ENV: 'production',
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

test.each(['/', '/dev/sign-in/admin'])('there is no %s', async (path) => {
  const response = await page(path);
  expect(response.status).toBe(404);
  expect(response.headers.get('set-cookie')).toBeNull();
});

test('the API itself answers, to tokens of its issuer', async () => {
  const { data } = await app.query({ query: '{ viewer { role } }' }, await app.token(ADMIN));
  expect(data).toEqual({ viewer: { role: 'ADMIN' } });
});

// An API that is asked to end: it says so to the balancer, answers on for a while, and sends its connections away.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawSocket } from '../graphql/raw-socket.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';

let app: RunningApp;
beforeAll(async () => {
  app = await runApp({ SHUTDOWN_DELAY: '600ms' });
});
afterAll(() => app.close());

const ask = (path: string) => fetch(`${app.url}${path}`);

test('before, it is ready and keeps connections', async () => {
  const ready = await ask('/health/ready');
  expect([ready.status, ready.headers.get('connection')]).toEqual([200, 'keep-alive']);
});

test('meanwhile it is not ready, alive, and answers; then it is gone, and sockets know why', async () => {
  const token = await app.token(ADMIN);
  const socket = await RawSocket.signedIn(app.url, token);
  const began = performance.now();
  const ended = app.app.close();
  const ready = await ask('/health/ready');
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'stopping' }]);
  expect((await ask('/health/live')).status).toBe(200);
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ payouts { totalCount } }' }),
  });
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await answer.json()).toEqual({ data: { payouts: { totalCount: 0 } } });
  expect(await socket.closed).toBe(1001);
  expect(performance.now() - began).toBeGreaterThan(590);
  await ended;
  await expect(ask('/health/live')).rejects.toThrow();
});

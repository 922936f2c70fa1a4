// An error that nothing catches ends the process, and is told first: nobody knows what it left half-done.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startEndpoint } from '../support/endpoint.js';
import { newDataDir, startServer } from '../support/process.js';
import { JWT_SECRET } from '../support/running-app.js';
import { CONNECT_SECRET, createWorld, PLATFORM_SECRET } from '../support/world.js';

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, 'throw-at-signal.mjs')).href;

test('a rejection that nobody handles is logged, reported and the end', async () => {
  const [world, sentry, folder] = await Promise.all([createWorld(), startEndpoint(), newDataDir()]);
  const server = await startServer(folder, {
    DATABASE_URL: world.databaseUrl,
    STRIPE_SECRET_KEY: 'sk_test_app',
    STRIPE_API_URL: world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
    JWT_SECRET,
    SENTRY_DSN: `http://key@127.0.0.1:${sentry.port}/1`,
    NODE_OPTIONS: `--import ${PRELOAD}`,
  });
  expect(await server.end('SIGUSR2')).toBe(1);
  const said = server
    .output()
    .split('\n')
    .filter((line) => line.includes('nothing caught'));
  expect(said.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'fatal', stage: 'process', err: { message: expect.stringContaining('nobody waits') } },
  ]);
  expect(said[0]).not.toContain('jane@example.com');
  const reported = sentry.received.map(({ body }) => JSON.parse(body.toString().split('\n')[2] ?? ''));
  expect(reported).toMatchObject([
    { tags: { stage: 'process' }, exception: { values: [{ type: 'Error' }] } },
  ]);
  await Promise.all([world.close(), sentry.close(), rm(folder, { recursive: true, force: true })]);
}, 60_000);

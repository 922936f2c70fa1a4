// How the process lives and dies on a fresh machine: it keeps its data, ends cleanly, and leaves nothing behind.
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDataDir, runCommand, type ServerProcess, startServer } from '../support/process.js';
import { post } from '../support/running-app.js';

/** One machine for all tests: what one of them leaves running, the next one goes on with. */
let dataDir: string;
let server: ServerProcess | undefined;
let token: string | undefined;

beforeAll(async () => {
  dataDir = await newDataDir();
});
afterAll(async () => {
  if (isAlive(server)) await server.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

const isAlive = (one: ServerProcess | undefined): one is ServerProcess =>
  one?.child.exitCode === null && one.child.signalCode === null;

/** Starts it where it does not run. */
async function running(): Promise<ServerProcess> {
  if (!isAlive(server)) server = await startServer(dataDir);
  return server;
}

async function payoutsCount({ url }: ServerProcess): Promise<number> {
  token ??= await runCommand(dataDir, ['token']);
  const { data } = await post(url, { query: '{ payouts { totalCount } }' }, token);
  return data.payouts.totalCount;
}

async function databasePort(): Promise<number> {
  const { databaseUrl } = JSON.parse(await readFile(path.join(dataDir, 'running.json'), 'utf8'));
  return Number(new URL(databaseUrl).port);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}

test('SIGTERM ends it with code 0 and takes the database along; the data are there at the next start', async () => {
  const first = await running();
  const before = await payoutsCount(first);
  const port = await databasePort();
  expect(before).toBeGreaterThan(0);
  expect(await isOpen(port)).toBe(true);
  expect(await first.end('SIGTERM')).toBe(0);
  expect(await isOpen(port)).toBe(false);
  expect(await payoutsCount(await running())).toBe(before);
}, 60_000);

test('a second server on the same data refuses to start and says why', async () => {
  const first = await running();
  await expect(startServer(dataDir)).rejects.toThrow(/in use|another|already/i);
  expect(await payoutsCount(first)).toBeGreaterThan(0);
}, 60_000);

test('SIGKILL leaves no database behind; the next start works and the data are there', async () => {
  const first = await running();
  const before = await payoutsCount(first);
  const port = await databasePort();
  expect(await first.end('SIGKILL')).toBe('SIGKILL');
  await expect.poll(() => isOpen(port), { timeout: 15_000 }).toBe(false);
  expect(await payoutsCount(await running())).toBe(before);
}, 60_000);

test('a Ctrl-C that arrives twice, as npm makes it, still ends it in order', async () => {
  const first = await running();
  first.child.kill('SIGINT');
  expect(await first.end('SIGINT')).toBe(0);
  await expect(readFile(path.join(dataDir, 'running.json'))).rejects.toThrow('ENOENT');
}, 60_000);

test('production says everything that is missing, in one error', async () => {
  const failure = await startServer(dataDir, { NODE_ENV: 'production' }).catch(
    (error: Error) => error.message,
  );
  for (const name of [
    'DATABASE_URL',
    'REDIS_URL',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'JWT_SECRET',
  ]) {
    expect(failure).toContain(name);
  }
});

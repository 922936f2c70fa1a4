// The embedded Postgres in the hands of a process that behaves: start, keep, refuse, stop.
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/dev/embedded-postgres/start.js';
import { makeDataDir, newDataDir, postmasterPid, query, removeDataDir } from './host-process.js';

/** For the tests that only look at a running one. */
let running: EmbeddedPostgres;

beforeAll(async () => {
  running = await startEmbeddedPostgres({ dataDir: await makeDataDir(), durable: false });
});

afterAll(async () => {
  await running.stop();
  await removeDataDir(running.dataDir);
});

async function start(options: EmbeddedPostgresOptions) {
  const server = await startEmbeddedPostgres({ durable: false, ...options });
  onTestFinished(() => server.stop());
  return server;
}

test('starts in an empty place, keeps its data, and is gone after stop', async () => {
  const dataDir = await newDataDir();
  const first = await start({ dataDir, durable: true });
  await query(first.url('postgres'), 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  await first.stop();
  await expect(query(first.url('postgres'), 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  const second = await start({ dataDir, port: first.port });
  expect(second.port).toBe(first.port);
  expect(await query(second.url('postgres'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('is set up as promised, and lets nobody in without the password', async () => {
  const settings = await query(
    running.url('postgres'),
    `SELECT name, setting FROM pg_settings WHERE name = ANY('{listen_addresses, unix_socket_directories,
     max_connections, TimeZone, server_encoding, fsync}') ORDER BY lower(name)`,
  );
  expect(settings).toEqual([
    { name: 'fsync', setting: 'off' },
    { name: 'listen_addresses', setting: '127.0.0.1' },
    { name: 'max_connections', setting: '100' },
    { name: 'server_encoding', setting: 'UTF8' },
    { name: 'TimeZone', setting: 'UTC' },
    { name: 'unix_socket_directories', setting: '' },
  ]);
  const stranger = new URL(running.url('postgres'));
  stranger.password = 'guess';
  await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
});

test('refuses a second start on the same folder, and the first goes on', async () => {
  await expect(start({ dataDir: running.dataDir })).rejects.toMatchObject({
    code: 'IN_USE',
    message: expect.stringContaining(`Process ${process.pid} already runs`),
  });
  expect(await query(running.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('of two starts at the same moment one wins, on data that only one of them made', async () => {
  const dataDir = await newDataDir();
  const outcomes = await Promise.allSettled([start({ dataDir }), start({ dataDir })]);
  const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(lost.map(({ reason }) => reason.code)).toEqual(['IN_USE']);
  expect(await query(won[0]?.value.url('postgres') ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('leaves a folder of other files alone', async () => {
  const dataDir = await newDataDir();
  await mkdir(dataDir);
  await writeFile(path.join(dataDir, 'thesis.txt'), 'three years of work');
  await expect(start({ dataDir })).rejects.toMatchObject({ code: 'NOT_A_DATABASE' });
  expect(await readFile(path.join(dataDir, 'thesis.txt'), 'utf8')).toBe('three years of work');
});

test('a pid file whose number has passed to another process is no obstacle', async () => {
  const dataDir = await newDataDir();
  await (await start({ dataDir })).stop();
  // One that the server's user may signal: Postgres itself would take it for the old server.
  const other = await postmasterPid(running.dataDir);
  const stale = [other, dataDir, '1', '5432', '', '127.0.0.1', '', 'ready', ''].join('\n');
  await writeFile(path.join(dataDir, 'postmaster.pid'), stale);
  const server = await start({ dataDir });
  expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('says why it did not start, with the tail of the log', async () => {
  await expect(start({ dataDir: await newDataDir(), port: running.port })).rejects.toMatchObject({
    code: 'FAILED',
    message: expect.stringMatching(/set DATABASE_URL.*data\.log:.*Address already in use/s),
  });
});

test('says what to do where there is no Postgres for the platform', async () => {
  const arch = process.arch;
  onTestFinished(() => void Object.defineProperty(process, 'arch', { value: arch }));
  Object.defineProperty(process, 'arch', { value: 'sparc' });
  await expect(start({ dataDir: await newDataDir() })).rejects.toMatchObject({
    code: 'NOT_INSTALLED',
    message: expect.stringContaining('set DATABASE_URL'),
  });
});

test('discards the data where it is told to', async () => {
  const dataDir = await newDataDir();
  const server = await start({ dataDir, discard: true });
  await access(dataDir);
  await server.stop();
  expect(await readdir(path.dirname(dataDir))).toEqual([]);
});

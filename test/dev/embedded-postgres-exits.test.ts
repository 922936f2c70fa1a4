// The embedded Postgres in the hands of a process that dies: no end of its owner may leave a server behind, lose the
// data, or keep the next start from working.
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { access, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/embedded-postgres/start.js';
import {
  isRunning,
  makeDataDir,
  newDataDir,
  postmasterPid,
  query,
  removeDataDir,
  startHost,
} from './host-process.js';

/** Made once: each test here ends with a start that finds what was written before. */
let used: string;

beforeAll(async () => {
  used = await makeDataDir();
});

afterAll(() => removeDataDir(used));

async function startAgain(dataDir: string) {
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  onTestFinished(() => server.stop());
  return server;
}

/** Leaves a number in the database, anew for each test, and rows enough to make a shutdown take its time. */
async function writeDown(url: string): Promise<number> {
  const answer = randomInt(1_000_000);
  const rows = `SELECT ${answer} AS answer FROM generate_series(1, 100000)`;
  await query(url, `DROP TABLE IF EXISTS kept; CREATE TABLE kept AS ${rows}`);
  return answer;
}

async function readBack(server: EmbeddedPostgres): Promise<unknown> {
  const rows = await query(server.url('postgres'), 'SELECT DISTINCT answer FROM kept');
  return (rows as { answer: number }[]).map((row) => row.answer);
}

const gone = { interval: 20, timeout: 10_000 };

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} to the owner stops the server, and the data is there at the next start`, async () => {
    const host = startHost(used);
    const { url } = await host.next();
    const answer = await writeDown(url);
    const pid = await postmasterPid(used);
    host.process.kill(signal);
    await expect.poll(() => isRunning(pid), gone).toBe(false);
    await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await expect(access(path.join(used, 'postmaster.pid'))).rejects.toThrow('ENOENT'); // a clean shutdown
    const server = await startAgain(used);
    expect(await readBack(server)).toEqual([answer]);
  });
}

test('a start straight after kill -9 waits for the old server', async () => {
  const host = startHost(used);
  const { url } = await host.next();
  const answer = await writeDown(url);
  await host.kill();
  const server = await startAgain(used);
  expect(await readBack(server)).toEqual([answer]);
});

test('a server that lost owner and supervisor is stopped by the next start', async () => {
  const host = startHost(used);
  const { url } = await host.next();
  const answer = await writeDown(url);
  const pid = await postmasterPid(used);
  process.kill(await parentOf(pid), 'SIGKILL');
  await host.kill();
  expect(isRunning(pid)).toBe(true);
  const server = await startAgain(used);
  expect(await postmasterPid(used)).not.toBe(pid);
  expect(await readBack(server)).toEqual([answer]);
});

test('stop ends the server also after its supervisor was killed', async () => {
  const server = await startAgain(used);
  const pid = await postmasterPid(used);
  process.kill(await parentOf(pid), 'SIGKILL');
  await server.stop();
  await expect(access(path.join(used, 'postmaster.pid'))).rejects.toThrow('ENOENT');
});

test('a supervisor that is asked to end stays on its post', async () => {
  const host = startHost(used);
  await host.next();
  const pid = await postmasterPid(used);
  process.kill(await parentOf(pid), 'SIGTERM');
  await host.kill();
  await expect.poll(() => isRunning(pid), gone).toBe(false);
});

test('Ctrl-C reaches the owner and not the server', async () => {
  const host = startHost(used);
  await host.next();
  process.kill(-(host.process.pid ?? 0), 'SIGINT');
  expect(await host.next()).toEqual({ answers: true });
});

test('a start that was killed half way leaves no folder that looks finished', async () => {
  const dataDir = await newDataDir();
  const folder = path.dirname(dataDir);
  const host = startHost(dataDir);
  await expect.poll(() => initialised(folder), { interval: 5, timeout: 10_000 }).toBe(true);
  await host.kill();
  await expect(access(dataDir)).rejects.toThrow('ENOENT');
  const server = await startAgain(dataDir);
  expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('the next start sweeps up after one that was killed half way', async () => {
  const dataDir = await newDataDir();
  const dead = startHost(dataDir);
  await dead.kill();
  await mkdir(`${dataDir}.init-${dead.process.pid}-abcdef/data/base`, { recursive: true });
  await startAgain(dataDir);
  const names = await readdir(path.dirname(dataDir));
  expect(names).toContain('data');
  expect(names.filter((name) => name.startsWith('data.init-'))).toEqual([]);
});

test('data to be discarded goes also if the owner is killed', async () => {
  const dataDir = await newDataDir();
  const host = startHost(dataDir, { discard: true });
  await host.next();
  await host.kill();
  await expect.poll(() => readdir(path.dirname(dataDir)), gone).toEqual([]);
});

/** Whether initdb has begun to fill its folder. */
async function initialised(folder: string): Promise<boolean> {
  const [scratch] = (await readdir(folder)).filter((name) => name.startsWith('data.init-'));
  const names = scratch ? await readdir(path.join(folder, scratch, 'data')).catch(() => []) : [];
  return names.length > 0;
}

async function parentOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]);
  return Number(stdout);
}

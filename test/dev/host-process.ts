// Starts and watches `host.ts`, and looks at what it leaves behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { onTestFinished } from 'vitest';

export interface Host {
  process: ChildProcess;
  /** The next line it prints, parsed; rejects if it ends instead. */
  next(): Promise<{ url: string; port: number; answers: boolean }>;
  /** kill -9, and waits until the process itself (not its server) is gone. */
  kill(): Promise<void>;
}

/** The path of a data folder that does not exist yet, with a space in it; gone after the test. */
export async function newDataDir(): Promise<string> {
  const dataDir = await makeDataDir();
  onTestFinished(() => removeDataDir(dataDir));
  return dataDir;
}

/** As {@link newDataDir}, to be removed by the caller. */
export async function makeDataDir(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'embedded postgres-'));
  await chmod(folder, 0o711); // as root, the server runs as somebody else, who must get through
  return path.join(folder, 'data');
}

export async function removeDataDir(dataDir: string): Promise<void> {
  // A server that is about to end may still be writing.
  await rm(path.dirname(dataDir), { recursive: true, force: true, maxRetries: 10 });
}

/** In a process group of its own, as a shell starts a command, so that a test can press Ctrl-C. */
export function startHost(dataDir: string, options: object = {}): Host {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const script = path.join(import.meta.dirname, 'host.ts');
  const args = ['--import', tsx, script, dataDir, JSON.stringify(options)];
  const host = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
  const exited = once(host, 'exit');
  const kill = async () => {
    host.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return { process: host, next: async () => JSON.parse((await lines.next()).value ?? '"it ended"'), kill };
}

/** The first line of the server's pid file. */
export async function postmasterPid(dataDir: string): Promise<number> {
  return Number((await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

// The built product as a process of its own, as a user starts it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { watch } from './canary.js';

const ROOT = path.join(import.meta.dirname, '../..');

export interface ServerProcess {
  url: string;
  child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Resolves when it has ended, by itself or not: to the exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Sends the signal and waits for the end. @returns the exit code, or the signal that ended it */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** A new folder for a server's data; the unprivileged user that root's Postgres runs as can enter it. */
export async function newDataDir(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-e2e-'));
  await chmod(folder, 0o711);
  return folder;
}

/** Starts `node dist/main.js` on `dataDir` and waits until it says that it is up. */
export async function startServer(
  dataDir: string,
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
    cwd: ROOT,
    env: environmentOf(dataDir, environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const ended = once(child, 'exit').then(([code, by]) => code ?? by ?? 1) as Promise<number | NodeJS.Signals>;
  const url = await new Promise<string>((resolve, reject) => {
    const read = (line: string) => {
      lines.push(line);
      watch('output', line);
      const found = urlIn(line);
      if (found) resolve(found);
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
    ended.then(() => reject(new Error(`the server ended at its start:\n${lines.join('\n')}`)), reject);
  });
  return {
    url,
    child,
    output: () => lines.join('\n'),
    ended,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs `payouts COMMAND …` to its end. @throws when it exits with a code other than 0 */
export async function runCommand(
  dataDir: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli.js', ...args], {
    cwd: ROOT,
    env: environmentOf(dataDir, environment),
  });
  return stdout.trim();
}

/** Nothing of the developer's own settings: a fresh machine has none. */
function environmentOf(dataDir: string, environment: Record<string, string>): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'debug',
    ...environment,
  };
}

function urlIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
  return msg === 'payouts is up' ? url : undefined;
}

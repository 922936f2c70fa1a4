// Runs the server on a data folder that is ready for it, and waits until it accepts connections.
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, USE_YOUR_OWN } from './errors.js';
import { freePort } from './free-port.js';
import { assertNotTaken, readPidFile, signature } from './postmaster.js';
import { logFile, logTail, openLog } from './server-log.js';
import type { Place } from './server-user.js';
import { type Supervised, supervise } from './supervisor.js';

export interface LaunchOptions {
  /** A free one if undefined. */
  port: number | undefined;
  durable: boolean;
  /** Files and folders to delete once the server has ended. */
  removeAfter: string[];
}

export interface Launched {
  server: Supervised;
  port: number;
}

/** How long a server may take to accept connections, crash recovery included, in milliseconds. */
const PATIENCE = 120_000;

/** Throws `IN_USE` if another process was quicker, `FAILED` if the server ends before it is ready. */
export async function launch(postgres: string, place: Place, options: LaunchOptions): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const server = await start(postgres, place, port, options);
    if (await becomesReady(server, place.dataDir)) return { server, port };
    await assertNotTaken(place.dataDir);
    const log = await logTail(place.dataDir);
    // Somebody else took the free port between our look and the server's.
    const unlucky = options.port === undefined && log.includes('could not bind');
    if (!unlucky || attempt === 3) throw failed(place.dataDir, log);
  }
}

async function start(
  postgres: string,
  { dataDir, user }: Place,
  port: number,
  { durable, removeAfter }: LaunchOptions,
): Promise<Supervised> {
  const log = await openLog(dataDir);
  const args = [...(await signature(dataDir)), '-p', String(port), ...settings(durable)];
  try {
    return await supervise({ file: postgres, args, log: log.fd, user, removeAfter });
  } catch (cause) {
    throw failed(dataDir, await logTail(dataDir), cause);
  } finally {
    await log.close();
  }
}

function settings(durable: boolean): string[] {
  const always = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    'timezone=UTC',
    'log_checkpoints=off',
  ];
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  return [...always, ...(durable ? [] : careless)].flatMap((setting) => ['-c', setting]);
}

/** False if the server ended instead. */
async function becomesReady(server: Supervised, dataDir: string): Promise<boolean> {
  const deadline = Date.now() + PATIENCE;
  while (server.exitCode() === undefined) {
    const found = await readPidFile(dataDir);
    if (found?.ready && found.pid === server.pid) return true;
    if (Date.now() > deadline) await server.stop();
    await sleep(10);
  }
  return false;
}

function failed(dataDir: string, log: string, cause?: unknown): EmbeddedPostgresError {
  const message = `The embedded Postgres did not start. ${USE_YOUR_OWN}\n${logFile(dataDir)}:\n${log}`;
  return new EmbeddedPostgresError('FAILED', message, { cause });
}

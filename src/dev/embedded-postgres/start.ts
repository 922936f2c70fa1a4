// The database of a fresh machine: a real Postgres from npm packages, started by us and gone when we are gone.
import { type Binaries, prepareBinaries } from './binaries.js';
import { DATABASE_USER, ensureDataDir, readPassword } from './data-dir.js';
import { launch } from './launch.js';
import { clearTheWay, readPidFile, stopLeftOver } from './postmaster.js';
import { logFile } from './server-log.js';
import { choosePlace, type Place } from './server-user.js';
import type { Supervised } from './supervisor.js';

export interface EmbeddedPostgresOptions {
  /** Kept between starts; made at the first one. Its siblings `dataDir.*` are ours as well (the log). */
  dataDir: string;
  /** A free one by default. */
  port?: number;
  /** False trades the data for speed (no fsync): for tests. True by default. */
  durable?: boolean;
  /** Deletes the data once the server has stopped, even if this process is killed: for tests. */
  discard?: boolean;
}

export interface EmbeddedPostgres {
  /** The connection string of a database on it, password included; the database need not exist yet. */
  url(database: string): string;
  port: number;
  /** Where the data lies: not where it was asked for if root's unprivileged user cannot enter there. */
  dataDir: string;
  /** Shuts the server down cleanly and waits for it. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts Postgres on `127.0.0.1`. It stops when `stop` is called or this process ends, in whatever way; a server
 * that outlived its owner all the same is stopped at the next start.
 *
 * Throws an `EmbeddedPostgresError`, whose `code` says which of its causes it was.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const durable = options.durable ?? true;
  const place = await choosePlace(options.dataDir);
  const binaries = await prepareBinaries(place);
  await clearTheWay(place.dataDir);
  await ensureDataDir(place, binaries, durable);
  const login = `${DATABASE_USER}:${await readPassword(place.dataDir)}`;
  const removeAfter = options.discard ? everything(place, binaries) : [];
  const { server, port } = await launch(binaries.postgres, place, {
    port: options.port,
    durable,
    removeAfter,
  });
  server.unref();
  return {
    url: (database) => `postgresql://${login}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    port,
    dataDir: place.dataDir,
    stop: () => stop(server, place.dataDir),
  };
}

function everything({ dataDir }: Place, { copy }: Binaries): string[] {
  return [dataDir, logFile(dataDir), ...(copy ? [copy] : [])];
}

async function stop(server: Supervised, dataDir: string): Promise<void> {
  await server.stop();
  // Where the supervisor was killed, its server lives on.
  const left = await readPidFile(dataDir);
  if (left?.pid === server.pid) await stopLeftOver(server.pid, dataDir);
}

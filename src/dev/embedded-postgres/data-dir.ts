// Makes the data folder with initdb. It is made under another name and renamed when complete, so that a start killed
// half way leaves nothing that looks like a database.
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError, USE_YOUR_OWN } from './errors.js';
import { identify } from './process-table.js';
import { logFile, logTail, openLog } from './server-log.js';
import type { Place, ServerUser } from './server-user.js';
import { supervise } from './supervisor.js';

/** The one database user: a superuser of the embedded server. */
export const DATABASE_USER = 'payouts';

const PASSWORD_FILE = 'launcher.password';

/** Makes the data folder unless it is there. Throws `NOT_A_DATABASE` if something else is there. */
export async function ensureDataDir(place: Place, binaries: Binaries, durable: boolean): Promise<void> {
  await sweep(place.dataDir);
  const names = await readdir(place.dataDir).catch((): string[] => []);
  if (names.includes('PG_VERSION')) return;
  if (names.length > 0) throw notADatabase(place.dataDir);
  const scratch = await mkdtemp(`${place.dataDir}.init-${process.pid}-`);
  try {
    await initialise(scratch, place, binaries, durable);
    await rename(path.join(scratch, 'data'), place.dataDir).catch(unlessMadeMeanwhile);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The password that {@link DATABASE_USER} was given: loopback alone would let in every user of the machine. */
export async function readPassword(dataDir: string): Promise<string> {
  return readFile(path.join(dataDir, PASSWORD_FILE), 'utf8');
}

async function initialise(
  scratch: string,
  place: Place,
  binaries: Binaries,
  durable: boolean,
): Promise<void> {
  const passwordFile = path.join(scratch, 'password');
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  for (const owned of [scratch, passwordFile]) await give(owned, place.user);
  const log = await openLog(place.dataDir);
  try {
    const args = initdbArgs(path.join(scratch, 'data'), passwordFile, durable);
    const initdb = await supervise({ file: binaries.initdb, args, log: log.fd, user: place.user });
    if ((await initdb.exited) !== 0) throw new Error('initdb failed');
  } catch (cause) {
    throw await initdbFailed(place.dataDir, cause);
  } finally {
    await log.close();
  }
  await rename(passwordFile, path.join(scratch, 'data', PASSWORD_FILE));
}

function initdbArgs(dataDir: string, passwordFile: string, durable: boolean): string[] {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // The password is 192 random bits: stretching it would only slow every connection down.
  const access = [`--username=${DATABASE_USER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const cheap = ['--set', 'scram_iterations=1'];
  const sync = durable ? [] : ['--no-sync'];
  return ['--pgdata', dataDir, ...locale, ...access, ...cheap, ...sync, '--no-instructions'];
}

/** Removes what earlier, killed starts left of their attempts. */
async function sweep(dataDir: string): Promise<void> {
  const prefix = `${path.basename(dataDir)}.init-`;
  const parent = path.dirname(dataDir);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (await identify(pid)) continue;
    // An initdb whose parent died may still be cleaning up after itself; the next start gets the rest.
    await rm(path.join(parent, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

async function give(file: string, user: ServerUser | undefined): Promise<void> {
  if (user) await chown(file, user.uid, user.gid);
}

function unlessMadeMeanwhile(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

function notADatabase(dataDir: string): EmbeddedPostgresError {
  const message = `${dataDir} holds files, but no Postgres database. Move them away or use another folder.`;
  return new EmbeddedPostgresError('NOT_A_DATABASE', message);
}

async function initdbFailed(dataDir: string, cause: unknown): Promise<EmbeddedPostgresError> {
  const message = `The embedded Postgres could not make its data folder. ${USE_YOUR_OWN}`;
  const log = `${logFile(dataDir)}:\n${await logTail(dataDir)}`;
  return new EmbeddedPostgresError('FAILED', `${message}\n${log}`, { cause });
}

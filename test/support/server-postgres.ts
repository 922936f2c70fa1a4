// A Postgres server with its tools (pg_dump, pg_restore, psql) as a package of the system brings it, such as Debian's
// `postgresql`: the embedded one has no tools. It runs on a folder of its own and ends with this process.
import { execFile } from 'node:child_process';
import { chown, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../src/dev/embedded-postgres/free-port.js';
import { choosePlace, type ServerUser } from '../../src/dev/embedded-postgres/server-user.js';
import { supervise } from '../../src/dev/embedded-postgres/supervisor.js';
import { asAdmin } from './database.js';

const run = promisify(execFile);

/** Where Debian, Red Hat and Homebrew put them. */
const PLACES = ['/usr/lib/postgresql', '/usr', '/opt/homebrew/opt', '/usr/local/opt'];

export interface ServerPostgres {
  url(database: string): string;
  stop(): Promise<void>;
}

/** The folder with the server and its tools, the newest where there are several; null, said loudly: there is none. */
export async function findPostgresTools(): Promise<string | null> {
  for (const place of PLACES) {
    const names = await readdir(place).catch((): string[] => []);
    const folders = names
      .sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a))
      .map((name) => path.join(place, name, 'bin'));
    for (const folder of [...folders, path.join(place, 'bin')]) {
      const there = new Set(await readdir(folder).catch((): string[] => []));
      if (['initdb', 'postgres', 'pg_dump', 'pg_restore', 'psql'].every((name) => there.has(name)))
        return folder;
    }
  }
  console.warn(
    '\n*** NO POSTGRES WITH ITS TOOLS: BACKUP AND RESTORE ARE NOT TESTED. Install the package postgresql. ***\n',
  );
  return null;
}

/** @param epoch of its transaction ids: a higher one makes a server that has worked for longer than any other */
export async function startServerPostgres(tools: string, epoch: number): Promise<ServerPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-server-'));
  const dataDir = path.join(folder, 'data');
  const { user } = await choosePlace(dataDir);
  if (user) await chown(folder, user.uid, user.gid);
  const tool = (name: string, ...args: string[]) => run(path.join(tools, name), args, asUser(user));
  await tool(
    'initdb',
    '--pgdata',
    dataDir,
    '--username=payouts',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  );
  await tool('pg_resetwal', '--epoch', String(epoch), '--pgdata', dataDir);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', `port=${port}`];
  const log = await open(path.join(folder, 'log'), 'w');
  const args = ['-D', dataDir, ...settings.flatMap((one) => ['-c', one])];
  const server = await supervise({
    file: path.join(tools, 'postgres'),
    args,
    log: log.fd,
    user,
    removeAfter: [folder],
  });
  await log.close();
  const url = (database: string) => `postgresql://payouts:unused@127.0.0.1:${port}/${database}`;
  await accepts(url('postgres'), server.exitCode);
  server.unref();
  return {
    url,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root. */
const asUser = (user: ServerUser | undefined) => ({ ...user, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' } });

/** Until it answers; while it starts, it takes connections and refuses them. */
async function accepts(url: string, exitCode: () => number | undefined): Promise<void> {
  while (exitCode() === undefined) {
    const answers = await asAdmin(url, 'SELECT 1').then(
      () => true,
      () => false,
    );
    if (answers) return;
    await sleep(20);
  }
  throw new Error(`Postgres ended with code ${exitCode()}`);
}

// Who runs the server and where it can keep its files. Postgres refuses to run as root, so root steps down to an
// unprivileged user, and that user may be unable to enter the folder root works in (a checkout under /root).
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError, USE_YOUR_OWN } from './errors.js';

export interface ServerUser {
  uid: number;
  gid: number;
}

export interface Place {
  /** Absolute, with symbolic links resolved: two spellings of one folder are one place. */
  dataDir: string;
  /** Undefined where we are an ordinary user and run the server as ourselves. */
  user: ServerUser | undefined;
}

/** Where root keeps the data if the server's user cannot enter the folder that was asked for. */
const ROOTS_STORE = '/var/lib/payouts-embedded-postgres';

/** Decides on the data folder and the server's user; makes the folder's parents. */
export async function choosePlace(requested: string): Promise<Place> {
  const dataDir = await canonical(path.resolve(requested));
  if (process.getuid?.() !== 0) return { dataDir, user: undefined };
  const user = (await ownerOf(dataDir)) ?? (await unprivilegedUser());
  if (await canEnter(path.dirname(dataDir), user)) return { dataDir, user };
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  await mkdir(ROOTS_STORE, { recursive: true });
  await chmod(ROOTS_STORE, 0o711); // whatever the umask says, the server's user must get through
  return { dataDir: path.join(ROOTS_STORE, key), user };
}

/** Whether `user` may pass through `folder` and every folder above it. */
export async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  const { uid, gid, mode } = await stat(folder);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = path.dirname(folder);
  return parent === folder || canEnter(parent, user);
}

async function canonical(dataDir: string): Promise<string> {
  await mkdir(path.dirname(dataDir), { recursive: true });
  const parent = await realpath(path.dirname(dataDir));
  return realpath(dataDir).catch(() => path.join(parent, path.basename(dataDir)));
}

/** Data that an ordinary user made stays that user's when root starts it. */
async function ownerOf(dataDir: string): Promise<ServerUser | undefined> {
  const owner = await stat(dataDir).catch(() => undefined);
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : undefined;
}

async function unprivilegedUser(): Promise<ServerUser> {
  const rows = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody');
  if (row) return { uid: Number(row[2]), gid: Number(row[3]) };
  throw new EmbeddedPostgresError(
    'NO_SERVER_USER',
    `Postgres does not run as root, and there is no user "postgres" or "nobody" to run it as. ` +
      `Start as an ordinary user. ${USE_YOUR_OWN}`,
  );
}

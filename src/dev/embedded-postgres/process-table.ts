// What the operating system knows of a process: a name for it that is never used twice, and its command line.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * `pid:start`. A bare pid may be given to a later process, this may not.
 * Undefined once the process is gone; a zombie (killed, its parent has not noticed) counts as gone.
 */
export async function identify(pid: number): Promise<string | undefined> {
  if (process.platform === 'win32') return isSignalable(pid) ? `${pid}:` : undefined;
  const { state, start } = await (process.platform === 'linux' ? fromProc(pid) : fromPs(pid));
  return state === '' || state.startsWith('Z') ? undefined : `${pid}:${start}`;
}

/** Whether the process that {@link identify} gave this name to is still there. */
export async function isAlive(identity: string): Promise<boolean> {
  return (await identify(Number.parseInt(identity, 10))) === identity;
}

/** Program and arguments, joined by spaces. Empty for a zombie; undefined if it is gone or cannot be told. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  if (process.platform !== 'linux') return ps(pid, 'command=');
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return raw?.replaceAll('\0', ' ').trim();
}

interface ProcessState {
  /** As `ps` prints it, e.g. `S`; empty if there is no such process. */
  state: string;
  start: string;
}

async function fromProc(pid: number): Promise<ProcessState> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // "pid (name) state …": the name may hold spaces and brackets. The start time is field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}

async function fromPs(pid: number): Promise<ProcessState> {
  const [state = '', ...start] = ((await ps(pid, 'state=,lstart=')) ?? '').split(/\s+/);
  return { state, start: start.join('-') };
}

async function ps(pid: number, columns: string): Promise<string | undefined> {
  // Two processes with different locales or time zones must read the same start time.
  const env = { LC_ALL: 'C', TZ: 'UTC' };
  const answer = await run('/bin/ps', ['-ww', '-o', columns, '-p', String(pid)], { env }).catch(
    () => undefined,
  );
  return answer?.stdout.trim();
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

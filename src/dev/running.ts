// Where the parts that `npm start` embedded can be reached, so that a command beside it uses them and starts no second
// database on the same data.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface RunningParts {
  /** The process that owns them. */
  pid: number;
  databaseUrl?: string;
  simulatorUrl?: string;
}

const fileIn = (dataDir: string) => path.join(dataDir, 'running.json');

/** Null where nobody runs: also where the owner was killed and left its note behind. */
export async function findRunning(dataDir: string): Promise<RunningParts | null> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => null);
  if (text === null) return null;
  const parts = JSON.parse(text) as RunningParts;
  return isAlive(parts.pid) ? parts : null;
}

/** Readable by its owner alone: the database's password is in it. */
export async function noteRunning(dataDir: string, parts: RunningParts): Promise<void> {
  await writeFile(fileIn(dataDir), JSON.stringify(parts), { mode: 0o600 });
}

export async function forgetRunning(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

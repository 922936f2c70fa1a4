// Postgres's own log: a file beside the data folder, begun anew at each start so that it stays small.
import { type FileHandle, open, readFile } from 'node:fs/promises';

/** How much of the log an error message quotes, in characters. */
const TAIL = 2_000;

/** `/srv/app/.data/postgres` logs to `/srv/app/.data/postgres.log`. */
export function logFile(dataDir: string): string {
  return `${dataDir}.log`;
}

/** Opens it, emptied, for a server to append to: of two that race for one folder, neither overwrites the other. */
export async function openLog(dataDir: string): Promise<FileHandle> {
  const file = await open(logFile(dataDir), 'a', 0o600);
  await file.truncate(0);
  return file;
}

/** The end of it, for an error message; empty if there is none. */
export async function logTail(dataDir: string): Promise<string> {
  const text = await readFile(logFile(dataDir), 'utf8').catch(() => '');
  return text.slice(-TAIL).trim();
}

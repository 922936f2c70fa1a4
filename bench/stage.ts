// What a benchmark stands on: databases of its own, filled in, and the servers that are measured, all gone at its end.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from './database.js';
import { fill } from './fill.js';
import type { Server, ServerSettings } from './servers.js';

export interface Stage {
  jwtSecret: string;
  /** A database with so many payouts, and what a server on it needs. */
  database(rows: number): Promise<ServerSettings>;
  /** Ends the server with the stage. */
  start(server: Promise<Server>): Promise<Server>;
}

export async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  /** In the order of starting; they end in the opposite one. */
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const folder = await newFolder();
    stops.push(() => rm(folder, { recursive: true, force: true }));
    await work(stageIn(folder, stops));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function stageIn(folder: string, stops: (() => Promise<unknown>)[]): Stage {
  const jwtSecret = randomBytes(32).toString('hex');
  let databases = 0;
  return {
    jwtSecret,
    async database(rows) {
      const home = path.join(folder, String(databases++));
      const database = await openDatabase(home);
      stops.push(() => database.drop());
      console.log(`Filling in ${rows.toLocaleString('en')} payouts …`);
      await fill(database.url, rows);
      return { databaseUrl: database.url, jwtSecret, dataDir: path.join(home, 'data') };
    },
    async start(starting) {
      const server = await starting;
      stops.push(() => server.stop());
      return server;
    },
  };
}

/** The unprivileged user that root's Postgres runs as can enter it. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-bench-'));
  await chmod(folder, 0o711);
  return folder;
}

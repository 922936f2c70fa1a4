// One database for each test file, cloned from the template that global-setup.ts has migrated: a clone takes some
// 40 ms, and files that run side by side never see each other's rows.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  url: string;
  /** Removes it and cuts whatever is still connected to it. Safe to call twice. */
  drop(): Promise<void>;
}

/** Every database of one run has a name that begins with that of its template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = inject('pgTemplate');
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await clone(template, name);
  return {
    url: databaseUrl(inject('pgUrl'), name),
    drop: () => asAdmin(inject('pgUrl'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** The same server and login, another database. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on a connection of its own. */
export async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function clone(template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await asAdmin(inject('pgUrl'), `CREATE DATABASE ${name} TEMPLATE ${template}`);
    } catch (error) {
      // 55006: somebody looks at the template, such as a client that has not quite gone.
      if ((error as pg.DatabaseError).code !== '55006' || attempt === 20) throw error;
      await sleep(50);
    }
  }
}

// Plants each bug in a copy of the code and runs the tests that must notice it: `npm run planted-bugs [-- NAME …]`.
// Ends with 1 when a bug survives, so that whoever weakens a test learns it.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/start.js';
import { startRedis } from '../support/redis.js';
import { PLANTED_BUGS } from './bugs.js';
import { copyCode, type Edited, plant } from './copy.js';
import type { PlantedBug } from './planted-bug.js';
import { runTests, type Verdict } from './verdict.js';

/** Of every run: the servers are started once. */
interface Servers {
  environment: Record<string, string>;
  stop(): Promise<void>;
}

async function startServers(): Promise<Servers> {
  const dataDir = path.join(tmpdir(), `payouts-planted-${randomBytes(8).toString('hex')}`);
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, discard: true });
  const redis = await startRedis();
  return {
    environment: { TEST_DATABASE_URL: postgres.url('postgres'), TEST_REDIS_URL: redis.url },
    async stop() {
      await Promise.all([postgres.stop(), redis.stop()]);
    },
  };
}

/** @throws Error on a name that no bug has */
function chosen(names: readonly string[]): readonly PlantedBug[] {
  const unknown = names.filter((name) => !PLANTED_BUGS.some((bug) => bug.name === name));
  if (unknown.length > 0) throw new Error(`no such bug: ${unknown.join(', ')}`);
  return names.length === 0 ? PLANTED_BUGS : PLANTED_BUGS.filter(({ name }) => names.includes(name));
}

/** A test that fails anyway notices nothing. */
async function expectHealthy(folder: string, bugs: readonly PlantedBug[], { environment }: Servers) {
  const tests = [...new Set(bugs.flatMap((bug) => bug.tests))];
  const { noticedBy, ran } = await runTests(folder, tests, environment);
  if (noticedBy !== null || !ran)
    throw new Error(`the tests fail without any bug: ${noticedBy ?? tests.join(', ')}`);
}

async function tryBug(folder: string, bug: PlantedBug, { environment }: Servers): Promise<Verdict> {
  const planted: Edited = await plant(folder, bug);
  try {
    return await runTests(folder, bug.tests, environment);
  } finally {
    await planted.restore();
  }
}

/** @returns whether it was noticed */
async function report(folder: string, bug: PlantedBug, servers: Servers): Promise<boolean> {
  const startedAt = performance.now();
  const { noticedBy, ran } = await tryBug(folder, bug, servers);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  const outcome = noticedBy ?? (ran ? `SURVIVED: ${bug.breaks}` : 'THE TESTS DID NOT RUN');
  console.log(`${bug.name.padEnd(28)}${seconds} s  ${outcome}`);
  return noticedBy !== null;
}

async function main(names: readonly string[]): Promise<void> {
  const bugs = chosen(names);
  const servers = await startServers();
  const folder = await copyCode();
  try {
    await expectHealthy(folder, bugs, servers);
    let noticed = 0;
    for (const bug of bugs) if (await report(folder, bug, servers)) noticed += 1;
    console.log(`\n${noticed} of ${bugs.length} planted bugs were noticed.`);
    if (noticed < bugs.length) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await servers.stop();
  }
}

await main(process.argv.slice(2));

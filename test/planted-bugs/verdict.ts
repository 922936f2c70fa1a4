// Runs test files in a folder and says which test failed first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

export interface Verdict {
  /** A test that failed, by its file and name; null: none did. */
  noticedBy: string | null;
  /** Tests were run: a file that cannot be loaded, or whose tests cannot be prepared, has noticed nothing. */
  ran: boolean;
}

interface JsonReport {
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** A test that fails because the machine is busy would pass for one that has noticed. */
const PATIENT = ['--testTimeout=120000', '--hookTimeout=120000'];

export async function runTests(
  folder: string,
  tests: readonly string[],
  environment: Record<string, string>,
): Promise<Verdict> {
  const reportFile = path.join(folder, 'report.json');
  await rm(reportFile, { force: true });
  const vitest = path.join(folder, 'node_modules/vitest/vitest.mjs');
  const report = ['--reporter=json', `--outputFile=${reportFile}`];
  const args = [vitest, 'run', '--bail=1', ...PATIENT, ...report, ...tests];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  await once(child, 'exit');
  return verdictOf(JSON.parse(await readFile(reportFile, 'utf8')));
}

function verdictOf({ testResults }: JsonReport): Verdict {
  const results = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, fullName }) => ({ status, told: `${path.basename(name)}: ${fullName}` })),
  );
  return {
    noticedBy: results.find(({ status }) => status === 'failed')?.told ?? null,
    ran:
      results.some(({ status }) => status === 'passed' || status === 'failed') &&
      !testResults.some(isUnprepared),
  };
}

/** It failed, and none of its tests did. */
const isUnprepared = ({ status, assertionResults }: JsonReport['testResults'][number]): boolean =>
  status === 'failed' && assertionResults.every((one) => one.status !== 'failed');

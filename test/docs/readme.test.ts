// The README's commands, in a shell, against a server with its demo data: what a reader pastes does what it says.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { seedDemo } from '../../src/dev/demo.js';
import { reaches } from '../graphql/ask.js';
import { ADMIN, JWT_SECRET, type RunningApp, runApp } from '../support/running-app.js';
import { CONNECT_SECRET, PLATFORM_SECRET } from '../support/world.js';
import { ROOT } from './examples.js';

// Each command is a process of its own, and some start from the sources.
vi.setConfig({ testTimeout: 60_000 });

let app: RunningApp;
let admin: string;
let dataDir: string;
/** The blocks of the README, by how they begin. */
let blocks: string[];

beforeAll(async () => {
  app = await runApp();
  admin = await app.token(ADMIN);
  dataDir = await mkdtemp(path.join(tmpdir(), 'payouts-readme-'));
  await seedDemo({ ...app.world.deps, pool: app.world.db.pool, simulator: app.world.simulator });
  const text = await readFile(path.join(ROOT, 'README.md'), 'utf8');
  const running = { simulatorUrl: app.world.simulatorUrl };
  await writeFile(path.join(dataDir, 'running.json'), JSON.stringify(running));
  blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
});
afterAll(async () => {
  await app.close();
  await rm(dataDir, { recursive: true });
});

/** What the reader's terminal has: `curl`, a token, and the other commands of `npm run payouts` from the sources. */
const TERMINAL = `
curl() { "$NODE" "$CURL" "$@"; }
npm() {
  while [ "$1" != -- ]; do shift; done; shift
  if [ "$1" = token ]; then echo "$ADMIN"; else "$NODE" --import tsx src/cli.ts "$@"; fi
}
`;

function paste(code: string) {
  const there = (TERMINAL + code)
    .replaceAll('127.0.0.1:4000', new URL(app.url).host)
    .replaceAll('.data/', `${dataDir}/`);
  const env = {
    ...process.env,
    ADMIN: admin,
    NODE: process.execPath,
    CURL: path.join(import.meta.dirname, 'curl.mjs'),
    // The server's own settings: a command must start nothing beside it.
    DATA_DIR: dataDir,
    DATABASE_URL: app.world.databaseUrl,
    JWT_SECRET,
    STRIPE_SECRET_KEY: 'sk_test_app',
    STRIPE_API_URL: app.world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
  };
  return spawn('bash', ['-e', '-c', there], { cwd: ROOT, env, timeout: 50_000 });
}

/** @throws Error with all that it said, if a command of it failed */
async function output(code: string): Promise<string> {
  const terminal = paste(code);
  let printed = '';
  for (const stream of [terminal.stdout, terminal.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const status = await new Promise((resolve) => terminal.on('close', resolve));
  if (status !== 0) throw new Error(`it ended with ${status}: ${printed}`);
  return printed;
}

function blockWith(part: string): string {
  const block = blocks.find((code) => code.includes(part));
  if (!block) throw new Error(`the README has no block with ${part}`);
  return block;
}

const answersIn = (text: string) => [...text.matchAll(/^\{.*\}$/gm)].map(([json]) => JSON.parse(json));

test('the first query, and the first mutation, twice', async () => {
  const pay = blockWith('createPayout(');
  const code = [blockWith('TOKEN='), blockWith('transfersEnabled } } payouts('), pay, pay].join('\n');
  const [read, ...paid] = answersIn(await output(code));
  expect(read.data).toMatchObject({ creators: { nodes: { length: 4 } }, payouts: { totalCount: 12 } });
  expect(paid.map(({ data }) => data.createPayout.replayed)).toEqual([false, true]);
});

test('the subscription hears the payout of the other terminal', async () => {
  const terminal = paste(`${blockWith('TOKEN=')}\n${blockWith('text/event-stream')}`);
  const another = output(
    `${blockWith('TOKEN=')}\n${blockWith('createPayout(').replace('my-first', 'my-next')}`,
  );
  let printed = '';
  for await (const chunk of terminal.stdout) {
    printed += chunk;
    if (printed.includes('"status":"COMPLETED"')) break;
  }
  terminal.kill();
  await another;
  expect(printed).toContain('"amountCents":2500');
});

test('a month’s royalties: files, preview, run', async () => {
  const code = [blockWith('TOKEN='), blockWith('-- import'), blockWith('payoutRunPreview')].join('\n');
  const answers = answersIn(await output(code));
  const [preview, run] = answers.slice(-2).map(({ data }) => data);
  expect(run.createPayoutRun.totalCents).toBe(preview.payoutRunPreview.totalCents);
  expect(run.createPayoutRun.payoutCount).toBeGreaterThan(0);
});

// The books behind it are looked at by `npm run fresh-copy`, as the whole page is.
test('a lost answer is found out, with one transfer', async () => {
  const lost = blockWith('reset_after_commit');
  const answers = answersIn(await output([blockWith('TOKEN='), blockWith('createPayout('), lost].join('\n')));
  const { reference } = answers.at(-1).data.createPayout.payout;
  await reaches(app, reference, 'COMPLETED');
  const { transfers } = await app.world.simulator.state();
  expect(transfers.filter(({ metadata }) => metadata['payout_id'] === reference)).toHaveLength(1);
});

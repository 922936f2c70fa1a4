// payouts run at a terminal: what it asks, what a no is, and what it shows while it waits. The terminal is a stream that
// says it is one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import type { RunReport } from '../../src/cli/run.js';
import { JWT_SECRET, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, addStatement, CONNECT_SECRET, PLATFORM_SECRET } from '../support/world.js';

const QUESTION = 'Pay this? [y/N] ';
const [HIDE_CURSOR, SHOW_CURSOR] = ['\u001b[?25l', '\u001b[?25h'];

let app: RunningApp;
let folder: string;
let months = 0;

beforeAll(async () => {
  app = await runApp();
  folder = await mkdtemp(path.join(tmpdir(), 'payouts-terminal-'));
  await app.world.simulator.topUp(10_000_000);
  const settings = {
    INIT_CWD: folder,
    DATA_DIR: folder,
    DATABASE_URL: app.world.databaseUrl,
    JWT_SECRET,
    STRIPE_SECRET_KEY: 'sk_test_app',
    STRIPE_API_URL: app.world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await app.close();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A month that nobody else has, with statements of three creators. */
async function newMonth(): Promise<string> {
  const month = new Date(Date.UTC(2024, months++, 1)).toISOString().slice(0, 7);
  for (let i = 0; i < 3; i++) {
    const { id } = await addCreator(app.world);
    await addStatement(app.world, id, 1_000, { start: `${month}-01`, end: `${month}-28` });
  }
  return month;
}

async function paid(month: string): Promise<number> {
  const { rows } = await app.world.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM payouts p JOIN royalty_statements s ON s.id = p.royalty_statement_id
     WHERE s.period_start = $1`,
    [`${month}-01`],
  );
  return rows[0]?.n ?? 0;
}

interface Typed {
  /** What is typed when it asks; null: the input ends. */
  answer?: string | null;
  tty?: boolean;
}

const terminal = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY, columns: 80 });

/** Runs the command here, with a terminal of the test's own. */
async function run(args: readonly string[], { answer, tty = true }: Typed = {}) {
  const [stdin, stderr] = [terminal(tty), terminal(tty)];
  const said = { out: '', err: '' };
  stderr.on('data', (chunk) => {
    said.err += chunk;
    if (!said.err.endsWith(QUESTION) || answer === undefined) return;
    if (answer === null) stdin.end();
    else stdin.write(answer);
  });
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never);
  vi.spyOn(process, 'stderr', 'get').mockReturnValue(stderr as never);
  vi.spyOn(console, 'log').mockImplementation((text) => {
    said.out += `${text}\n`;
  });
  process.exitCode = undefined;
  try {
    await createProgram().parseAsync(['run', ...args], { from: 'user' });
    return { code: process.exitCode ?? 0, ...said };
  } finally {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  }
}

it.each([
  ['n', 'n\n'],
  ['nothing', '\n'],
  ['something else', 'yes please\n'],
  ['the end of the input', null],
  ['an interrupt', '\u0003'],
])('takes %s for a no: it pays nothing and exits with 1', async (_, answer) => {
  const month = await newMonth();
  const { code, out, err } = await run(['--period', month], { answer });
  expect(code).toBe(1);
  expect(err).toContain(QUESTION);
  expect(out).toMatch(/: 3 payouts, \$30\.00\.(.|\n)*Nothing was paid\.\n$/);
  expect(await paid(month)).toBe(0);
});

it.each(['y\n', 'YES\n'])('pays on %j, and shows how far it is on the error stream alone', async (answer) => {
  const month = await newMonth();
  const { code, out, err } = await run(['--period', month], { answer });
  expect([code, await paid(month)]).toEqual([0, 3]);
  expect(out).toMatch(/3 payouts, \$30\.00: paid\n$/);
  expect(out).not.toContain(QUESTION);
  expect(out).not.toContain('\u001b');
  expect(err).toMatch(/Paying .*100%.* 3 of 3 payouts/);
  expect(err.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(err.lastIndexOf(HIDE_CURSOR));
});

it('asks nothing with --yes, and shows the bar', async () => {
  const month = await newMonth();
  const { code, err } = await run(['--period', month, '--yes']);
  expect([code, await paid(month)]).toEqual([0, 3]);
  expect(err).not.toContain(QUESTION);
  expect(err).toContain('Paying ');
});

it('prints one line of JSON with --json, and no bar even at a terminal', async () => {
  const month = await newMonth();
  const { code, out, err } = await run(['--period', month, '--yes', '--json']);
  const report = JSON.parse(out) as RunReport;
  expect([code, out.trimEnd().includes('\n'), err]).toEqual([0, false, '']);
  expect(report).toMatchObject({ run: { payoutCount: 3, totalCents: 3_000 }, progress: { finished: true } });
});

it('shows no bar where nobody watches', async () => {
  const month = await newMonth();
  const { code, out, err } = await run(['--period', month, '--yes'], { tty: false });
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/3 payouts, \$30\.00: paid\n$/);
});

it.each([
  ['without a terminal', [], false],
  ['with --json, even at one', ['--json'], true],
])('refuses without --yes where nobody can be asked: %s', async (_, flags, tty) => {
  const month = await newMonth();
  await expect(run(['--period', month, ...flags], { tty, answer: 'y\n' })).rejects.toThrow(/say --yes/);
  expect(await paid(month)).toBe(0);
});

it('asks nothing where there is nothing to pay, or nothing is to be done', async () => {
  const month = await newMonth();
  const dry = await run(['--period', month, '--dry-run']);
  const none = await run(['--period', '2019-01']);
  expect([dry.code, none.code, dry.err + none.err, await paid(month)]).toEqual([0, 0, '', 0]);
});

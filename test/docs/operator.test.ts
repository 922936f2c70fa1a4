// docs/cli.md, docs/imports.md and docs/exports.md: every command on them, against a server with its demo data.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { seedDemo } from '../../src/dev/demo.js';
import { holdPayout } from '../../src/payouts/control/decide.js';
import { createFailedPayout, creatorViewer } from '../graphql/ask.js';
import { ADMIN, JWT_SECRET, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, CONNECT_SECRET, PLATFORM_SECRET } from '../support/world.js';
import { ROOT } from './examples.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let app: RunningApp;
let folder: string;
let failed: string;
let tokens: Record<string, string>;

beforeAll(async () => {
  app = await runApp();
  folder = await mkdtemp(path.join(tmpdir(), 'payouts-operator-'));
  const { world } = app;
  await seedDemo({ ...world.deps, pool: world.db.pool, simulator: world.simulator });
  // Paid before there is no money.
  const open = `SELECT 1 FROM payouts WHERE status IN ('PENDING', 'PROCESSING')`;
  await vi.waitFor(async () => expect((await world.db.pool.query(open)).rowCount).toBe(0), {
    timeout: 30_000,
    interval: 50,
  });
  const { id } = await addCreator(world);
  ({ reference: failed } = await createFailedPayout(app, { creatorId: id, amountCents: 1_900 }));
  // As if all its retries were used up.
  await world.db.pool.query('UPDATE payouts SET next_attempt_at = NULL WHERE id = $1', [failed]);
  await addHeldPayout(id);
  const settings = {
    INIT_CWD: ROOT,
    DATA_DIR: folder,
    DATABASE_URL: world.databaseUrl,
    JWT_SECRET,
    STRIPE_SECRET_KEY: 'sk_test_app',
    STRIPE_API_URL: world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  tokens = { admin: await app.token(ADMIN), creator: await app.token(creatorViewer(id)) };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await app.close();
  await rm(folder, { recursive: true });
});

/** Failed, and it stays so: no retry, by whomever, takes it along. */
async function addHeldPayout(creatorId: string): Promise<string> {
  const { reference } = await createFailedPayout(app, { creatorId, amountCents: 1_900 });
  await app.world.db.pool.query('UPDATE payouts SET next_attempt_at = NULL WHERE id = $1', [reference]);
  await holdPayout(
    app.world.deps,
    { payoutId: reference, reason: 'of the test' },
    { name: 'admin@platform' },
  );
  return reference;
}

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** One line of a page; commands of the tool run here, what they print is theirs. */
async function run(command: string, who = 'admin'): Promise<Ended> {
  if (command.startsWith('curl')) return curl(command, who);
  const [, ...words] = command.split(' -- ');
  // No shell makes one here.
  const line = words.join(' -- ').replace('$(mktemp -d)', path.join(folder, 'made'));
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const said = { out: '', err: '' };
  const print = (text: unknown) => {
    said.out += text;
    return true;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text) => void print(`${text}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation(print),
  ];
  try {
    const program = createProgram();
    for (const one of [program, ...program.commands]) {
      one.exitOverride().configureOutput({ writeErr: (text) => (said.err += text), writeOut: print });
    }
    const failed = await program.parseAsync(args, { from: 'user' }).then(
      () => false,
      (error: { code?: string }) => error.code?.startsWith('commander.') ?? Promise.reject(error),
    );
    return { code: failed ? 1 : Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

async function curl(command: string, who: string): Promise<Ended> {
  const shell = `curl() { "$NODE" "$CURL" "$@"; }\n${command.replaceAll('127.0.0.1:4000', new URL(app.url).host)}`;
  const env = {
    ...process.env,
    NODE: process.execPath,
    CURL: path.join(import.meta.dirname, 'curl.mjs'),
    TOKEN: tokens[who],
    REFERENCE: failed,
  };
  const child = spawn('bash', ['-c', shell], { cwd: ROOT, env, timeout: 60_000 });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += chunk));
  child.stderr.on('data', (chunk) => (said.err += chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...said };
}

/** The commands of a page, each with who gives it. */
async function commandsOf(page: string): Promise<{ command: string; who: string }[]> {
  const text = await readFile(path.join(ROOT, 'docs', page), 'utf8');
  return [...text.matchAll(/^```sh ?(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, who = '', code = '']) =>
    code
      .trim()
      .split('\n')
      .map((command) => ({ command, who: who || 'admin' })),
  );
}

const SHAPES: Readonly<Record<string, object>> = {
  migrate: { applied: expect.any(Array) },
  import: {
    outcome: 'dry_run',
    format: 'soundcloud',
    rows: 30,
    problems: expect.any(Array),
    totals: expect.any(Object),
  },
  retry: { retried: 1, refused: 0, results: [{ outcome: 'retried', reference: expect.any(String) }] },
  'verify-audit': { rows: expect.any(Number), chains: expect.any(Number), findings: [] },
  doctor: { ok: true, errors: 0, warnings: expect.any(Number), findings: expect.any(Array) },
};

it('docs/cli.md: every command does what it says, and its JSON has the shape that it says', async () => {
  for (const { command } of await commandsOf('cli.md')) {
    const ended = await run(command);
    expect(ended.code, `${command}: ${ended.out}`).toBe(0);
    const name = /-- ([\w-]+)/.exec(command)?.[1] ?? '';
    if (command.includes('--json')) expect(JSON.parse(ended.out), command).toMatchObject(SHAPES[name] ?? {});
    if (command.includes('--dry-run') && name === 'retry')
      expect(ended.out).toMatch(/^1 payout would be tried/);
    if (name === 'export') expect(ended.out).toMatch(/^reference,creatorId,.*\r\n.*(?:FAILED|PENDING)/s);
  }
});

it('docs/imports.md: a file is looked at, and goes in', async () => {
  const [dryRun, imported, alias, aliases, looked, sent] = await commandsOf('imports.md');
  expect((await run(dryRun?.command ?? '')).out).toMatch(/^Dry run, nothing was changed\. distrokid\.tsv/);
  expect((await run(imported?.command ?? '')).out).toMatch(/^Imported distrokid\.tsv/);
  expect(await run(alias?.command ?? '')).toMatchObject({ code: 0 });
  expect((await run(aliases?.command ?? '')).out).toContain('Nova Reyes');
  const [before, after] = [await run(looked?.command ?? ''), await run(sent?.command ?? '')];
  expect(JSON.parse(before.out)).toMatchObject({ outcome: 'dry_run', wouldBe: 'imported' });
  expect(JSON.parse(after.out)).toMatchObject({ outcome: 'imported', fileName: 'statements.csv' });
});

it('docs/exports.md: each export arrives', async () => {
  for (const { command, who } of await commandsOf('exports.md')) {
    const printed = await run(command.replace(/ -o \S+$/, ''), who);
    expect(printed, command).toMatchObject({ code: 0 });
    expect(printed.out, command).toMatch(/^(reference,creatorId|<!doctype html>)/);
  }
});

it('teaches each command by examples that it takes', () => {
  for (const command of createProgram().commands) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    const examples = [...help.matchAll(/^ {2}\$ .*npm run payouts -- (\S+)(.*)$/gm)];
    expect(examples.length, command.name()).toBeGreaterThan(0);
    const known = new Set(['-h', '--help', ...command.options.map(({ long }) => long)]);
    for (const [, name, rest = ''] of examples) {
      expect(name).toBe(command.name());
      for (const flag of rest.match(/--[\w-]+/g) ?? []) expect(known, `${name} ${flag}`).toContain(flag);
    }
  }
});

it('retries nothing that an admin keeps back, unless it is named, and then says why not', async () => {
  const { world } = app;
  const reference = await addHeldPayout((await addCreator(world)).id);
  const many = JSON.parse((await run('npm -- retry --gave-up --dry-run --json')).out);
  expect(many.results.map((one: { reference: string }) => one.reference)).not.toContain(reference);
  const named = await run(`npm -- retry ${reference} --dry-run --json`);
  expect(named.code).toBe(1);
  expect(JSON.parse(named.out).results).toEqual([
    { reference, outcome: 'refused', code: 'INVALID_TRANSITION', message: expect.stringContaining('held') },
  ]);
});

it('says what is wrong with a command, and exits with 1', async () => {
  const nothing = await run('npm -- retry');
  const unknown = await run('npm -- retry no-such-payout --json');
  vi.stubEnv('STRIPE_SECRET_KEY', 'pk_test_x');
  const badKey = await run('npm -- doctor --json');
  vi.stubEnv('PAYOUT_RETRY_DELAYS', 'soon');
  const badSetting = await run('npm -- doctor --json');
  expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining('Say which') });
  expect(unknown.code).toBe(1);
  expect(JSON.parse(unknown.out)).toEqual({
    retried: 0,
    refused: 1,
    results: [
      { reference: 'no-such-payout', outcome: 'refused', code: 'NOT_FOUND', message: expect.any(String) },
    ],
  });
  expect(badKey.code).toBe(1);
  expect(JSON.parse(badKey.out)).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([
      expect.objectContaining({ check: 'stripe-key', status: 'error', fix: expect.any(String) }),
    ]),
  });
  expect(badSetting.code).toBe(1);
  expect(JSON.parse(badSetting.out).findings).toEqual([
    { check: 'settings', status: 'error', message: expect.stringContaining('PAYOUT_RETRY_DELAYS') },
  ]);
});

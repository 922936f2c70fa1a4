// Every block of the docs is run or checked, and so is every command and setting that a line of them names. A page whose
// examples a test of its own runs is claimed by it here; what nobody claims is checked below, or fails.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { isEnumType, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { readConfig } from '../../src/config.js';
import { schema } from '../../src/graphql/schema.js';
import { Environment } from '../../src/settings/schema.js';
import { readyWorld } from '../stripe/simulator/support.js';
import { createWorld } from '../support/world.js';
import { ROOT } from './examples.js';
import { blocks, codeIn, pages } from './pages.js';

/** Who runs all blocks of a page. */
const CLAIMED: Readonly<Record<string, string>> = {
  'README.md': 'tools/fresh-copy.ts',
  'docs/api.md': 'test/docs/api.test.ts',
  'docs/live.md': 'test/docs/live.test.ts',
  'docs/cli.md': 'test/docs/operator.test.ts',
  'docs/imports.md': 'test/docs/operator.test.ts',
  'docs/exports.md': 'test/docs/operator.test.ts',
};

test.each(Object.entries(CLAIMED))('%s is read by %s', (page, by) => {
  const source = readFileSync(path.join(ROOT, by), 'utf8');
  expect(source).toMatch(new RegExp(`'(docs/|)${path.basename(page)}|${page}`));
});

const unclaimed = blocks.filter(({ page }) => !(page in CLAIMED));
const of = (...languages: string[]) => unclaimed.filter(({ language }) => languages.includes(language));

test('nothing is left that nobody looks at', () => {
  const checked = [...of('graphql', 'sql', 'sh', 'mermaid', 'text')];
  expect(unclaimed.filter((block) => !checked.includes(block)).map(({ where }) => where)).toEqual([]);
});

test.each(of('graphql'))('$where: the schema takes it', ({ code }) => {
  expect(validate(schema, parse(code))).toEqual([]);
});

test('the statements are ones that the database takes', async () => {
  const world = await createWorld();
  try {
    for (const { code } of of('sql')) await world.db.pool.query(`EXPLAIN ${code}`);
  } finally {
    await world.close();
  }
});

describe('a command line', () => {
  const lines = of('sh').flatMap(({ where, code }) =>
    code
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => ({ where, line: line.replace(/ +# .*$/, '').trim() })),
  );

  test.each(lines)('$where: $line', ({ line }) => {
    const command = line.replace(/^(?:[A-Z_]+=\S+ ?)*/, '');
    const settings = line.slice(0, line.length - command.length);
    // What makes the commands of the simulator's page, which are run below.
    if (/^(SIMULATOR=|control )/.test(line) || line.startsWith('control()')) return;
    expect(() =>
      readConfig(Object.fromEntries(new URLSearchParams(settings.trim().replaceAll(' ', '&')))),
    ).not.toThrow();
    if (command !== '') expect(wrongWith(command)).toBeNull();
  });
});

test('docs/simulator.md: every call of its terminal is taken', async () => {
  const { simulator, stripe, destination } = await readyWorld();
  const transfer = await stripe.transfers.create({ amount: 1_000, currency: 'usd', destination });
  const calls = of('sh').flatMap(({ page, code }) =>
    page === 'docs/simulator.md' ? [...code.matchAll(/^control (\S+)(?: -d '(.*)')?$/gm)] : [],
  );
  expect(calls.length).toBeGreaterThan(8);
  for (const [line, name = '', body] of calls) {
    const there = name.replace('acct_…', destination).replace('tr_…', transfer.id);
    const response = await fetch(`${simulator.url}/_control/${there}`, {
      ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    });
    expect([line, response.status]).toEqual([line, 200]);
  }
});

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const program = createProgram();

/** What stands in for a word of the reader's. */
const WORD = /^[A-Z]+$|…/;

const OF_NPM: ReadonlySet<string> = new Set(['start', 'test', 'ci', 'audit', 'install']);

/** Null: the script is there, npm's or one of deploy/, and the tool has the command with its options. */
function wrongWith(text: string): string | null {
  const [program = '', ...words] = text.split(' ').filter((word) => word !== '--silent');
  if (program === 'npm') return wrongWithNpm(words);
  const isThere = program.startsWith('deploy/') && existsSync(path.join(ROOT, program));
  return isThere ? null : `nobody knows what ${program} runs`;
}

function wrongWithNpm([word = '', script = '', dashes, ...rest]: string[]): string | null {
  if (word !== 'run') return OF_NPM.has(word) ? null : `npm has no ${word}`;
  if (!scripts[script]) return `no script is called ${script}`;
  return script === 'payouts' && dashes === '--' ? wrongWithTool(rest) : null;
}

function wrongWithTool([name = '', ...rest]: string[]): string | null {
  if (WORD.test(name) || name.startsWith('--')) return null;
  const command = program.commands.find((one: Command) => one.name() === name);
  if (!command) return `the tool has no ${name}`;
  const flags = rest.filter((word) => word.startsWith('--') && word !== '--help');
  const unknown = flags.filter((flag) => !command.options.some(({ long }) => long === flag.split('=')[0]));
  return unknown.length === 0 ? null : `${name} has no ${unknown}`;
}

describe.each(pages)('$file', ({ text }) => {
  test('names commands that are there', () => {
    const commands = codeIn(text)
      .flatMap((code) => code.split(/ && | \| /))
      .filter((code) => /^npm /.test(code));
    expect(commands.flatMap((code) => wrongWith(code.replace(/ >.*$/, '')) ?? [])).toEqual([]);
  });

  test('names settings, codes and values that are there', () => {
    const names = codeIn(text).flatMap((code) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+(?==|$)/.exec(code)?.[0] ?? []);
    expect([...new Set(names)].filter((name) => !known.has(name))).toEqual([]);
  });
});

const enumValues = Object.values(schema.getTypeMap()).flatMap((type) =>
  isEnumType(type) ? type.getValues().map(({ name }) => name) : [],
);

/** Codes of errors, over whatever door: they stand in the sources in quotes. */
const codes = (readdirSync(path.join(ROOT, 'src'), { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts') && !file.startsWith('generated'))
  .flatMap((file) => [
    ...readFileSync(path.join(ROOT, 'src', file), 'utf8').matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g),
  ])
  .map(([, code = '']) => code);

/** Of the tests and benchmarks. */
const OTHERS =
  'TEST_DATABASE_URL TEST_REDIS_URL MODEL_RUNS MODEL_SEED CRASH_ROUNDS ROLLING_ROUNDS SCROLL_ROWS';

const known = new Set([...Object.keys(Environment.shape), ...enumValues, ...codes, ...OTHERS.split(' ')]);

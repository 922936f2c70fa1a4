// Pages that list what the code has: none of it is missing there, and nothing stands there that is gone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isEnumType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { schema } from '../../src/graphql/schema.js';
import { DIFFERENCE_KINDS } from '../../src/reconciliation/kinds.js';
import { settings } from '../../src/settings/about.js';
import { TOPICS } from '../../src/settings/schema.js';
import { ROOT } from './examples.js';
import { blocks, pageOf, pages } from './pages.js';

const rooms = readdirSync(path.join(ROOT, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
  .map(({ name }) => name);

function valuesOf(name: string): string[] {
  const type = schema.getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
}

/** The rooms that Biome lets nobody import in this one. */
function forbiddenIn(room: string): string[] {
  const { overrides } = JSON.parse(readFileSync(path.join(ROOT, 'biome.json'), 'utf8')) as {
    overrides: { includes: string[]; linter: { rules: { style: { noRestrictedImports?: Restricted } } } }[];
  };
  const mine = overrides.find(({ includes }) => includes.includes(`src/${room}/**`));
  const groups = mine?.linter.rules.style.noRestrictedImports?.options.patterns.flatMap(({ group }) => group);
  if (groups?.includes('../**')) return rooms;
  return (groups ?? []).flatMap((one) => /^\*\*\/(\w+)\/\*\*$/.exec(one)?.[1] ?? []);
}

interface Restricted {
  options: { patterns: { group: string[] }[] };
}

describe('architecture.md', () => {
  const drawing = blocks.find(
    ({ page, language }) => page === 'docs/architecture.md' && language === 'mermaid',
  );

  test('draws each room, and no other', () => {
    const drawn = [...(drawing?.code ?? '').matchAll(/\w+\["(\w+)\/<br>/g)].map(([, name]) => name);
    expect(drawn.sort()).toEqual(rooms.sort());
  });

  test.each(rooms)('says what %s may import as the lint holds it', (room) => {
    const row = pageOf('docs/architecture.md')
      .split('\n')
      .find((line) => line.startsWith(`| \`${room}/\``));
    const cell = row?.split(' | ').at(-1) ?? '';
    const [allowed = '', except] = cell.startsWith('every room') ? ['', cell] : [cell];
    const named = (text: string) => rooms.filter((one) => text.includes(`\`${one}/\``));
    const told = except ? rooms.filter((one) => !named(except).includes(one)) : named(allowed);
    const others = (names: readonly string[]) =>
      names.filter((one) => one !== room && one !== 'observability').sort();
    expect(others(told)).toEqual(others(rooms.filter((one) => !forbiddenIn(room).includes(one))));
  });

  test('leads its ways through files that are there', () => {
    const text = pageOf('docs/architecture.md');
    const named = [...text.matchAll(/`((?!dist\b)[a-z]+)\/([a-z][\w/-]*)`/g)].map(
      ([, room = '', file = '']) => `${room}/${file}`,
    );
    // Of graphql/, where the text is about it.
    const places = (file: string) => [`src/${file}`, `src/graphql/${file}`, file];
    const isThere = (file: string) =>
      places(file).some((one) => ['', '.ts', '.tsx'].some((end) => existsSync(path.join(ROOT, one + end))));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((file) => !isThere(file))).toEqual([]);
  });

  test('says of each room what lives there', () => {
    const text = pageOf('docs/architecture.md');
    expect(rooms.filter((room) => !new RegExp(`^\\| \`${room}/\` +\\| .{20}`, 'm').test(text))).toEqual([]);
  });
});

describe('operations.md', () => {
  const text = pageOf('docs/operations.md');

  test('has a runbook for each alert, and for no other', () => {
    const runbooks = text.slice(text.indexOf('## Runbooks\n'), text.indexOf('## Runbooks of the metrics\n'));
    const told = [...runbooks.matchAll(/^### (\S+)\n\n\S.{30}/gm)].map(([, rule]) => rule);
    expect(told.sort()).toEqual(valuesOf('AlertRule').sort());
  });

  test('says how to change each secret', () => {
    const section = text.slice(text.indexOf('## Secrets\n'), text.indexOf('## Runbooks\n'));
    const secrets = TOPICS.flatMap(({ shape }) =>
      Object.entries(shape).flatMap(([name, schema]) => (settings.get(schema)?.secret ? [name] : [])),
    );
    expect(secrets).toContain('STRIPE_SECRET_KEY');
    expect(secrets.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
  });

  test('says what to do about each kind of difference', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    const kinds = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([a-z_]+)`/g)]);
    expect(kinds.map(([, kind]) => kind)).toEqual(expect.arrayContaining([...DIFFERENCE_KINDS]));
  });
});

describe('stripe.md', () => {
  const text = pageOf('docs/stripe.md');
  const source = readFileSync(path.join(ROOT, 'src/stripe/events.ts'), 'utf8');
  const handled = [...source.matchAll(/case '([a-z_.]+)':/g)].map(([, type = '']) => type);

  test('says of each event that is handled what it does, and of no other', () => {
    expect(handled).toContain('transfer.created');
    const rows = [...text.matchAll(/^\| (`[a-z.]+\..*?) \| /gm)].map(([, cell = '']) => cell);
    const told = rows.flatMap((cell) => [...cell.matchAll(/`([a-z_.]+)`/g)].map(([, type = '']) => type));
    // Heard of, and recorded.
    expect(told.sort()).toEqual([...handled, 'transfer.updated'].sort());
  });

  test('asks each endpoint for what is handled today', () => {
    const asked = text
      .split('\n')
      .filter((row) => /^\| (your account|connected accounts)/.test(row))
      .join();
    const legacy = ['transfer.paid', 'transfer.failed'];
    expect(handled.filter((type) => !asked.includes(`\`${type}\``) && !legacy.includes(type))).toEqual([]);
  });
});

describe('quick-reference.md', () => {
  const text = pageOf('docs/quick-reference.md');

  test('has every command', () => {
    const names = createProgram().commands.map((command) => command.name());
    expect(names.filter((name) => !text.includes(`npm run payouts -- ${name}`))).toEqual([]);
  });

  test.each(['PayoutStatus', 'AttemptOutcome', 'ErrorCode'])('has every %s', (name) => {
    const values = valuesOf(name);
    expect(values.length).toBeGreaterThan(3);
    expect(values.filter((value) => !text.includes(`\`${value}\``))).toEqual([]);
  });
});

describe('HTTP paths', () => {
  const folder = path.join(ROOT, 'src/http');
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
  const source = files.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n');
  const served = [...source.matchAll(/'(\/[a-z]{3,}[\w./-]*)'/g)];

  test('stand in the quick reference, each of them', () => {
    const text = pageOf('docs/quick-reference.md');
    expect(served.length).toBeGreaterThan(8);
    expect(served.filter(([, at = '']) => !text.includes(at.replace(/\/$/, ''))).map(([, at]) => at)).toEqual(
      [],
    );
  });
});

describe('npm scripts', () => {
  /** Of other scripts, each a part of one that is told of. */
  const PARTS = ['generate', 'build:dashboards', 'build:stale', 'lint:schema', 'docs:write'];

  test('are told of, each of them', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    const told = pages.map(({ text }) => text).join('\n');
    const untold = Object.keys(scripts).filter(
      (name) => !new RegExp(`npm (run )?${name}(?![\\w:-])`).test(told),
    );
    expect(untold.filter((name) => !PARTS.includes(name))).toEqual([]);
  });
});

describe('checklist.md', () => {
  const rows = pageOf('docs/checklist.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|promise)/.test(line));

  test('proves each promise by code and by a test, or says that it is open', () => {
    expect(rows.length).toBeGreaterThan(80);
    const bare = rows.filter(
      (row) => !(/\]\(\.\.\/(?!test\/)/.test(row) && /› “/.test(row)) && !row.includes('open: '),
    );
    expect(bare).toEqual([]);
  });
});

describe('decisions', () => {
  test('are listed, each of them', () => {
    const records = pages.filter(({ file }) => /decisions\/\d{4}-/.test(file));
    const list = pageOf('docs/decisions/README.md');
    expect(records.length).toBeGreaterThan(9);
    expect(records.filter(({ file }) => !list.includes(`(${path.basename(file)})`))).toEqual([]);
  });
});

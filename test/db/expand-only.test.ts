// The rules of docs/operations/migrations.md, held against every migration: while a version is rolled out, the one before it
// works on the same database, and nobody waits for a lock.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';

const MIGRATIONS = path.join(import.meta.dirname, '../../prisma/migrations');
const names = readdirSync(MIGRATIONS).filter((name) => /^\d{3}_/.test(name));

/** Up to this one no database with rows was ever migrated while it worked: what only locks a table locked nobody. */
const FIRST_RELEASE = 35;

/** What breaks a rule and may, each with its reason: `migration: rule`. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  '023_add_metric_counts: writes rows':
    'It empties a table that it has just made, once, before the first count of it.',
};

interface Rule {
  name: string;
  breaks(statement: string, sql: string): boolean;
}

/** The version before cannot work on what is left. */
const COMPATIBLE: readonly Rule[] = [
  { name: 'drops', breaks: (one) => /\bDROP\b(?! TRIGGER IF EXISTS)/i.test(one) },
  { name: 'renames', breaks: (one) => /\bRENAME\b/i.test(one) },
  {
    name: 'changes a type',
    breaks: (one) => /\bALTER\s+(COLUMN\s+)?"?\w+"?\s+(SET\s+DATA\s+)?TYPE\b/i.test(one),
  },
  { name: 'sets NOT NULL', breaks: (one) => /\bSET\s+NOT\s+NULL\b/i.test(one) },
  {
    name: 'adds a column that must be set',
    breaks: (one) =>
      /\bALTER\s+TABLE\b/i.test(one) &&
      one
        .split(/\bADD\s+COLUMN\b/i)
        .slice(1)
        .some((column) => /\bNOT\s+NULL\b/i.test(column) && !/\bDEFAULT\b/i.test(column)),
  },
  { name: 'writes rows', breaks: (one) => /^\s*(UPDATE|DELETE|TRUNCATE)\b/i.test(one) },
];

/** Everybody waits until it is done. */
const QUICK: readonly Rule[] = [
  {
    name: 'makes an index under a lock',
    breaks: (one, sql) =>
      /\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)/i.test(one) &&
      !isNew(/\bON\s+"?(\w+)"?/i.exec(one)?.[1], sql),
  },
  {
    name: 'checks a constraint under a lock',
    breaks: (one, sql) =>
      /\bADD\s+CONSTRAINT\b/i.test(one) &&
      !/\bNOT\s+VALID\b/i.test(one) &&
      !isNew(/\bALTER\s+TABLE\s+"?(\w+)"?/i.exec(one)?.[1], sql),
  },
  {
    name: 'waits for a lock without a limit',
    breaks: (one, sql) =>
      /\bALTER\s+TABLE\b/i.test(one) &&
      !isNew(/\bALTER\s+TABLE\s+"?(\w+)"?/i.exec(one)?.[1], sql) &&
      !/\bSET\s+(LOCAL\s+)?lock_timeout\b/i.test(sql),
  },
];

const isNew = (table: string | undefined, sql: string) =>
  new RegExp(`CREATE TABLE IF NOT EXISTS "?${table}"?[\\s(]`, 'i').test(sql);

/** Without comments, and without the bodies of functions, which run later; what a DO block does, it does now. */
const plain = (sql: string) => sql.replace(/--.*$/gm, '').replace(/\bAS\s+(\$\w*\$)[\s\S]*?\1/gi, 'AS body');

/** @returns the names of the rules that the migration breaks */
function broken(number: number, text: string): string[] {
  const sql = plain(text);
  const rules = number > FIRST_RELEASE ? [...COMPATIBLE, ...QUICK] : COMPATIBLE;
  return rules.filter(({ breaks }) => sql.split(';').some((one) => breaks(one, sql))).map(({ name }) => name);
}

test.for(names)('%s', (name) => {
  const found = broken(
    Number(name.slice(0, 3)),
    readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8'),
  );
  expect(found.filter((rule) => !EXCEPTIONS[`${name}: ${rule}`])).toEqual([]);
});

describe('the rules', () => {
  it.each([
    ['ALTER TABLE payouts DROP COLUMN currency;', 'drops'],
    ['DROP INDEX "payouts_created_at_id_idx";', 'drops'],
    ['DO $$ BEGIN DROP TABLE alerts; END $$;', 'drops'],
    ['ALTER TABLE payouts RENAME COLUMN currency TO money;', 'renames'],
    ['ALTER TABLE payouts ALTER COLUMN amount_cents TYPE BIGINT;', 'changes a type'],
    ['ALTER TABLE payouts ALTER COLUMN run_id SET NOT NULL;', 'sets NOT NULL'],
    ['ALTER TABLE payouts ADD COLUMN IF NOT EXISTS x TEXT NOT NULL;', 'adds a column that must be set'],
    [
      'ALTER TABLE payouts ADD COLUMN x NUMERIC(3, 2) NOT NULL, ADD COLUMN y INT DEFAULT 1;',
      'adds a column that must be set',
    ],
    ["UPDATE payouts SET currency = 'usd';", 'writes rows'],
  ])('find %s in whatever migration', (sql, rule) => {
    expect(broken(1, sql)).toEqual([rule]);
  });

  it.each([
    ['CREATE INDEX IF NOT EXISTS x ON "payouts"("currency");', 'makes an index under a lock'],
    [
      "SET lock_timeout = '5s'; ALTER TABLE payouts ADD CONSTRAINT c CHECK (true);",
      'checks a constraint under a lock',
    ],
    ['ALTER TABLE payouts ADD COLUMN IF NOT EXISTS x TEXT;', 'waits for a lock without a limit'],
  ])('find %s since the first release', (sql, rule) => {
    expect(broken(FIRST_RELEASE + 1, sql)).toEqual([rule]);
    expect(broken(FIRST_RELEASE, sql)).toEqual([]);
  });

  it.each([
    "SET lock_timeout = '5s'; ALTER TABLE payouts ADD COLUMN IF NOT EXISTS x TEXT;",
    "SET lock_timeout = '5s'; ALTER TABLE payouts ADD COLUMN IF NOT EXISTS x INT NOT NULL DEFAULT 0;",
    "SET lock_timeout = '5s'; ALTER TABLE payouts ADD CONSTRAINT c CHECK (true) NOT VALID; ALTER TABLE payouts VALIDATE CONSTRAINT c;",
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS x ON payouts(currency);',
    'CREATE TABLE IF NOT EXISTS "t" ("id" TEXT NOT NULL); CREATE INDEX IF NOT EXISTS x ON "t"("id"); ALTER TABLE "t" ADD CONSTRAINT c CHECK (true);',
    "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE payouts SET currency = 'usd'; END $$;",
    '-- DROP TABLE payouts;',
  ])('let %s pass', (sql) => {
    expect(broken(FIRST_RELEASE + 1, sql)).toEqual([]);
  });
});

it('the document says what is found', () => {
  const said = readFileSync(path.join(import.meta.dirname, '../../docs/operations/migrations.md'), 'utf8');
  expect(said).toContain('test/db/expand-only.test.ts');
  expect(said).toContain(`up to ${String(FIRST_RELEASE).padStart(3, '0')}`);
});

// docs/failure-modes.md answers "what if…" with the tests that prove it: each one that it names must exist, and no moment
// at which a process can die may be missing.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHECKPOINTS } from '../../src/observability/checkpoints.js';

const ROOT = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(ROOT, 'docs/failure-modes.md'), 'utf8').replace(/\s+/g, ' ');

/** `file` › “name”; › “another name”. */
const REFERENCES = /`(test\/[^`]+\.ts)`((?:;? ?› “[^”]+”)+)/g;

function* references(): Generator<{ file: string; name: string }> {
  for (const [, file = '', names = ''] of text.matchAll(REFERENCES)) {
    for (const [, name = ''] of names.matchAll(/“([^”]+)”/g)) yield { file, name };
  }
}

const all = [...references()];

describe('a test that the document names', () => {
  test.each(all)('exists: $file › $name', ({ file, name }) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8').replace(/\s+/g, ' ');
    expect(source).toContain(name);
  });

  test('is in quotes behind each file, and behind each arrow', () => {
    const arrows = text.split('›').length - 1;
    // The first one shows how to read the others.
    expect(all).toHaveLength(arrows - 1);
    expect(text.match(/`test\/[^`]+\.ts`(?! ›)/g)).toBeNull();
  });
});

test.each(CHECKPOINTS)('the document says what happens when the process is killed at %s', (name) => {
  expect(text).toContain(`\`${name}\``);
});

test('the document says how many random histories are played', () => {
  const folder = path.join(ROOT, 'test/payouts/model');
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const runs = files.map((file) => /runs: (\d+)/.exec(readFileSync(path.join(folder, file), 'utf8'))?.[1]);
  const all = runs.reduce((sum, one) => sum + Number(one), 0);
  expect(text).toContain(`\`npm test\` plays ${all} random histories`);
});

// The planted bugs still fit the code: `npm run planted-bugs` would otherwise plant nothing.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PLANTED_BUGS } from './bugs.js';

const ROOT = path.join(import.meta.dirname, '../..');

test.for(PLANTED_BUGS)('$name can be planted, and its tests exist', async ({ file, edits, tests }) => {
  const code = await readFile(path.join(ROOT, file), 'utf8');
  const counts = edits.map(({ find }) => ({ find, occurs: code.split(find).length - 1 }));
  expect(counts).toEqual(edits.map(({ find }) => ({ find, occurs: 1 })));
  expect(tests.filter((one) => !existsSync(path.join(ROOT, one)))).toEqual([]);
});

test('each has a name of its own', () => {
  const names = PLANTED_BUGS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

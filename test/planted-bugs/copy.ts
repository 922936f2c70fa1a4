// A copy of the code in which bugs can be planted and taken out again.
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PlantedBug } from './planted-bug.js';

const ROOT = path.join(import.meta.dirname, '../..');

/** What the tests need of the repository; the dependencies are linked. */
const COPIED = [
  'src',
  'test',
  'prisma',
  'deploy',
  'docs',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'schema.graphql',
];

/** @returns the folder */
export async function copyCode(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-planted-'));
  for (const name of COPIED) await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

export interface Edited {
  restore(): Promise<void>;
}

/** @throws Error when the code has changed so that the bug does not fit any more */
export async function plant(folder: string, { name, file, edits }: PlantedBug): Promise<Edited> {
  const at = path.join(folder, file);
  const healthy = await readFile(at, 'utf8');
  let sick = healthy;
  for (const { find, replace } of edits) {
    if (sick.split(find).length !== 2) throw new Error(`${name}: ${file} has not exactly once: ${find}`);
    // A function: `$` means nothing in it.
    sick = sick.replace(find, () => replace);
  }
  await writeFile(at, sick);
  return { restore: () => writeFile(at, healthy) };
}

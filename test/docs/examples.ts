// The examples of a page of docs: fenced blocks that say who asks, each with its variables and its answer behind it.
//
//   ```graphql admin         an operation; also `sh` and `js`
//   ```json variables        its variables
//   ```json answer           what comes back
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');

export interface Example {
  /** `docs/api.md:120` */
  where: string;
  language: string;
  who: 'admin' | 'creator';
  code: string;
  variables?: unknown;
  answer?: unknown;
}

interface Fence {
  line: number;
  language: string;
  label: string;
  code: string;
}

/** @throws Error for a block that belongs to nothing, or says nothing of what it is: it would be run by nobody */
export async function examplesOf(file: string): Promise<Example[]> {
  const examples: Example[] = [];
  for (const fence of fencesOf(await readFile(path.join(ROOT, file), 'utf8'))) {
    const where = `${file}:${fence.line}`;
    if (fence.language === 'json') attach(examples.at(-1), fence, where);
    else examples.push({ where, language: fence.language, who: whoOf(fence, where), code: fence.code });
  }
  return examples;
}

function fencesOf(text: string): Fence[] {
  return [...text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([whole, language = '', label = '', code = '']) => ({
      line: text.slice(0, text.indexOf(whole)).split('\n').length,
      language,
      label,
      code,
    }),
  );
}

function attach(example: Example | undefined, { label, code }: Fence, where: string): void {
  if (!example || (label !== 'variables' && label !== 'answer')) throw new Error(`${where}: whose is this?`);
  example[label] = JSON.parse(code);
}

function whoOf({ label }: Fence, where: string): Example['who'] {
  if (label !== 'admin' && label !== 'creator') throw new Error(`${where}: who asks?`);
  return label;
}

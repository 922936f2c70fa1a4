// The pages of the docs, with what stands on them: blocks, links, code in a line.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './examples.js';

export interface Page {
  /** From the root: `docs/api.md`. */
  file: string;
  text: string;
}

export interface Block {
  /** `docs/api.md:120` */
  where: string;
  page: string;
  language: string;
  code: string;
}

const folders = ['docs', 'docs/decisions', 'docs/operations', 'docs/samples'];

export const pages: Page[] = ['README.md', ...folders.flatMap(pagesIn)].map((file) => ({
  file,
  text: readFileSync(path.join(ROOT, file), 'utf8'),
}));

function pagesIn(folder: string): string[] {
  const names = readdirSync(path.join(ROOT, folder)).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => `${folder}/${name}`);
}

export function pageOf(file: string): string {
  const page = pages.find((one) => one.file === file);
  if (!page) throw new Error(`there is no page ${file}`);
  return page.text;
}

const FENCE = /^( *)```([^\n]*)\n([\s\S]*?)^ *```$/gm;

export const blocks: Block[] = pages.flatMap(({ file, text }) =>
  [...text.matchAll(FENCE)].map(({ index, 2: language = '', 3: code = '' }) => ({
    where: `${file}:${text.slice(0, index).split('\n').length}`,
    page: file,
    language: language.split(' ')[0] ?? '',
    code,
  })),
);

/** Without what stands in blocks. */
export const proseOf = (text: string) => text.replace(FENCE, '');

/** What stands between backticks within a line. */
export const codeIn = (text: string): string[] =>
  [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

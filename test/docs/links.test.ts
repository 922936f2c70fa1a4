// No link of the docs leads nowhere: files, pictures, headings, and the tests that a page names as its proof.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import { describe, expect, test } from 'vitest';
import { ROOT } from './examples.js';
import { codeIn, type Page, pages, proseOf } from './pages.js';

interface Link {
  to: string;
  anchor: string;
}

function linksOf({ file, text }: Page): Link[] {
  const found = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
  return found
    .filter((to) => !/^https?:/.test(to))
    .map((to) => {
      const [name = '', anchor = ''] = to.split('#');
      return { to: name === '' ? file : path.join(path.dirname(file), name), anchor };
    });
}

function anchorsOf(text: string): string[] {
  const slugger = new GithubSlugger();
  const headings = [...proseOf(text).matchAll(/^#{1,6} +(.+)$/gm)];
  return headings.map(([, heading = '']) => slugger.slug(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')));
}

describe.each(pages)('$file', (page) => {
  test('links to what is there', () => {
    const dead = linksOf(page).filter(({ to, anchor }) => {
      const file = path.join(ROOT, to);
      if (!existsSync(file)) return true;
      return anchor !== '' && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  test('names files that are there', () => {
    const named = codeIn(page.text).filter((code) =>
      /^(src|test|tools|prisma|bench|docs)\/[\w./-]+$/.test(code),
    );
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  test('is about the product alone: no path of somebody’s machine', () => {
    expect(page.text.match(/(^|[\s`'"(])\/(tmp|root|home|work|Users)\//gm)).toBeNull();
  });
});

/** `[test/….ts](…) › “name” › “another”` */
const PROOFS = /\[(test\/[^\]]+\.ts)\]\([^)]*\)((?: › “[^”]+”)+)/g;

const proofs = pages.flatMap(({ file, text }) =>
  [...text.replace(/\s+/g, ' ').matchAll(PROOFS)].flatMap(([, proof = '', names = '']) =>
    [...names.matchAll(/“([^”]+)”/g)].map(([, name = '']) => ({ page: file, proof, name })),
  ),
);

test.each(proofs)('$page: $proof has “$name”', ({ proof, name }) => {
  expect(readFileSync(path.join(ROOT, proof), 'utf8').replace(/\s+/g, ' ')).toContain(name);
});

test('every name behind an arrow is looked for', () => {
  const arrows = pages
    .filter(({ file }) => file !== 'docs/failure-modes.md')
    .flatMap(({ text }) => text.match(/› “/g) ?? []);
  expect(proofs).toHaveLength(arrows.length);
});

// Writes the parts of docs/ that the code knows better: between the markers `<!-- begin NAME -->` and `<!-- end NAME -->`
// stands what is made here. `npm run codegen` runs it, and CI sees whether anything changed.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { licencesTable } from './licences.js';
import { settingsTable } from './settings-table.js';

const DOCS = path.join(import.meta.dirname, '../docs');

await rewrite('configuration.md', 'settings', settingsTable());
await rewrite('licences.md', 'licences', licencesTable());

/** @throws Error for a page without the markers */
async function rewrite(page: string, name: string, made: string): Promise<void> {
  const file = path.join(DOCS, page);
  const text = await readFile(file, 'utf8');
  const [before, after] = [text.indexOf(`<!-- begin ${name} -->`), text.indexOf(`<!-- end ${name} -->`)];
  if (before < 0 || after < before) throw new Error(`docs/${page} has no place for ${name}`);
  await writeFile(file, `${text.slice(0, before)}<!-- begin ${name} -->\n\n${made}\n${text.slice(after)}`);
}

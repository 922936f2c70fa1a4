// The licences of what production installs, from the lock file: docs/licences.md holds what this says. One that nobody has
// looked at stops it.
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Locked {
  version: string;
  license?: string;
  dev?: boolean;
}

interface Package {
  name: string;
  version: string;
  licence: string;
}

/** All of them let a product be used, changed and sold, if their notice goes along. */
export const ALLOWED: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'MIT-0',
  'BlueOak-1.0.0',
  'MIT and ISC',
  'Unlicense',
  'CC0-1.0',
]);

/** Weaker promises, each looked at: a package that is used as it comes, and changed by nobody here. */
const LOOKED_AT: ReadonlySet<string> = new Set(['elkjs EPL-2.0']);

const LOCK = path.join(import.meta.dirname, '../package-lock.json');

/** By name and version, each once; what only developers install is not among them. */
export function productionPackages(): Package[] {
  const { packages } = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, Locked> };
  const found = new Map<string, Package>();
  for (const [place, { version, license, dev }] of Object.entries(packages)) {
    if (place === '' || dev) continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    found.set(`${name}@${version}`, { name, version, licence: license ?? 'unknown' });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** @throws Error that names each package with a licence that is not allowed */
export function licencesTable(packages = productionPackages()): string {
  const strange = packages.filter(
    ({ name, licence }) => !allowed(licence) && !LOOKED_AT.has(`${name} ${licence}`),
  );
  if (strange.length > 0) throw new Error(`look at the licence of ${strange.map(words).join(', ')}`);
  const rows = packages.map(({ name, version, licence }) => `| \`${name}\` | ${version} | ${licence} |`);
  return ['| package | version | licence |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** `(MIT OR GPL-3.0)`: one that is allowed is enough. */
const allowed = (licence: string) =>
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((one) => ALLOWED.has(one));

const words = ({ name, version, licence }: Package) => `${name}@${version} (${licence})`;

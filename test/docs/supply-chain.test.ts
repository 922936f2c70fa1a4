// What the product is built on: versions that do not float, no code that runs at an installation, licences that somebody
// has looked at.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { licencesTable, productionPackages } from '../../tools/licences.js';
import { ROOT } from './examples.js';
import { pageOf } from './pages.js';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

test('pins every package to one version', () => {
  const all = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  );
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('runs no install script', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});

test('knows the licence of each package that production installs', () => {
  expect(pageOf('docs/licences.md')).toContain(licencesTable());
  const stranger = { name: 'a-package', version: '1.0.0', licence: 'GPL-3.0-only' };
  expect(() => licencesTable([stranger])).toThrow('a-package@1.0.0 (GPL-3.0-only)');
});

test('can say what it is made of', { timeout: 60_000 }, async () => {
  const args = ['--import', 'tsx', 'tools/sbom.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 25 });
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const listed = components.map(({ name, version }) => `${name}@${version}`);
  expect([...new Set(listed)].sort()).toEqual(
    productionPackages()
      .map(({ name, version }) => `${name}@${version}`)
      .sort(),
  );
});

test('updates what is there, by rules that each say why', () => {
  const { packageRules } = JSON.parse(read('renovate.json')) as {
    packageRules: { matchPackageNames: string[]; description?: string; groupName?: string }[];
  };
  const names = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  for (const { matchPackageNames, description, groupName } of packageRules) {
    expect(description ?? groupName).toBeTruthy();
    for (const one of matchPackageNames)
      expect([one, names.some((name) => name === one || name.startsWith(one.replace(/\*\*$/, '')))]).toEqual([
        one,
        true,
      ]);
  }
});

const MIRROR = 'npm warn audit 405 Method Not Allowed - POST\nnpm error audit endpoint returned an error';

test.each([
  ['nothing is found', 'found 0 vulnerabilities', 0, 0],
  ['something is', '3 high severity vulnerabilities', 1, 1],
  ['the registry offers no audit', MIRROR, 1, 0],
  ['the registry is away', 'npm error code ECONNREFUSED\nnpm error audit endpoint returned an error', 1, 1],
])('the audit of CI, when %s', async (_, words, status, expected) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-audit-'));
  const npm = path.join(folder, 'npm');
  await writeFile(npm, `#!/bin/sh\ncat <<'END'\n${words}\nEND\nexit ${status}\n`);
  await chmod(npm, 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const ended = promisify(execFile)(path.join(ROOT, 'tools/audit.sh'), { env }).then(
    () => 0,
    ({ code }: { code: number }) => code,
  );
  expect(await ended).toBe(expected);
  await rm(folder, { recursive: true });
});

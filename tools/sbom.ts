// What a production installation is made of, as CycloneDX on the standard output: `npm run sbom` writes it to sbom.json.
// `npm sbom --omit dev` leaves out packages that developers need as well, such as graphql itself: so all are asked for,
// and those that only developers install are taken out here.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { productionPackages } from './licences.js';

interface Bom {
  components: { name: string; version: string; 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  metadata: { component: { 'bom-ref': string; name: string } };
}

const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
const text = execFileSync('npm', args, {
  cwd: path.join(import.meta.dirname, '..'),
  encoding: 'utf8',
  maxBuffer: 2 ** 25,
});
const bom = JSON.parse(text) as Bom;
const kept = new Set(productionPackages().map(({ name, version }) => `${name}@${version}`));

bom.components = bom.components.filter(({ name, version }) => kept.has(`${name}@${version}`));
const refs = new Set([bom.metadata.component['bom-ref'], ...bom.components.map((one) => one['bom-ref'])]);
bom.dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
// The folder's name stands there otherwise.
bom.metadata.component.name = 'payouts';
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);

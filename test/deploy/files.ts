// What the files of a deployment say, read once for the tests of them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const ROOT = path.join(import.meta.dirname, '../..');
export const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

export interface ComposeService {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string | number>;
  healthcheck?: { test?: string[]; disable?: boolean };
  volumes?: string[];
  user?: string;
  read_only?: boolean;
  profiles?: string[];
  depends_on?: Record<string, unknown>;
}

/** As Compose sees it: with what `<<` brings in. */
export const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, ComposeService>;
};

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: each kind is another shape, and a schema has looked at them
  [key: string]: any;
}

export const manifests: Manifest[] = readdirSync(path.join(ROOT, 'deploy/kubernetes'))
  .sort()
  .flatMap((name) => parseAllDocuments(read(`deploy/kubernetes/${name}`)).map((one) => one.toJS()));

export const ofKind = (kind: string): Manifest[] => manifests.filter((one) => one.kind === kind);

/** Of the Dockerfile: each instruction on one line. */
export const dockerfile: string[] = read('Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

interface Locked {
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
}

/** Packages that `npm ci --omit=dev --omit=optional` installs; the outermost lie in `node_modules` itself. */
export function installed({ outermost = false } = {}): Set<string> {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
  const places = Object.entries(packages)
    .filter(([place, { dev, optional, devOptional }]) => place !== '' && !dev && !optional && !devOptional)
    .map(([place]) => place.split('node_modules/').slice(1));
  return new Set(
    places.filter(({ length }) => !outermost || length === 1).map((place) => place.at(-1) ?? ''),
  );
}

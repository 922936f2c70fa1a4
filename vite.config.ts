// How the dashboards are built: two pages from src/dashboard into dist/dashboard, each asset beside its compressed copies,
// the list of their documents for the server, and a first load that fails the build when it grows too large.
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, gzipSync } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

const SOURCE = path.join(import.meta.dirname, 'src/dashboard');
const TARGET = path.join(import.meta.dirname, 'dist/dashboard');

/** Bytes of JavaScript, gzipped, that either dashboard may load before its first page stands, charts aside. */
const FIRST_LOAD_LIMIT = 150_000;

export default defineConfig({
  root: SOURCE,
  base: '/dashboard/',
  plugins: [react(), tailwind(), firstLoad(), beside()],
  build: {
    outDir: TARGET,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: [path.join(SOURCE, 'admin.html'), path.join(SOURCE, 'creator.html')] },
  },
});

/** An entry with all that it imports at once, and the largest page with all that this imports beyond it. */
function firstLoad(): Plugin {
  return {
    name: 'first-load',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
      for (const entry of chunks.filter((chunk) => chunk.isEntry)) {
        const size = firstLoadOf(entry, bundle);
        console.log(`${entry.name}: first load ${(size / 1000).toFixed(1)} kB of JavaScript, gzipped`);
        if (size > FIRST_LOAD_LIMIT) this.error(`${entry.name} loads more than ${FIRST_LOAD_LIMIT} bytes`);
      }
    },
  };
}

function firstLoadOf(entry: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): number {
  const own = closureOf(entry.fileName, bundle);
  const pages = [...own].flatMap((name) => chunkOf(bundle, name)?.dynamicImports ?? []);
  const beyond = pages
    .filter((name) => !/charts/i.test(name))
    .map((name) =>
      sizeOf(
        [...closureOf(name, bundle)].filter((part) => !own.has(part)),
        bundle,
      ),
    );
  return sizeOf([...own], bundle) + Math.max(0, ...beyond);
}

function closureOf(name: string, bundle: Rolldown.OutputBundle, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const next of chunkOf(bundle, name)?.imports ?? []) closureOf(next, bundle, found);
  return found;
}

const chunkOf = (bundle: Rolldown.OutputBundle, name: string) => {
  const part = bundle[name];
  return part?.type === 'chunk' ? part : undefined;
};

const sizeOf = (names: readonly string[], bundle: Rolldown.OutputBundle) =>
  names.reduce((sum, name) => sum + gzipSync(chunkOf(bundle, name)?.code ?? '').byteLength, 0);

/** What the server reads beside the assets: their compressed copies, and the documents that may always run. */
function beside(): Plugin {
  return {
    name: 'beside',
    apply: 'build',
    async writeBundle() {
      const assets = path.join(TARGET, 'assets');
      await Promise.all((await readdir(assets)).map((name) => compress(path.join(assets, name))));
      const list = 'persisted-documents.json';
      await copyFile(path.join(SOURCE, 'gql', list), path.join(TARGET, list));
    },
  };
}

async function compress(file: string): Promise<void> {
  const plain = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(plain, { params }));
  await writeFile(`${file}.gz`, await promisify(gzip)(plain, { level: 9 }));
}

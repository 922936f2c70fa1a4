// How the tests run: files side by side, each with a database of its own on servers that global-setup starts.
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What starts processes of its own takes longest: begun first, nothing is left at the end for one core to wait for. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const long = ({ moduleId }: TestSpecification) => /\/test\/(crash|e2e|deploy)\//.test(moduleId);
    return [...sorted.filter(long), ...sorted.filter((file) => !long(file))];
  }
}

export default defineConfig({
  // Node gives everybody the CommonJS copy, Vite would give our sources the other one: errors of one are none of the other's.
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/canary-watch.ts'],
    pool: 'forks',
    // A process runs one file after another: to load the service anew for each took a third of the time. So a file puts back
    // what it changes of the process: clocks, spies (Vitest does), variables of the environment.
    isolate: false,
    // The tests wait for databases and sockets more than they compute: keep two files going even on one core.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // A shared machine that stands still for seconds fails what waits for it; what fails twice is broken. Vitest tells of both.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // What is waited for comes at once on an idle machine; a busy one gets its time.
    expect: { poll: { timeout: 10_000 } },
  },
});

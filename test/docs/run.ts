// Runs one example as its reader would: operations over HTTP, or SSE if they are subscriptions; commands in a shell;
// programs in Node.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { raiseAlert } from '../../src/payouts/alerts.js';
import { createCompletedPayout, take } from '../graphql/ask.js';
import { openStream } from '../graphql/sse.js';
import type { Operation } from '../support/running-app.js';
import { type Example, ROOT } from './examples.js';
import type { DocsWorld } from './world.js';

/** Milliseconds that an example may take. */
const PATIENCE_MS = 10_000;

/** @returns the first answer, with `data` and `errors` as they came */
export function run(world: DocsWorld, example: Example): Promise<unknown> {
  if (example.language === 'graphql') return runOperation(world, example);
  if (example.language === 'sh') return runCommand(world, example, 'bash', ['-c', SHELL + example.code]);
  if (example.language === 'js') {
    return runCommand(world, example, process.execPath, ['--input-type=module', '-e', example.code]);
  }
  throw new Error(`${example.where}: nobody runs ${example.language}`);
}

async function runOperation(world: DocsWorld, { code, variables, who }: Example): Promise<unknown> {
  const operation: Operation = { query: world.withIds(code) };
  if (variables) operation.variables = JSON.parse(world.withIds(JSON.stringify(variables)));
  const token = world.tokens[who];
  if (/^subscription/.test(code)) return hear(world, operation, token);
  const { data, errors } = await world.app.query(operation, token);
  return { data, ...(errors && { errors }) };
}

async function hear(world: DocsWorld, operation: Operation, token: string): Promise<unknown> {
  const stream = await openStream(world.app.url, operation, token);
  await makeNews(world);
  const [first] = await take(stream, 1);
  stream.abort();
  return first;
}

async function makeNews({ app, novaId }: DocsWorld): Promise<void> {
  await raiseAlert(app.world.db.pool, { rule: 'failure_rate_high', key: 'news', message: 'Look.' });
  await createCompletedPayout(app, { creatorId: novaId });
}

/** For who listens in another process: from outside nobody sees when that begins. */
function keepMakingNews(world: DocsWorld): { stop(): Promise<void> } {
  let stopped = false;
  const made = (async () => {
    while (!stopped) await makeNews(world);
  })();
  return {
    stop() {
      stopped = true;
      return made;
    },
  };
}

/** `curl` by Node's own means: not every machine that runs the tests has it. */
const SHELL = `curl() { "$NODE" "$CURL" "$@"; }\n`;

/** The first JSON that it prints on a line. A change happens as soon as it listens, for one that waits for one. */
async function runCommand(
  world: DocsWorld,
  { code, where, who }: Example,
  command: string,
  args: string[],
): Promise<unknown> {
  const there = args.map((text) => text.replaceAll('127.0.0.1:4000', new URL(world.app.url).host));
  const env = {
    ...process.env,
    TOKEN: world.tokens[who],
    NODE: process.execPath,
    CURL: path.join(import.meta.dirname, 'curl.mjs'),
  };
  const child = spawn(command, there, { cwd: ROOT, env, timeout: PATIENCE_MS });
  const news = code.includes('subscription') ? keepMakingNews(world) : null;
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  try {
    for await (const chunk of child.stdout) {
      printed += chunk;
      const json = /^(?:data: )?(\{.+\})\s*$/m.exec(printed)?.[1];
      if (json) return JSON.parse(json);
    }
    throw new Error(`${where} printed no answer: ${printed}`);
  } finally {
    child.kill();
    await news?.stop();
  }
}

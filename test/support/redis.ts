// A Redis for the tests: the one that TEST_REDIS_URL names, else a `redis-server` from PATH on a free port, else one
// written in JavaScript. The last speaks the protocol well enough for what we use, but only the others prove it.
import { once } from 'node:events';
import { access, constants, open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { devNull } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/dev/embedded-postgres/free-port.js';
import { type Supervised, supervise } from '../../src/dev/embedded-postgres/supervisor.js';

export type RedisKind = 'external' | 'redis-server' | 'js-redis-server';

export interface TestRedis {
  url: string;
  kind: RedisKind;
  /** Ends it and cuts its connections; does nothing to an external one. Safe to call twice. */
  stop(): Promise<void>;
}

/** The Redis that a whole run shares. */
export async function startRedis(): Promise<TestRedis> {
  const url = process.env.TEST_REDIS_URL;
  return url ? { url, kind: 'external', stop: async () => {} } : startOwnRedis();
}

/** One of the caller's own, never an external one: for tests that stop it. `port` brings it back where it was. */
export async function startOwnRedis(port?: number): Promise<TestRedis> {
  const number = port ?? (await freePort());
  const binary = await findOnPath('redis-server');
  const { kind, file, args } = binary ? realServer(binary, number) : javaScriptServer(number);
  const log = await open(devNull, 'w');
  const server = await supervise({ file, args, log: log.fd }).finally(() => log.close());
  await accepts(server, number);
  server.unref();
  return { url: `redis://127.0.0.1:${number}`, kind, stop: server.stop };
}

interface ServerCommand {
  kind: RedisKind;
  file: string;
  args: string[];
}

function realServer(file: string, port: number): ServerCommand {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return { kind: 'redis-server', file, args };
}

/** In a process of its own, whose end cuts the connections as that of a real one does. */
function javaScriptServer(port: number): ServerCommand {
  const library = createRequire(import.meta.url).resolve('js-redis-server');
  const script = 'require(process.argv[1]).createRedisMock({ port: Number(process.argv[2]) })';
  const args = ['--input-type=commonjs', '--eval', script, library, String(port)];
  return { kind: 'js-redis-server', file: process.execPath, args };
}

async function accepts(server: Supervised, port: number): Promise<void> {
  while (server.exitCode() === undefined) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(10);
  }
  throw new Error(`Redis ended with code ${server.exitCode()} instead of listening on port ${port}`);
}

async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && path.isAbsolute(file)) return file;
  }
  return undefined;
}

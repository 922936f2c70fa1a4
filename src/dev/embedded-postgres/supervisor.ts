// Runs a server that cannot outlive this process, however this process ends: SIGTERM, a crash, or kill -9.
//
// Nobody can act on the kill -9 of itself, so a second process does: a tiny supervisor whose stdin is a pipe from us.
// The kernel closes that pipe when we die, and the supervisor then stops the server. It lives in a session of its
// own, so that a Ctrl-C meant for us does not take the server away before we have drained.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

export interface Command {
  file: string;
  args: string[];
  /** An open file descriptor: takes the server's stdout and stderr. */
  log: number;
  /** The unprivileged user to run as; only root may name one. */
  user?: { uid: number; gid: number } | undefined;
  /** Files and folders to delete once the server has ended, for whatever reason. */
  removeAfter?: string[] | undefined;
}

export interface Supervised {
  /** The server's own process id, not the supervisor's. */
  pid: number;
  /** The server's exit code, also once it has ended by itself; -1 if a signal ended the supervisor. */
  exited: Promise<number>;
  /** Undefined while the server runs. */
  exitCode(): number | undefined;
  /** Lets this process end by itself while the server runs; the server then stops as well. */
  unref(): void;
  /** Asks for a shutdown (SIGINT; SIGQUIT after 30 seconds) and waits for the end. Safe to call twice. */
  stop(): Promise<void>;
}

// A string, because it must run as plain JavaScript both from dist/ and where only the TypeScript source exists.
const SCRIPT = `
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const { file, args, user, removeAfter } = JSON.parse(process.argv[1]);

const end = (code) => {
  for (const path of removeAfter) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
};
process.stdout.on('error', () => {});
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => {});

const env = { LC_ALL: 'C', TZ: 'UTC' };
const server = spawn(file, args, { ...user, env, cwd: '/', stdio: ['ignore', 2, 2], windowsHide: true });
server.on('error', (error) => { console.error(error.message); end(127); });
server.on('exit', (code) => end(code ?? 1));
server.on('spawn', () => process.stdout.write(server.pid + '\\n'));

let stopping = false;
const stop = () => {
  if (stopping) return;
  stopping = true;
  server.kill('SIGINT');
  setTimeout(() => server.kill('SIGQUIT'), 30_000);
};
process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
`;

/** Starts the server; resolves once its process exists. Throws if it cannot be executed (the log says why). */
export async function supervise(command: Command): Promise<Supervised> {
  const supervisor = spawnSupervisor(command);
  const stdin = supervisor.stdin as Socket;
  stdin.on('error', () => {}); // EPIPE: the supervisor is gone, which `exited` tells
  const exited = once(supervisor, 'exit').then(([code]) => (code as number | null) ?? -1);
  const pid = await Promise.race([firstNumber(supervisor.stdout as Socket), exited.then(() => undefined)]);
  if (pid === undefined) throw new Error(`${command.file} could not be executed`);
  return {
    pid,
    exited,
    exitCode: () => (supervisor.signalCode ? -1 : (supervisor.exitCode ?? undefined)),
    unref() {
      supervisor.unref();
      stdin.unref();
    },
    async stop() {
      supervisor.ref();
      stdin.end();
      await exited;
    },
  };
}

function spawnSupervisor({ file, args, log, user, removeAfter = [] }: Command) {
  const order = JSON.stringify({ file, args, user, removeAfter });
  return spawn(process.execPath, ['--input-type=commonjs', '--eval', SCRIPT, order], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', log],
    windowsHide: true,
  });
}

async function firstNumber(stdout: Socket): Promise<number> {
  const [line] = (await once(stdout, 'data')) as [Buffer];
  stdout.destroy();
  return Number(line.toString());
}

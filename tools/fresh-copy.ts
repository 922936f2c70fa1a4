// Does what the README says, on a copy in an empty folder, as a newcomer would: `npm run fresh-copy`. The commands are the
// README's own; `-- --install` downloads the packages too. As root it does all of it twice, side by side: as an ordinary
// user and as root; as somebody else once, as that one.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const ROOT = path.join(import.meta.dirname, '..');
/** The tests have a step of their own in CI, and take minutes. */
const ELSEWHERE = 'npm ci && npm test\n';
const START = 'npm ci && npm start\n';
/** `npm ci` takes longest and CI begins with it: without this the packages are taken from beside. */
const INSTALL = process.argv.includes('--install');
const PATIENCE_MS = 240_000;

interface Newcomer {
  name: string;
  uid: number;
  gid: number;
}

interface Copy {
  folder: string;
  port: number;
  newcomer: Newcomer;
}

const README = await readFile(path.join(ROOT, 'README.md'), 'utf8');
const BLOCKS = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

const root = process.getuid?.() === 0;

async function tryOut(newcomer: Newcomer): Promise<void> {
  const copy = { newcomer, folder: await copyFor(newcomer), port: await freePort() };
  const began = Date.now();
  const start = INSTALL ? START : START.replace('npm ci && ', '');
  const server = openTerminal(copy, `${start}exit\n`);
  try {
    await Promise.race([isUp(copy), failed(server)]);
    say(newcomer, began, 'it is up');
    await followReadme(copy);
    say(newcomer, began, 'the five minutes do what they say');
    await stop(server, copy);
    say(newcomer, began, 'Ctrl-C ends it');
  } catch (error) {
    throw new Error(server.heard(), { cause: error });
  } finally {
    server.signal('SIGKILL');
    await rm(copy.folder, { recursive: true, force: true });
  }
}

/** What git knows of, and what is new and not ignored: as somebody who clones would have it after the next commit. */
async function copyFor(newcomer: Newcomer): Promise<string> {
  const { uid, gid } = newcomer;
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-fresh-'));
  await chmod(folder, 0o755);
  for (const name of ['payouts', 'home']) await mkdir(path.join(folder, name));
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT });
  const archive = execFileSync('tar', ['-cf', '-', '-T', '-'], {
    cwd: ROOT,
    input: files,
    maxBuffer: 2 ** 30,
  });
  execFileSync('tar', ['-xf', '-'], { cwd: path.join(folder, 'payouts'), input: archive });
  if (root) execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
  if (!INSTALL) takePackages(newcomer, path.join(folder, 'payouts'));
  // `npm start` builds what is stale: the ordinary user, who comes first, sees all of that.
  if (newcomer.name === 'root')
    execFileSync('bash', ['-c', 'cp -a dist "$0" || true', path.join(folder, 'payouts')], { cwd: ROOT });
  return folder;
}

/** Links to the files, in folders that are the newcomer's own. */
function takePackages({ uid, gid }: Newcomer, to: string): void {
  const script =
    'cp -al node_modules "$0" 2>/dev/null || cp -a node_modules "$0"; find "$0/node_modules" -type d -exec chown "$1" {} +';
  execFileSync('bash', ['-c', script, to, `${uid}:${gid}`], { cwd: ROOT });
}

/** One terminal listens, everything else is typed into another. */
async function followReadme(copy: Copy): Promise<void> {
  const signIn = blockWith('TOKEN=');
  const watch = blockWith('text/event-stream');
  const books = blockWith('-- verify');
  const watching = openTerminal(copy, `${signIn}${watch}`);
  const typing = openTerminal(copy, `set -e\n${signIn}`);
  try {
    for (const code of BLOCKS)
      if (![START, ELSEWHERE, signIn, watch, books].includes(code)) typing.type(code);
    const everythingIsPaid = () => completed(watching.heard(), 1_200) && completed(watching.heard(), 2_500);
    await Promise.race([until(everythingIsPaid, 'the payouts to be completed'), failed(typing)]);
    typing.type(`${books}exit\n`);
    if ((await typing.ended) !== 0) throw new Error('a command of the README failed');
    refuseErrors(typing.heard());
  } catch (error) {
    throw new Error(`${typing.heard()}\n${watching.heard()}`, { cause: error });
  } finally {
    for (const one of [watching, typing]) one.signal('SIGKILL');
  }
}

interface Terminal {
  type(code: string): void;
  /** All that it has printed. */
  heard(): string;
  ended: Promise<number>;
  /** To it and to whatever it has started, as Ctrl-C goes to all of a terminal. */
  signal(name: NodeJS.Signals): void;
}

function openTerminal({ folder, newcomer: { uid, gid }, port }: Copy, code: string): Terminal {
  const home = path.join(folder, 'home');
  const child = spawn('bash', [], {
    cwd: path.join(folder, 'payouts'),
    // The machine's own settings are none of a newcomer's. Lost work is looked for sooner, so that nobody waits for it.
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      PORT: `${port}`,
      PAYOUT_SWEEP_INTERVAL: '2s',
      npm_config_prefer_offline: 'true',
    },
    ...(root && { uid, gid }),
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const type = (text: string) =>
    void child.stdin.write(text.replaceAll('127.0.0.1:4000', `127.0.0.1:${port}`));
  const ended = new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)));
  type(code);
  return { type, heard: () => printed, ended, signal: (name) => signalGroup(child.pid, name) };
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, name);
  } catch {
    // It has ended by itself.
  }
}

const failed = async (terminal: Terminal): Promise<never> => {
  throw new Error(`it ended with ${await terminal.ended}`);
};

async function isUp({ port }: Copy): Promise<void> {
  await until(() => isOk(`http://127.0.0.1:${port}/health/ready`), 'the server to be ready');
}

async function isOk(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** As the README has it: the database ends with it, and nothing says any more that they run. */
async function stop(server: Terminal, { folder }: Copy): Promise<void> {
  server.signal('SIGINT');
  await Promise.race([server.ended, late('the server to end')]);
  if (existsSync(path.join(folder, 'payouts/.data/running.json'))) throw new Error('it left its note behind');
}

async function late(what: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
  throw new Error(`waited in vain for ${what}`);
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const completed = (heard: string, cents: number) =>
  heard.includes('"status":"COMPLETED","payout":{"reference"') &&
  new RegExp(`"status":"COMPLETED","payout":\\{"reference":"\\w+","amountCents":${cents}\\}`).test(heard);

/** @throws Error for an answer that says no */
function refuseErrors(heard: string): void {
  const bad = heard.split('\n').find((line) => /^\{.*("errors":|"code":)/.test(line));
  if (bad) throw new Error(`an answer says no: ${bad}`);
}

function blockWith(part: string): string {
  const block = BLOCKS.find((code) => code.includes(part));
  if (!block) throw new Error(`the README has no block with ${part}`);
  return block;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function say({ name }: Newcomer, began: number, what: string): void {
  process.stdout.write(`${name}: ${what} (${((Date.now() - began) / 1_000).toFixed(1)} s)\n`);
}

const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const ordinary = root ? { name: 'an ordinary user', uid: 65_534, gid: 65_534 } : { name: 'you', ...me };
await Promise.all([ordinary, ...(root ? [{ name: 'root', ...me }] : [])].map(tryOut));

// What the Dockerfile puts into the image, laid out in a folder as it says: the service starts from nothing else, in
// production, serves, writes nothing, and ends when it is told to.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { dockerfile, installed, ROOT } from './files.js';

let database: TestDatabase;
let image: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  image = await mkdtemp(path.join(tmpdir(), 'payouts-image-'));
  await layOut();
}, 60_000);
afterAll(async () => {
  child?.kill('SIGKILL');
  await database?.drop();
  if (image) await rm(image, { recursive: true, force: true });
});

/** The COPY lines of the last stage. */
const copies = dockerfile
  .slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')))
  .filter((line) => line.startsWith('COPY '))
  .map((line) => line.split(' ').filter((word) => word !== 'COPY' && !word.startsWith('--')));

async function layOut(): Promise<void> {
  for (const [from = '', to = ''] of copies) {
    const source = from.replace(/^\/app\//, '');
    const target = path.join(image, to === './' ? source : to);
    if (source === 'node_modules') await linkPackages(target);
    else await cp(path.join(ROOT, source), target, { recursive: true });
  }
}

/** Linked one by one, so that none is there that the image has not got. */
async function linkPackages(target: string): Promise<void> {
  for (const name of installed({ outermost: true })) {
    await mkdir(path.dirname(path.join(target, name)), { recursive: true });
    await symlink(path.join(ROOT, 'node_modules', name), path.join(target, name));
  }
}

const ENVIRONMENT = () => ({
  PATH: process.env['PATH'],
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  SHUTDOWN_DELAY: '0s',
  DATABASE_URL: database.url,
  REDIS_URL: inject('redisUrl'),
  STRIPE_SECRET_KEY: 'sk_test_image',
  STRIPE_API_URL: 'http://127.0.0.1:9',
  STRIPE_WEBHOOK_SECRET: 'whsec_a',
  STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_b',
  JWT_SECRET: 'thirty-two characters are needed',
  JWT_ISSUER: 'us',
  JWT_AUDIENCE: 'payouts',
});

/** By their links: a package looks for what it needs beside itself, where only the image's packages are. */
const AS_LINKED = ['--preserve-symlinks', '--preserve-symlinks-main'];

async function start(): Promise<string> {
  const main = /^CMD \["(.+)"\]$/.exec(dockerfile.at(-1) ?? '')?.[1] ?? '';
  const started = spawn(process.execPath, [...AS_LINKED, main], {
    cwd: image,
    env: ENVIRONMENT(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const lines: string[] = [];
  const up = new Promise<string>((resolve) => {
    const read = (line: string) => {
      lines.push(line);
      const url = /"url":"([^"]+)".*payouts is up/.exec(line)?.[1];
      if (url) resolve(url);
    };
    createInterface({ input: started.stdout }).on('line', read);
    createInterface({ input: started.stderr }).on('line', read);
  });
  const ended = once(started, 'exit').then(() => {
    throw new Error(lines.join('\n'));
  });
  return Promise.race([up, ended]);
}

it('starts from what is in it, serves, writes nothing and ends', async () => {
  const before = (await readdir(image, { recursive: true })).length;
  const url = await start();
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${url}/admin`)).headers.get('content-type')).toContain('text/html');
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  const ended = once(child as ChildProcess, 'exit');
  child?.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await readdir(image, { recursive: true })).toHaveLength(before);
}, 40_000);

// Starts what is measured, each as a process of its own: the built product, and the hand-written floor beside it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = path.join(import.meta.dirname, '..');
const PROBE = path.join(import.meta.dirname, 'probe.mjs');

export interface Server {
  url: string;
  /** CPU time of the whole process since its start, in milliseconds. */
  cpuMs(): Promise<number>;
  /** What the process holds of memory after a collection, in bytes. */
  memoryBytes(): Promise<number>;
  /** The same, beside what the system has given the process. */
  memory(): Promise<Memory>;
  /** A message over IPC. */
  tell(message: object): void;
  stop(): Promise<void>;
}

/** In bytes. */
export interface Memory {
  heldBytes: number;
  rssBytes: number;
}

export interface ServerSettings {
  databaseUrl: string;
  jwtSecret: string;
  dataDir: string;
  redisUrl?: string;
}

/** Connections that each server may open: the product's own default. */
const POOL_SIZE = 10;

/** The product as it is deployed: API only, so that nobody works on the payouts that are listed. */
export function startProduct(settings: ServerSettings): Promise<Server> {
  return start(path.join(ROOT, 'dist/main.js'), [], {
    ROLE: 'api',
    PORT: '0',
    DATA_DIR: settings.dataDir,
    DATABASE_URL: settings.databaseUrl,
    DATABASE_POOL_SIZE: String(POOL_SIZE),
    JWT_SECRET: settings.jwtSecret,
    RATE_LIMIT_QUERIES: '1000000000/s',
    RATE_LIMIT_MUTATIONS: '1000000000/s',
    ...(settings.redisUrl && { REDIS_URL: settings.redisUrl }),
    // Nothing is asked of Stripe by a list.
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_WEBHOOK_SECRET: 'whsec_bench',
    STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_bench',
    STRIPE_API_URL: 'http://127.0.0.1:9',
  });
}

export function startFloor({ databaseUrl, jwtSecret }: ServerSettings): Promise<Server> {
  return start(path.join(import.meta.dirname, 'floor.ts'), ['--import', 'tsx'], {
    FLOOR: JSON.stringify({ databaseUrl, jwtSecret, poolSize: POOL_SIZE }),
  });
}

/** What live updates are measured against: see live-floor.mjs. */
export function startLiveFloor(): Promise<Server> {
  return start(path.join(import.meta.dirname, 'live-floor.mjs'), [], {});
}

/** The peer, installed in `folder`: see postgraphile.mjs. */
export function startPostGraphile({ databaseUrl }: ServerSettings, folder: string): Promise<Server> {
  return start(path.join(import.meta.dirname, 'postgraphile.mjs'), [], {
    PEER: JSON.stringify({ databaseUrl, poolSize: POOL_SIZE, folder }),
  });
}

async function start(script: string, loaders: string[], env: Record<string, string>): Promise<Server> {
  const child = fork(script, {
    cwd: ROOT,
    env,
    execArgv: [...loaders, '--expose-gc', '--import', PROBE],
    silent: true,
  });
  const ended = once(child, 'exit');
  const url = await addressOf(child);
  return {
    url,
    cpuMs: async () => (await askProbe(child, 'cpu')).cpuMs,
    memoryBytes: async () => (await askProbe(child, 'memory')).memoryBytes,
    async memory() {
      const { memoryBytes, rssBytes } = await askProbe(child, 'memory');
      return { heldBytes: memoryBytes, rssBytes };
    },
    tell: (message) => void child.send(message),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Waits for the log line that says where it listens. @throws with its output when it ends before */
function addressOf(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the server has no output');
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const read = (line: string) => {
      lines.push(line);
      const found = /"url":"(http[^"]+)"/.exec(line)?.[1];
      if (found) resolve(found);
    };
    createInterface({ input: stdout }).on('line', read);
    createInterface({ input: stderr }).on('line', read);
    child.once('exit', () => reject(new Error(`a server ended at its start:\n${lines.join('\n')}`)));
  });
}

interface Probed {
  cpuMs: number;
  memoryBytes: number;
  rssBytes: number;
}

async function askProbe(child: ChildProcess, what: 'cpu' | 'memory'): Promise<Probed> {
  const answer = once(child, 'message');
  child.send(what);
  const [probed] = (await answer) as [Probed];
  return probed;
}

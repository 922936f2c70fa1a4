// Two APIs behind a balancer and two workers, each a process of the built product as production runs it, on a database, a
// Redis and a Stripe that outlive them.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { newDataDir, type ServerProcess, startServer } from '../../support/process.js';
import { CONNECT_SECRET, PLATFORM_SECRET, type World } from '../../support/world.js';
import { type Balancer, LOOK_MS, startBalancer } from './balancer.js';

export type Role = 'api' | 'worker';

export interface Fleet {
  balancer: Balancer;
  members: Member[];
  close(): Promise<void>;
}

export interface Member {
  role: Role;
  /** SIGTERM, its end, and a new one in its place. @returns the exit code, or the signal */
  restart(): Promise<number | NodeJS.Signals>;
}

export const ISSUED = { issuer: 'payouts', audience: 'payouts', secret: randomBytes(32).toString('base64') };

/** Long enough for the balancer to notice. */
const SHUTDOWN_DELAY_MS = 10 * LOOK_MS;

export async function startFleet(world: World): Promise<Fleet> {
  const balancer = await startBalancer();
  const folder = await newDataDir();
  const running = new Set<ServerProcess>();

  async function start(role: Role): Promise<ServerProcess> {
    const server = await startServer(folder, { ...settingsOf(world), ROLE: role });
    running.add(server);
    if (role === 'api') balancer.add(server.url);
    return server;
  }

  async function member(role: Role): Promise<Member> {
    let server = await start(role);
    return {
      role,
      async restart() {
        const code = await server.end('SIGTERM');
        balancer.remove(server.url);
        running.delete(server);
        server = await start(role);
        return code;
      },
    };
  }

  const members = await Promise.all((['api', 'api', 'worker', 'worker'] as const).map(member));
  await allReady(balancer);
  return {
    balancer,
    members,
    async close() {
      await Promise.all([...running].map((server) => server.end('SIGTERM')));
      await balancer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As whoever rolls waits before it goes on to the next one. */
export async function allReady(balancer: Balancer): Promise<void> {
  while (balancer.ready() < 2) await sleep(LOOK_MS / 4);
}

function settingsOf(world: World): Record<string, string> {
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    SHUTDOWN_DELAY: `${SHUTDOWN_DELAY_MS}ms`,
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: inject('redisUrl'),
    STRIPE_SECRET_KEY: 'sk_test_rolling',
    STRIPE_API_URL: world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
    STRIPE_MAX_RPS: '1000',
    JWT_SECRET: ISSUED.secret,
    JWT_ISSUER: ISSUED.issuer,
    JWT_AUDIENCE: ISSUED.audience,
    RATE_LIMIT_QUERIES: '1000000/m',
    RATE_LIMIT_MUTATIONS: '1000000/m',
    LOG_LEVEL: 'info',
  };
}

// The built product as a process, on a world of the test's own, with a line to it that the test can cut.
import { rm } from 'node:fs/promises';
import { inject } from 'vitest';
import { signToken } from '../../src/http/identity.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { createLine, type Line } from './line.js';
import { newDataDir, startServer } from './process.js';
import { ADMIN, JWT_SECRET } from './running-app.js';
import { CONNECT_SECRET, createWorld, PLATFORM_SECRET, type World } from './world.js';

export interface Dashboards {
  world: World;
  /** The server's own address. */
  url: string;
  /** The same through the line. */
  lineUrl: string;
  line: Line;
  token(viewer?: Viewer, seconds?: number): Promise<string>;
  close(): Promise<void>;
}

/** `ownClock`: the test moves the time of the database, and with it that of all payouts. */
export async function startDashboards(
  settings: Record<string, string> = {},
  { ownClock = false } = {},
): Promise<Dashboards> {
  const world = await createWorld({ ownClock });
  const dataDir = await newDataDir();
  const server = await startServer(dataDir, {
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: inject('redisUrl'),
    STRIPE_SECRET_KEY: 'sk_test_dashboards',
    STRIPE_API_URL: world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
    JWT_SECRET,
    PAYOUT_SWEEP_INTERVAL: '250ms',
    RATE_LIMIT_QUERIES: '100000/m',
    RATE_LIMIT_MUTATIONS: '100000/m',
    ...settings,
  });
  await world.simulator.setWebhookUrl(`${server.url}/api/webhooks/stripe`);
  await world.simulator.setBalance(1_000_000_000);
  const line = await createLine(new URL(server.url).host);
  const signed = { secret: JWT_SECRET, issuer: 'payouts', audience: 'payouts' };
  return {
    world,
    url: server.url,
    lineUrl: `http://${line.host}`,
    line,
    token: (viewer = ADMIN, seconds = 3_600) => signToken(signed, viewer, seconds),
    async close() {
      await line.close();
      await server.end('SIGTERM');
      await world.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

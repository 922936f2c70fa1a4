// The built product in processes of its own, on a database and a Stripe that outlive them, and the means to kill or
// stop each of them at a named moment.
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, vi } from 'vitest';
import { signToken } from '../../src/http/identity.js';
import type { Checkpoint } from '../../src/observability/checkpoints.js';
import { CANARY } from '../support/canary.js';
import { newDataDir, type ServerProcess, startServer } from '../support/process.js';
import { ADMIN, JWT_SECRET, type Operation, post } from '../support/running-app.js';
import { CONNECT_SECRET, createWorld, PLATFORM_SECRET, type World } from '../support/world.js';

export interface Site {
  world: World;
  /** Starts a process and resolves once it is up. */
  start(role?: 'all' | 'api' | 'worker'): Promise<Struck>;
  /** One operation of an admin's. @throws when the process is not there, or answers with an error */
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
  ask(server: ServerProcess, operation: Operation): Promise<any>;
  close(): Promise<void>;
}

export interface Struck extends ServerProcess {
  /** The signal comes when the process passes the moment for the next time, and then no more. */
  strikeAt(name: Checkpoint, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void>;
  /** Resolves when the signal has come. */
  struck(): Promise<void>;
}

/** Milliseconds for whatever a test waits for; nothing takes that long unless it never comes. */
export const PATIENCE_MS = 45_000;

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, 'kill-at.mjs')).href;

/** `settings` override the compressed time below. */
export async function openSite(settings: Record<string, string> = {}): Promise<Site> {
  const world = await createWorld();
  const folder = await newDataDir();
  const issued = { issuer: 'payouts', audience: 'payouts', secret: JWT_SECRET };
  const token = await signToken(issued, ADMIN, 600);
  const servers: Struck[] = [];
  return {
    world,
    async start(role = 'all') {
      const own = path.join(folder, String(servers.length));
      const order = `${own}.order`;
      const environment = { ...settingsOf(world), ROLE: role, ...settings, ...preload(order) };
      const server = withOrders(await startServer(own, environment), order);
      servers.push(server);
      return server;
    },
    async ask(server, operation) {
      const { data, errors } = await post(server.url, operation, token);
      if (errors) throw new Error(errors[0]?.message);
      return data;
    },
    async close() {
      await Promise.all(servers.map((server) => server.end('SIGKILL')));
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function withOrders(server: ServerProcess, order: string): Struck {
  return {
    ...server,
    async strikeAt(name, signal) {
      // Renamed into place: the process never reads a half of it.
      await writeFile(`${order}.new`, JSON.stringify({ name, signal }));
      await rename(`${order}.new`, order);
    },
    struck: () =>
      vi.waitFor(() => expect(existsSync(order)).toBe(false), { timeout: PATIENCE_MS, interval: 20 }),
  };
}

const preload = (order: string) => ({ NODE_OPTIONS: `--import ${PRELOAD}`, KILL_AT_FILE: order });

/** Minutes are milliseconds here. */
function settingsOf(world: World): Record<string, string> {
  return {
    DATABASE_URL: world.databaseUrl,
    STRIPE_SECRET_KEY: `sk_test_crash${CANARY}`,
    STRIPE_API_URL: world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
    STRIPE_MAX_RPS: '1000',
    STRIPE_TIMEOUT: '500ms',
    RATE_LIMIT_QUERIES: '1000000/m',
    RATE_LIMIT_MUTATIONS: '1000000/m',
    JWT_SECRET,
    PAYOUT_SWEEP_INTERVAL: '200ms',
    PAYOUT_RETRY_DELAYS: '200ms',
    PAYOUT_UNKNOWN_GRACE: '1m',
  };
}

/**
 * What time would do: the leases of a process that is dead run out, and so do the locks of its jobs. Agenda's rows
 * are deleted altogether, which must be harmless. Never call it while a process may still be sending.
 */
export async function letLeasesEnd({ db }: World): Promise<void> {
  await db.pool.query(
    `UPDATE payout_attempts SET lease_until = now() - interval '1 second' WHERE finished_at IS NULL`,
  );
  await db.pool.query(
    `UPDATE reconciliation_runs SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL`,
  );
  await db.pool.query(`UPDATE alert_deliveries SET lease_until = NULL WHERE lease_until IS NOT NULL`);
  await db.pool.query(
    `UPDATE emails SET next_attempt_at = now() - make_interval(mins => 1) WHERE state = 'PENDING'`,
  );
  await db.pool.query('DELETE FROM agenda_jobs');
}

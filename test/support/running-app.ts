// The whole service in this process, as `npm start` composes it, on a database and a simulator of the test's own.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type App, startApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { signToken } from '../../src/http/identity.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import type { LogDestination } from '../../src/wiring/observability.js';
import { CANARY, watch, watchedLines } from './canary.js';
import { CONNECT_SECRET, createWorld, PLATFORM_SECRET, type World } from './world.js';

export const JWT_SECRET = `a secret of the tests, 32 characters long: ${CANARY}`;

export interface RunningApp {
  app: App;
  world: World;
  url: string;
  token(viewer: Viewer, expiresInSeconds?: number): Promise<string>;
  /** One operation over HTTP. */
  query(operation: Operation, token: string | null): Promise<QueryResult>;
  /** A graphql-ws client; `close` ends it too. */
  socket(token: string | null): SocketClient;
  close(): Promise<void>;
}

export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

export interface QueryResult {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
  data: any;
  errors: { message: string; path?: string[]; extensions: { code: string; requestId: string } }[] | undefined;
}

export const ADMIN: Viewer = { role: 'ADMIN', sub: 'admin@platform' };

/**
 * `environment` overrides the settings, by the names of the public contract. `beside`: one more instance of that one's
 * service, which must be closed first. `logTo`: where its log goes.
 */
export async function runApp(
  environment: Record<string, string> = {},
  beside?: RunningApp,
  logTo: LogDestination = watchedLines,
): Promise<RunningApp> {
  const world = beside?.world ?? (await createWorld());
  const dataDir = await mkdtemp(path.join(tmpdir(), 'payouts-app-'));
  const config = readConfig({ ...settingsOf(world, dataDir), ...environment });
  const app = await startApp(config, logTo);
  if (!beside) await world.simulator.setWebhookUrl(`${app.url}/api/webhooks/stripe`);
  const sockets: SocketClient[] = [];
  return {
    app,
    world,
    url: app.url,
    token: (viewer, seconds = 600) => signToken({ ...config.jwt, secret: JWT_SECRET }, viewer, seconds),
    query: (operation, token) => post(app.url, operation, token),
    socket(token) {
      const client = openSocket(app.url, token);
      sockets.push(client);
      return client;
    },
    async close() {
      for (const socket of sockets) await socket.dispose();
      watch('metrics', await metricsOf(app.url));
      await app.close();
      if (!beside) await world.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function settingsOf(world: World, dataDir: string): Record<string, string> {
  return {
    PORT: '0',
    LOG_LEVEL: 'debug',
    DATA_DIR: dataDir,
    DATABASE_URL: world.databaseUrl,
    STRIPE_SECRET_KEY: `sk_test_app${CANARY}`,
    STRIPE_API_URL: world.simulatorUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
    STRIPE_MAX_RPS: '1000',
    JWT_SECRET,
    PAYOUT_SWEEP_INTERVAL: '250ms',
    // What a test asks for within a minute is no business of the limits, unless it is about them.
    RATE_LIMIT_QUERIES: '1000000/m',
    RATE_LIMIT_MUTATIONS: '1000000/m',
  };
}

/** Empty where the app has been closed by the test. */
const metricsOf = (url: string): Promise<string> =>
  fetch(`${url}/metrics`).then(
    (response) => response.text(),
    () => '',
  );

export async function post(url: string, operation: Operation, token: string | null): Promise<QueryResult> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(operation),
  });
  const body = (await response.json()) as Omit<QueryResult, 'status'>;
  return { status: response.status, data: body.data, errors: body.errors };
}

export function openSocket(url: string, token: string | null, idleMs = 0): SocketClient {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazyCloseTimeout: idleMs,
    generateID: () => randomUUID(),
    ...(token && { connectionParams: { authorization: `Bearer ${token}` } }),
  });
}

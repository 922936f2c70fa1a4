// Starts what a fresh machine has not got and nobody configured: Postgres and a Stripe simulator. A part that has its
// setting is left alone, and in production nothing is started or made up.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { assertReady, type Config, type ReadyConfig } from '../config.js';
import { startSimulator } from '../stripe/simulator/server.js';
import { startEmbeddedPostgres } from './embedded-postgres/start.js';
import { findRunning, forgetRunning, noteRunning, type RunningParts } from './running.js';
import { type DevSecrets, devSecrets } from './secrets.js';

export interface Embedded {
  /** The settings, with what was started filled in. */
  config: ReadyConfig;
  /** The simulator that stands in for Stripe; null where a real Stripe key is set. */
  simulatorUrl: string | null;
  /** Database and Stripe are both ours: demo data can be put in. */
  selfContained: boolean;
  stop(): Promise<void>;
}

const DATABASE = 'payouts';
/** Taken by the simulator for any platform; it looks like a key and is none. */
const SIMULATOR_KEY = 'sk_test_simulator';

/** For the server: owns the parts that it starts. */
export async function embed(config: Config): Promise<Embedded> {
  return withParts(config, async (needs, secrets) => {
    const { dataDir } = config;
    const stops: (() => Promise<void>)[] = [];
    const stop = async () => {
      for (const end of stops.reverse()) await end();
    };
    try {
      const parts: RunningParts = { pid: process.pid };
      if (needs.database) {
        const postgres = await startEmbeddedPostgres({ dataDir: path.join(dataDir, 'postgres') });
        stops.push(() => postgres.stop());
        parts.databaseUrl = postgres.url(DATABASE);
      }
      if (needs.stripe) {
        const simulator = await startSimulator({
          port: config.stripe.simulatorPort,
          platformSecret: secrets.webhookSecret,
          connectSecret: secrets.connectWebhookSecret,
          journal: path.join(dataDir, 'stripe-simulator.jsonl'),
        });
        stops.push(() => simulator.close());
        parts.simulatorUrl = simulator.url;
      }
      await noteRunning(dataDir, parts);
      stops.push(() => forgetRunning(dataDir));
      return { parts, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  });
}

/** For a command: uses the parts of the server that runs beside it, else starts its own for as long as it takes. */
export async function attach(config: Config): Promise<Embedded> {
  const running = await findRunning(config.dataDir);
  if (!running) return embed(config);
  return withParts(config, async () => ({ parts: running, stop: async () => undefined }));
}

interface Needs {
  database: boolean;
  stripe: boolean;
}

type Provide = (
  needs: Needs,
  secrets: DevSecrets,
) => Promise<{ parts: RunningParts; stop: () => Promise<void> }>;

async function withParts(config: Config, provide: Provide): Promise<Embedded> {
  if (config.production) {
    return {
      config: assertReady(config),
      simulatorUrl: null,
      selfContained: false,
      stop: async () => undefined,
    };
  }
  await mkdir(config.dataDir, { recursive: true });
  const needs = { database: !config.database.url, stripe: !config.stripe.secretKey };
  const secrets = await devSecrets(config.dataDir);
  const nothing = { parts: { pid: process.pid } as RunningParts, stop: async () => undefined };
  const { parts, stop } = needs.database || needs.stripe ? await provide(needs, secrets) : nothing;
  return {
    config: assertReady(fill(config, needs, parts, secrets)),
    simulatorUrl: needs.stripe ? (parts.simulatorUrl ?? null) : null,
    selfContained: needs.database && needs.stripe,
    stop,
  };
}

function fill(config: Config, needs: Needs, parts: RunningParts, secrets: DevSecrets): Config {
  const database = { ...config.database, url: config.database.url ?? parts.databaseUrl };
  const simulator = {
    secretKey: SIMULATOR_KEY,
    apiUrl: parts.simulatorUrl,
    webhookSecrets: [secrets.webhookSecret],
    connectWebhookSecrets: [secrets.connectWebhookSecret],
  };
  const stripe = needs.stripe ? { ...config.stripe, ...simulator } : config.stripe;
  const secret = config.jwt.jwksUrl ? undefined : (config.jwt.secret ?? secrets.jwtSecret);
  return { ...config, database, stripe, jwt: { ...config.jwt, secret } };
}

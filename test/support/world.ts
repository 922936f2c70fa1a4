// A payouts engine on a database of its own, with a simulator in Stripe's place: what a test of the engine needs.
import cuid from '@bugsnag/cuid';
import pg from 'pg';
import { connect, type Database } from '../../src/db/connect.js';
import type { CreateDeps } from '../../src/payouts/create.js';
import type { InboxDeps } from '../../src/payouts/events/inbox.js';
import type { Signals } from '../../src/payouts/ports.js';
import type { SubmitDeps } from '../../src/payouts/sending/submit.js';
import { createStripe } from '../../src/stripe/client.js';
import { factOf } from '../../src/stripe/events.js';
import { createStripeReader } from '../../src/stripe/reader.js';
import { SimulatorClient } from '../../src/stripe/simulator/client.js';
import { startSimulator } from '../../src/stripe/simulator/server.js';
import { createTransferGateway } from '../../src/stripe/transfers.js';
import { CANARY, watchedLog } from './canary.js';
import { withOwnClock } from './clock.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export const PLATFORM_SECRET = `whsec_platform_${CANARY}`;
export const CONNECT_SECRET = `whsec_connect_${CANARY}`;

export interface World {
  databaseUrl: string;
  db: Database;
  simulator: SimulatorClient;
  simulatorUrl: string;
  /** Dependencies of every use case; a test may override what it is about. */
  deps: CreateDeps & SubmitDeps & InboxDeps;
  /** How often each signal was given. */
  signalled: Record<keyof Signals, number>;
  close(): Promise<void>;
}

/** `ownClock`: `advance` moves the time of database and simulator alike. `on`: a database that is there already. */
export async function createWorld({
  ownClock = false,
  on,
}: {
  ownClock?: boolean;
  on?: TestDatabase;
} = {}): Promise<World> {
  const database = on ?? (await createTestDatabase());
  const databaseUrl = ownClock ? await withOwnClock(database.url) : database.url;
  const simulatorServer = await startSimulator({
    port: 0,
    platformSecret: PLATFORM_SECRET,
    connectSecret: CONNECT_SECRET,
  });
  const db = connect({ url: databaseUrl, poolSize: 10, onError: () => undefined });
  const signalled = {
    due: 0,
    retriesDue: 0,
    outcomesDue: 0,
    accountsDue: 0,
    reconciliationDue: 0,
    changed: 0,
  };
  const signals: Signals = {
    due: () => void signalled.due++,
    retriesDue: () => void signalled.retriesDue++,
    outcomesDue: () => void signalled.outcomesDue++,
    accountsDue: () => void signalled.accountsDue++,
    reconciliationDue: () => void signalled.reconciliationDue++,
    changed: () => void signalled.changed++,
  };
  const stripe = createStripe({
    secretKey: `sk_test_world${CANARY}`,
    apiUrl: simulatorServer.url,
    timeoutMs: 1_000,
  });
  return {
    databaseUrl,
    db,
    simulator: new SimulatorClient(simulatorServer.url),
    simulatorUrl: simulatorServer.url,
    signalled,
    deps: {
      pool: db.pool,
      limits: { currency: 'usd', minimumCents: 100, maximumCents: 1_000_000, approvalAboveCents: null },
      signals,
      transfers: createTransferGateway(stripe),
      stripe: createStripeReader(stripe),
      retries: { maxRetries: 5, delaysMs: [300_000, 600_000, 1_800_000, 3_600_000, 7_200_000] },
      log: watchedLog(),
      maxRps: 10_000,
      stripeTimeoutMs: 1_000,
      concurrency: 20,
      resolveAfterMs: 0,
      unknownGraceMs: 600_000,
      livemode: false,
      factOf,
    },
    async close() {
      await db.close();
      await simulatorServer.close();
      await database.drop();
    },
  };
}

export interface TestCreator {
  id: string;
  accountId: string;
  email: string;
}

/** A creator with an account of its own at the simulator. */
export async function addCreator(world: World, options: { ready?: boolean } = {}): Promise<TestCreator> {
  const ready = options.ready ?? true;
  const account = await world.simulator.createAccount({ transfers: ready ? 'active' : 'inactive' });
  const id = cuid();
  const email = `${id}@${CANARY}.example.com`;
  await world.db.pool.query(
    `INSERT INTO creators (id, external_id, display_name, email, stripe_account_id, transfers_enabled, updated_at)
     VALUES ($1, $1, $2, $3, $4, $5, now())`,
    [id, `Creator ${id}`, email, account.id, ready],
  );
  return { id, accountId: account.id, email };
}

export async function addStatement(
  world: World,
  creatorId: string,
  amountCents: number,
  period: { start: string; end: string } = { start: '2026-08-01', end: '2026-08-31' },
): Promise<string> {
  const id = cuid();
  await world.db.pool.query(
    `INSERT INTO royalty_statements
       (id, external_id, creator_id, period_start, period_end, amount_cents, updated_at)
     VALUES ($1, $1, $2, $3, $4, $5, now())`,
    [id, creatorId, period.start, period.end, amountCents],
  );
  return id;
}

/** A connection beside the world's pool, for a transaction that a test holds open. */
export async function openClient(world: World): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  return client;
}

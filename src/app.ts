// The composition root: wires every part, and owns the order in which they start and stop.
import path from 'node:path';
import type { Config, ReadyConfig } from './config.js';
import { connect, type Database } from './db/connect.js';
import { ensureDatabase, MigrationError, migrate, pendingMigrations } from './db/migrate.js';
import { seedDemo } from './dev/demo.js';
import { type Embedded, embed } from './dev/embed.js';
import type { Identify } from './graphql/context.js';
import { loadTrustedDocuments } from './graphql/limits/trusted-documents.js';
import { schema } from './graphql/schema.js';
import { createGraphQL } from './graphql/server.js';
import { serveWebSocket } from './graphql/websocket.js';
import { createAddressOf } from './http/address.js';
import { type DevAccount, devRoutes, devToken } from './http/dev-pages.js';
import { graphqlRoute } from './http/graphql.js';
import { healthRoutes } from './http/health.js';
import { createIdentify, signToken } from './http/identity.js';
import { metricsRoute } from './http/metrics.js';
import { createRateLimits } from './http/rate-limit.js';
import { createHttpServer, type Route } from './http/server.js';
import { webhookRoute } from './http/webhook.js';
import { createJobs, type Jobs } from './jobs/agenda.js';
import { checkStale } from './jobs/check-stale-payouts.js';
import { processStripeTransfer } from './jobs/process-stripe-transfer.js';
import { reconcilePayouts } from './jobs/reconcile-payouts.js';
import { retryFailedPayouts } from './jobs/retry-failed-payouts.js';
import { runReconciliations } from './jobs/run-reconciliations.js';
import { scheduleOf } from './jobs/schedule.js';
import { sweep } from './jobs/sweep.js';
import type { Task } from './jobs/task.js';
import { type AlertFeed, createAlertFeed } from './live/alert-feed.js';
import { type Cursors, createCursors, readCursorKey } from './live/cursors.js';
import { createRelay, type Relay } from './live/relay.js';
import { createWakeup, type Wakeup } from './live/wakeup.js';
import { createLogger, type Logger } from './observability/logger.js';
import { createMetrics } from './observability/metrics.js';
import { applyEvent, type InboxDeps, storeEvent } from './payouts/inbox.js';
import type { Signals } from './payouts/ports.js';
import type { SubmitDeps } from './payouts/submit.js';
import { createAsk } from './reconciliation/ask.js';
import type { ReconcileDeps } from './reconciliation/pass.js';
import { createTransferBook } from './stripe/book.js';
import { createStripe } from './stripe/client.js';
import { factOf } from './stripe/events.js';
import { createStripeReader } from './stripe/reader.js';
import { SimulatorClient } from './stripe/simulator/client.js';
import { createTransferGateway } from './stripe/transfers.js';
import { createVerifier } from './stripe/webhooks.js';

export const MIGRATIONS = path.join(import.meta.dirname, '../prisma/migrations');

export interface App {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  /** Development only: who can be signed in with one click. */
  accounts(): Promise<DevAccount[]>;
  simulatorUrl: string | null;
  /** No new work, running transfers finish, sockets close with 1001, connections end. Safe to call twice. */
  close(): Promise<void>;
}

/** In the order of starting; they run in the opposite one. */
type Stops = (() => Promise<unknown>)[];

/** What every part below is made of. */
interface Parts {
  config: ReadyConfig;
  log: Logger;
  db: Database;
  wakeup: Wakeup;
  relay: Relay;
  alerts: AlertFeed;
  cursors: Cursors;
  jobs: Jobs;
  stripe: ReturnType<typeof createStripe>;
  signals: Signals;
}

/** Starts what `config.role` says. What was started is stopped again when something fails on the way. */
export async function startApp(config: Config): Promise<App> {
  const stops: Stops = [];
  const close = once(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  try {
    const embedded = await embed(config);
    stops.push(() => embedded.stop());
    const parts = await openParts(embedded.config, stops);
    const url = await serve(parts, embedded, stops);
    if (config.role === 'api') await parts.jobs.enqueueOnly();
    else await parts.jobs.work(tasksOf(parts), scheduleOf(parts.config));
    parts.log.info({ url, role: config.role }, 'payouts is up');
    return { url, accounts: () => devAccounts(parts.db), simulatorUrl: embedded.simulatorUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openParts(config: ReadyConfig, stops: Stops): Promise<Parts> {
  const log = createLogger(config.logLevel);
  await prepareDatabase(config);
  const db = connect({
    ...config.database,
    onError: (err) => log.warn({ err }, 'database connection'),
  });
  stops.push(() => db.close());
  const wakeup = createWakeup(config.redisUrl, log);
  stops.push(() => wakeup.close());
  const relay = createRelay({ pool: db.pool, wakeup, log, pollMs: 1_000, queueLimit: 10_000 });
  stops.push(() => relay.stop());
  await relay.start();
  const cursors = createCursors(await readCursorKey(db.pool));
  const position = () => relay.position();
  const alerts = createAlertFeed({ pool: db.pool, wakeup, position, log, pollMs: 1_000 });
  stops.push(() => alerts.stop());
  const jobs = await createJobs({ pool: db.pool, agendaUrl: config.agendaUrl, log });
  stops.push(() => jobs.stop());
  const parts = {
    config,
    log,
    db,
    wakeup,
    relay,
    alerts,
    cursors,
    jobs,
    stripe: createStripe(config.stripe),
  };
  return { ...parts, signals: signalsOf(parts) };
}

function signalsOf({ jobs, wakeup }: Pick<Parts, 'jobs' | 'wakeup'>): Signals {
  return {
    due: () => jobs.enqueue('process-stripe-transfer'),
    retriesDue: () => jobs.enqueue('retry-failed-payouts'),
    outcomesDue: () => jobs.enqueue('sweep'),
    accountsDue: () => jobs.enqueue('sweep'),
    reconciliationDue: () => jobs.enqueue('run-reconciliations'),
    changed: () => wakeup.send(),
  };
}

/** In production migrations are a step of their own, so that a rolling restart never runs them by surprise. */
async function prepareDatabase({ production, database }: ReadyConfig): Promise<void> {
  if (!production) {
    await ensureDatabase(database.url);
    await migrate(database.url, MIGRATIONS);
    return;
  }
  const pending = await pendingMigrations(database.url, MIGRATIONS);
  if (pending[0]) {
    const others = pending.length > 1 ? ` and ${pending.length - 1} more` : '';
    throw new MigrationError(pending[0], `is not applied${others}: run "npm run payouts -- migrate".`);
  }
}

/** HTTP for everybody, so that workers too can be asked how they are; the API where the role has it. */
async function serve(parts: Parts, embedded: Embedded, stops: Stops): Promise<string> {
  const { config, db, log, relay, wakeup } = parts;
  const needed = { postgres: () => db.pool.query('SELECT 1'), live: () => relay.check() };
  const health = healthRoutes(needed, wakeup.check ? { redis: wakeup.check } : {});
  const yoga = config.role === 'worker' ? null : await graphqlOf(parts, stops);
  const { trustProxy, corsOrigins } = config;
  const addressOf = createAddressOf(trustProxy);
  const api = yoga && graphqlRoute({ path: yoga.graphqlEndpoint, serve: yoga.serve, addressOf, corsOrigins });
  const routes = api ? [api, webhookOf(parts), ...devOf(parts, embedded)] : [];
  const metrics = createMetrics({
    openSubscriptions: () => yoga?.open.streams.open ?? 0,
    subscriptionLagMs: () => relay.lagMs(),
  });
  const http = createHttpServer([...routes, ...health, metricsRoute(metrics)], log);
  const port = await http.listen(config.port, config.host);
  stops.push(() => http.close());
  if (yoga)
    stops.push(serveWebSocket({ server: http.server, yoga, identify: identifyOf(config), addressOf }));
  const url = `http://${config.host}:${port}`;
  if (embedded.simulatorUrl) await connectSimulator(parts, embedded, url);
  return url;
}

function webhookOf(parts: Parts): Route {
  const { webhookSecrets, connectWebhookSecrets } = parts.config.stripe;
  const inbox = inboxOf(parts);
  return webhookRoute({
    verify: createVerifier([...webhookSecrets, ...connectWebhookSecrets]),
    store: (event) => storeEvent(parts.db.pool, event),
    apply: (id) => applyEvent(inbox, id),
    log: parts.log,
  });
}

function devOf({ config, db }: Parts, { simulatorUrl }: Embedded): Route[] {
  const { secret } = config.jwt;
  if (config.production || !secret) return [];
  return devRoutes({
    accounts: () => devAccounts(db),
    sign: (viewer) => signToken({ ...config.jwt, secret }, viewer, DEV_TOKEN_SECONDS),
    simulatorUrl,
  });
}

const DEV_TOKEN_SECONDS = 12 * 3_600;

async function graphqlOf(parts: Parts, stops: Stops) {
  const { config, db, log, relay, alerts, cursors, signals } = parts;
  const { limits } = config;
  const services = {
    pool: db.pool,
    prisma: db.prisma,
    limits,
    signals,
    live: relay,
    alerts,
    cursors,
    inbox: inboxOf(parts),
  };
  const { redisUrl, trustedDocumentsFile: file } = config;
  const rateLimits = await createRateLimits({ redisUrl, ...config.rateLimits, log });
  stops.push(async () => rateLimits.close());
  return createGraphQL({
    services,
    settings: config,
    identify: identifyOf(config),
    takePoints: rateLimits.take,
    trustedDocuments: file ? await loadTrustedDocuments(path.resolve(config.callerDir, file), schema) : null,
    log,
    ...(config.production ? {} : { graphiqlToken: devToken }),
  });
}

const identifyOf = (config: ReadyConfig): Identify => createIdentify(config.jwt);

function inboxOf({ config, db, log, signals, stripe }: Parts): InboxDeps {
  const { secretKey, maxRps } = config.stripe;
  const livemode = /^[a-z]+_live_/.test(secretKey);
  const gateways = { transfers: createTransferGateway(stripe), stripe: createStripeReader(stripe) };
  return { pool: db.pool, log, signals, livemode, factOf, maxRps, ...gateways };
}

function submitOf({ config, db, log, signals, stripe }: Parts): SubmitDeps {
  const { timeoutMs, maxRps } = config.stripe;
  return {
    pool: db.pool,
    transfers: createTransferGateway(stripe),
    retries: config.retries,
    signals,
    log,
    maxRps,
    stripeTimeoutMs: timeoutMs,
    concurrency: 20,
    resolveAfterMs: config.sweepIntervalMs,
    unknownGraceMs: config.unknownGraceMs,
  };
}

function reconcileOf({ config, db, log, signals, stripe }: Parts): ReconcileDeps {
  const ask = createAsk({ pool: db.pool, maxRps: config.stripe.maxRps });
  const { staleAfterMs } = config;
  const gateways = { transfers: createTransferGateway(stripe), reader: createStripeReader(stripe) };
  return {
    pool: db.pool,
    ask,
    signals,
    log,
    staleAfterMs,
    book: createTransferBook(stripe, ask),
    ...gateways,
  };
}

/** The simulator sends its webhooks here, and a machine that is all ours gets demo data at its first start. */
async function connectSimulator(
  { db, config, signals }: Parts,
  embedded: Embedded,
  url: string,
): Promise<void> {
  const simulator = new SimulatorClient(embedded.simulatorUrl ?? '');
  await simulator.setWebhookUrl(`${url}/api/webhooks/stripe`);
  if (embedded.selfContained) await seedDemo({ pool: db.pool, limits: config.limits, signals, simulator });
}

function tasksOf(parts: Parts): Task[] {
  const submit = submitOf(parts);
  const reconcile = reconcileOf(parts);
  const { staleAfterMs } = parts.config;
  return [
    processStripeTransfer(submit),
    retryFailedPayouts(submit),
    checkStale({ pool: parts.db.pool, signals: parts.signals, staleAfterMs }),
    reconcilePayouts(reconcile),
    runReconciliations(reconcile),
    sweep(submit, inboxOf(parts)),
  ];
}

async function devAccounts(db: Database): Promise<DevAccount[]> {
  const creators = await db.prisma.creator.findMany({
    take: 5,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return [
    { slug: 'admin', label: 'Admin', viewer: { role: 'ADMIN', sub: 'admin' } },
    ...creators.map(({ id, externalId, displayName }) => ({
      slug: externalId,
      label: displayName,
      viewer: { role: 'CREATOR' as const, sub: externalId, creatorId: id },
    })),
  ];
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

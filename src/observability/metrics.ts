// What Prometheus reads. Each app has a registry of its own, so that several in one process do not share their numbers;
// those of the process itself are the same for all.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { registerDatabaseMetrics } from './database-metrics.js';
import type { DatabaseFigures } from './figures.js';
import type { Reading } from './reading.js';
import type { Traffic } from './traffic.js';

/** What is asked at each scrape, and what was counted meanwhile. */
export interface Figures {
  traffic: Traffic;
  database: Reading<DatabaseFigures>;
  /** Subscriptions that are open in this process, over both transports. */
  openSubscriptions(): number;
  /** Milliseconds that subscribers are behind. */
  subscriptionLagMs(): number;
}

export function createMetrics(figures: Figures): Registry {
  const registry = new Registry();
  for (const metric of ofProcess().getMetricsAsArray()) registry.registerMetric(metric as never);
  figures.traffic.register(registry);
  registerDatabaseMetrics(registry, figures.database);
  gauge(registry, 'subscriptions_active', 'Open subscriptions of this process, over WebSocket and SSE', () =>
    figures.openSubscriptions(),
  );
  gauge(
    registry,
    'subscription_lag_seconds',
    'How far subscribers of this process are behind the event log',
    () => figures.subscriptionLagMs() / 1_000,
  );
  return registry;
}

let known: Registry | undefined;

/** Made once: the observers behind these metrics have no end but that of the process. */
function ofProcess(): Registry {
  if (!known) {
    known = new Registry();
    collectDefaultMetrics({ register: known });
  }
  return known;
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  const one: Gauge = new Gauge({ name, help, registers: [registry], collect: () => one.set(read()) });
}

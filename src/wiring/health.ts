// What a process tells of itself over HTTP, whatever its role: its health, its backlog, its metrics.
import { backlogOf } from '../http/backlog.js';
import { type Checks, healthRoutes } from '../http/health.js';
import { metricsRoute } from '../http/metrics.js';
import type { Route } from '../http/server.js';
import { createMetrics } from '../observability/metrics.js';
import type { Parts } from './parts.js';

/**
 * @param openSubscriptions of this process
 * @param ends it was asked to end
 */
export function observabilityRoutes(
  parts: Parts,
  openSubscriptions: () => number,
  ends: () => boolean,
): Route[] {
  const { config, figures, relay, traffic } = parts;
  const metrics = createMetrics({
    traffic,
    database: figures,
    openSubscriptions,
    subscriptionLagMs: () => relay.lagMs(),
  });
  const { sweepIntervalMs } = config;
  const backlog = async () => backlogOf({ figures: await figures(), lagMs: relay.lagMs(), sweepIntervalMs });
  return [...healthRoutes({ ...checksOf(parts), backlog, ends }), metricsRoute(metrics)];
}

/** A worker that takes up no jobs is none; who serves as well goes on serving. */
function checksOf({ config: { role }, db, relay, wakeup, jobs }: Parts): { needed: Checks; helpful: Checks } {
  const needed = { postgres: () => db.pool.query('SELECT 1'), live: () => relay.check() };
  const redis = wakeup.check ? { redis: wakeup.check } : {};
  const work = { jobs: () => jobs.check() };
  if (role === 'worker') return { needed: { ...needed, ...work }, helpful: redis };
  return { needed, helpful: role === 'all' ? { ...redis, ...work } : redis };
}

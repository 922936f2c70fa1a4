// What is counted and read for metrics and health, once for the process.
import type { ReadyConfig } from '../config.js';
import type { Queryable } from '../db/connect.js';
import type { DatabaseFigures } from '../observability/figures.js';
import type { Logger } from '../observability/logger.js';
import { createReading, type Reading } from '../observability/reading.js';
import { createTraffic, type Traffic } from '../observability/traffic.js';
import { createReadFigures } from '../payouts/metrics/read.js';

export interface Figures {
  traffic: Traffic;
  figures: Reading<DatabaseFigures>;
}

/** The database is asked no more often than this, however many scrape and look after our health. */
const FRESH_MS = 1_000;
/** A scrape waits no longer for it: Prometheus gives up after ten seconds, health checks sooner. */
const PATIENCE_MS = 2_000;

export function openFigures(pool: Queryable, { limits }: ReadyConfig, log: Logger): Figures {
  const onError = (err: unknown) => log.warn({ err }, 'metrics could not be read from the database');
  const options = { freshMs: FRESH_MS, patienceMs: PATIENCE_MS, onError };
  return {
    traffic: createTraffic(),
    figures: createReading(createReadFigures(pool, limits.currency), options),
  };
}

// What watches the service: the log, reports of errors, traces. First to start and last to stop, so that they see the rest.
import type { Config } from '../config.js';
import { type ErrorReports, openErrorReports, withReports } from '../observability/errors.js';
import { createLogger, type Logger } from '../observability/logger.js';
import { redact } from '../stripe/redact.js';
import type { Stops } from './parts.js';

export type LogDestination = Parameters<typeof createLogger>[1];

export interface Observed {
  log: Logger;
  reports: ErrorReports;
}

export async function observe(config: Config, stops: Stops, logTo?: LogDestination): Promise<Observed> {
  const { sentryDsn: dsn, tracing, production, role, logLevel } = config;
  const environment = production ? 'production' : 'development';
  const plain = createLogger(logLevel, logTo);
  const reports = await openErrorReports({ dsn, environment, role, redact });
  stops.push(() => reports.close());
  if (tracing) {
    const { startTracing } = await import('../observability/tracing-sdk.js');
    stops.push(await startTracing(tracing, plain));
  }
  return { log: withReports(plain, reports), reports };
}

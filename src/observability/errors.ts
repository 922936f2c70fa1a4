// Reports errors that nobody expected to Sentry, where a DSN is set; its SDK is loaded then only. What is reported is what
// the log has at `error` or `fatal` with an error in it: the error's class, its words, redacted, and its stack, and
// which request, payout or job it was. Of a request's body, headers and cookies nothing is known here.
import type { ErrorEvent } from '@sentry/node';
import type { Logger } from './logger.js';
import { traceParent } from './tracing.js';

export interface ErrorReports {
  /** Never throws, and waits for nothing. @param where ids and names of our own */
  report(error: unknown, where: Readonly<Record<string, unknown>>): void;
  /** Sends what waits, within a bound. */
  close(): Promise<void>;
}

export interface ErrorReportSettings {
  dsn: string | undefined;
  environment: string;
  role: string;
  /** Takes out of an error's words what must not be told. */
  redact(words: string): string;
}

/** Milliseconds that the last reports may take at the end. */
const FLUSH_MS = 2_000;

const NOBODY: ErrorReports = { report: () => undefined, close: async () => undefined };

export async function openErrorReports(settings: ErrorReportSettings): Promise<ErrorReports> {
  if (!settings.dsn) return NOBODY;
  const sentry = await import('@sentry/node');
  const client = new sentry.NodeClient(optionsOf(sentry, settings));
  client.init();
  return {
    report(error, where) {
      const scope = new sentry.Scope();
      scope.setClient(client);
      scope.setTags(tagsOf({ ...where, role: settings.role }));
      scope.captureException(error);
    },
    close: async () => void (await client.close(FLUSH_MS)),
  };
}

type Sentry = typeof import('@sentry/node');

/**
 * A client of our own, rather than `init`: that would listen to the whole process, and wrap its HTTP and its console.
 */
function optionsOf(
  sentry: Sentry,
  settings: ErrorReportSettings,
): ConstructorParameters<Sentry['NodeClient']>[0] {
  const { dsn = '', environment, redact } = settings;
  return {
    dsn,
    environment,
    transport: sentry.makeNodeTransport,
    stackParser: sentry.defaultStackParser,
    integrations: [sentry.linkedErrorsIntegration()],
    skipOpenTelemetrySetup: true,
    sendDefaultPii: false,
    sendClientReports: false,
    maxBreadcrumbs: 0,
    beforeSend: (event) => redacted(event, redact),
  };
}

const TAGS = [
  'requestId',
  'payoutId',
  'job',
  'jobId',
  'eventId',
  'runId',
  'emailId',
  'alertId',
  'stage',
  'role',
] as const;

/** Of a log line's fields those that say where, and the trace that it belongs to. */
function tagsOf(where: Readonly<Record<string, unknown>>): Record<string, string> {
  const told = TAGS.filter((name) => where[name] !== undefined).map((name) => [name, String(where[name])]);
  const trace = traceParent()?.split('-')[1];
  return { ...Object.fromEntries(told), ...(trace && { trace }) };
}

function redacted(event: ErrorEvent, redact: (words: string) => string): ErrorEvent {
  const { extra: _, request: __, user: ___, breadcrumbs: ____, ...kept } = event;
  const values = event.exception?.values?.map(({ value, ...one }) => ({
    ...one,
    value: redact(value ?? ''),
  }));
  return {
    ...kept,
    ...(event.message && { message: redact(event.message) }),
    ...(values && { exception: { values } }),
  };
}

/** The same log, of which each line at `error` or `fatal` that has an `err` is reported as well. */
export function withReports(log: Logger, reports: ErrorReports, bound: object = {}): Logger {
  if (reports === NOBODY) return log;
  const reporting =
    (level: 'error' | 'fatal') =>
    (fields: unknown, ...words: unknown[]) => {
      (log[level] as (...line: unknown[]) => void)(fields, ...words);
      const { err, ...where } = (fields ?? {}) as { err?: unknown };
      if (err !== undefined) reports.report(err, { ...bound, ...where });
    };
  return {
    debug: log.debug.bind(log),
    info: log.info.bind(log),
    warn: log.warn.bind(log),
    error: reporting('error'),
    fatal: reporting('fatal'),
    child: ((given: object, options) =>
      withReports(log.child(given, options), reports, { ...bound, ...given })) as Logger['child'],
  };
}

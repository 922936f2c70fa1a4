// From the settings as they are named outside to what the parts of the service are given.
import path from 'node:path';
import type { Settings } from './schema.js';

export type Config = ReturnType<typeof arrange>;

export function arrange(env: Settings) {
  const production = env.NODE_ENV === 'production';
  return {
    production,
    role: env.ROLE,
    /** In development nothing but this machine may connect. */
    host: env.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: env.PORT,
    /** Where people reach the service, without a slash at the end; null: nobody said. */
    publicUrl: publicUrlOf(env),
    /** What is embedded on a fresh machine keeps its data here: beside the code, wherever it is started from. */
    dataDir: path.resolve(import.meta.dirname, '../..', env.DATA_DIR),
    /** What file names of commands are relative to. */
    callerDir: env.INIT_CWD ?? process.cwd(),
    shutdownDelayMs: shutdownDelayOf(env),
    logLevel: env.LOG_LEVEL,
    database: {
      url: env.DATABASE_URL,
      poolSize: env.DATABASE_POOL_SIZE,
      statementMs: env.DATABASE_STATEMENT_TIMEOUT,
    },
    redisUrl: env.REDIS_URL,
    agendaUrl: env.AGENDA_URL,
    stripe: {
      secretKey: env.STRIPE_SECRET_KEY,
      webhookSecrets: env.STRIPE_WEBHOOK_SECRET ?? [],
      connectWebhookSecrets: env.STRIPE_CONNECT_WEBHOOK_SECRET ?? [],
      apiUrl: env.STRIPE_API_URL,
      simulatorPort: env.STRIPE_SIMULATOR_PORT,
      timeoutMs: env.STRIPE_TIMEOUT,
      maxRps: env.STRIPE_MAX_RPS,
    },
    jwt: {
      secret: env.JWT_SECRET,
      jwksUrl: env.JWT_JWKS_URL,
      issuer: env.JWT_ISSUER ?? 'payouts',
      audience: env.JWT_AUDIENCE ?? 'payouts',
    },
    limits: {
      currency: env.PAYOUT_CURRENCY,
      minimumCents: env.MIN_PAYOUT_AMOUNT_CENTS,
      maximumCents: env.MAX_PAYOUT_AMOUNT_CENTS,
      approvalAboveCents: env.PAYOUT_APPROVAL_ABOVE_CENTS ?? null,
    },
    retries: { maxRetries: env.PAYOUT_MAX_RETRIES, delaysMs: env.PAYOUT_RETRY_DELAYS },
    staleAfterMs: env.PAYOUT_STALE_AFTER,
    sweepIntervalMs: env.PAYOUT_SWEEP_INTERVAL,
    unknownGraceMs: env.PAYOUT_UNKNOWN_GRACE,
    reconcileCron: env.RECONCILE_CRON,
    corsOrigins: env.CORS_ORIGINS,
    largestImportBytes: env.IMPORT_MAX_SIZE,
    streamsPerUser: env.STREAMS_PER_USER,
    rateLimits: { queries: env.RATE_LIMIT_QUERIES, mutations: env.RATE_LIMIT_MUTATIONS },
    trustProxy: env.TRUST_PROXY,
    trustedDocumentsFile: env.TRUSTED_DOCUMENTS,
    sentryDsn: env.SENTRY_DSN,
    tracing: env.OTEL_EXPORTER_OTLP_ENDPOINT
      ? {
          endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
          headers: env.OTEL_EXPORTER_OTLP_HEADERS,
          serviceName: env.OTEL_SERVICE_NAME,
          resourceAttributes: env.OTEL_RESOURCE_ATTRIBUTES,
          sampler: env.OTEL_TRACES_SAMPLER,
          ratio: env.OTEL_TRACES_SAMPLER_ARG,
        }
      : null,
    alerts: {
      slackWebhookUrl: env.SLACK_WEBHOOK_URL,
      pagerDuty: { routingKey: env.PAGERDUTY_ROUTING_KEY, url: env.PAGERDUTY_URL },
      updateEveryMs: env.ALERT_UPDATE_INTERVAL,
    },
    /** Without an `smtpUrl`, e-mails are captured. */
    mail: { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM, locale: env.MAIL_LOCALE },
    /** Where the dashboards send who is not signed in; in development to the start page's sign-ins. */
    dashboardLoginUrl: env.DASHBOARD_LOGIN_URL ?? (production ? undefined : '/'),
  };
}

/** Where nothing stands in front, nobody has to notice. */
const shutdownDelayOf = ({ SHUTDOWN_DELAY, NODE_ENV }: Settings): number =>
  SHUTDOWN_DELAY ?? (NODE_ENV === 'production' ? 5_000 : 0);

/** In development it is this machine. */
function publicUrlOf({ PUBLIC_URL, NODE_ENV, HOST, PORT }: Settings): string | null {
  if (PUBLIC_URL) return PUBLIC_URL.replace(/\/+$/, '');
  return NODE_ENV === 'production' ? null : `http://${HOST ?? '127.0.0.1'}:${PORT}`;
}

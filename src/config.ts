// The settings, and the only reader of the environment: one schema, and one error that lists all that is wrong.
import path from 'node:path';
import { z } from 'zod';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const duration = z.string().transform((text, context) => {
  const match = DURATION.exec(text.trim());
  if (match) return Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS];
  context.addIssue(`“${text}” is not a duration such as 200ms, 10s, 5m or 1h`);
  return z.NEVER;
});

/** `10s`, `5m`, `1h`, `200ms` as milliseconds. @throws ConfigError */
export function parseDuration(text: string): number {
  const parsed = duration.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(({ message }) => message));
}

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** A setting with nothing between its commas says nothing. */
const secrets = list.refine((parts) => parts.length > 0, 'has no secret in it');

/** An interval or a time limit: none of them may be nothing. */
const positive = duration.refine((ms) => ms > 0, 'must be longer than nothing');

const durations = list.transform((parts, context) => {
  const parsed = parts.map((part) => duration.safeParse(part));
  if (parsed.length > 0 && parsed.every((p) => p.success)) return parsed.map((p) => p.data as number);
  context.addIssue('is not a list of durations such as 5m,10m,30m');
  return z.NEVER;
});

const RATE = /^(\d+)\/(s|m|h)$/;
const SECONDS = { s: 1, m: 60, h: 3_600 } as const;

/** So many in each second, minute or hour. */
const rate = z.string().transform((text, context) => {
  const [, points, unit] = RATE.exec(text.trim()) ?? [];
  if (Number(points) > 0) return { points: Number(points), seconds: SECONDS[unit as keyof typeof SECONDS] };
  context.addIssue(`“${text}” is not a rate such as 10/s, 600/m or 1000/h`);
  return z.NEVER;
});

/** `name=value,name=value`, the values percent-encoded, as OpenTelemetry writes them. */
const pairs = list.transform((parts, context) => {
  const found = parts.map((part) => /^([^=\s]+)\s*=(.*)$/.exec(part));
  if (found.every((match) => match !== null)) {
    return Object.fromEntries(found.map(([, name = '', value = '']) => [name, decoded(value.trim())]));
  }
  context.addIssue('is not a list of pairs such as name=value,name=value');
  return z.NEVER;
});

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** How many proxies stand in front of us; `true`: whatever stands there is believed. */
const proxies = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(true|false|none|\d{1,2})$/, 'is not true, none, or the number of proxies in front')
  .transform((text) => (text === 'true' ? Number.POSITIVE_INFINITY : Number(text) || 0));

/** `Acme Royalties <payouts@acme.example>`, or the address alone. */
const mailbox = z.string().transform((text, context) => {
  const [, name = '', inBrackets, alone] = MAILBOX.exec(text.trim()) ?? [];
  const address = inBrackets ?? alone;
  if (address) return { name: name.trim().replace(/^"(.*)"$/, '$1') || DEFAULT_SENDER, address };
  context.addIssue(`“${text}” is not a sender such as Acme Royalties <payouts@acme.example>`);
  return z.NEVER;
});

const MAILBOX = /^(?:([^<>]*)<([^\s<>",@]+@[^\s<>",@]+)>|([^\s<>",@]+@[^\s<>",@]+))$/;
const DEFAULT_SENDER = 'Payouts';

const locale = z.string().transform((text, context) => {
  try {
    return Intl.getCanonicalLocales(text.trim())[0] ?? z.NEVER;
  } catch {
    context.addIssue(`“${text}” is not a locale such as en-US or de`);
    return z.NEVER;
  }
});

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(least).max(most);
const url = (...protocols: string[]) =>
  z.url({ protocol: new RegExp(`^(${protocols.join('|')})$`), error: `is not a ${protocols[0]}:// address` });

/** OpenTelemetry's names. */
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  HOST: z.string().optional(),
  PORT: whole(0, 65_535).default(4000),
  PUBLIC_URL: url('http', 'https').optional(),
  DATA_DIR: z.string().default('.data'),
  /** npm says here where it was called from; npm itself runs at the package's root. */
  INIT_CWD: z.string().optional(),
  SHUTDOWN_DELAY: duration.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  DATABASE_POOL_SIZE: whole(3, 1_000).default(10),
  DATABASE_STATEMENT_TIMEOUT: positive.default(15_000),
  REDIS_URL: url('redis', 'rediss').optional(),
  AGENDA_URL: url('postgres', 'postgresql', 'mongodb', 'mongodb\\+srv').optional(),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET: secrets.optional(),
  STRIPE_CONNECT_WEBHOOK_SECRET: secrets.optional(),
  STRIPE_API_URL: url('http', 'https').optional(),
  STRIPE_SIMULATOR_PORT: whole(0, 65_535).default(0),
  STRIPE_TIMEOUT: positive.default(20_000),
  STRIPE_MAX_RPS: z.coerce.number().positive().default(20),
  JWT_SECRET: z.string().min(32, 'needs at least 32 characters').optional(),
  JWT_JWKS_URL: url('http', 'https').optional(),
  JWT_ISSUER: z.string().min(1).optional(),
  JWT_AUDIENCE: z.string().min(1).optional(),
  PAYOUT_CURRENCY: z
    .string()
    .regex(/^[a-zA-Z]{3}$/, 'is not an ISO currency code such as usd')
    .toLowerCase()
    .default('usd'),
  MIN_PAYOUT_AMOUNT_CENTS: whole(1).default(100),
  MAX_PAYOUT_AMOUNT_CENTS: whole(1, 99_999_999).default(1_000_000),
  PAYOUT_APPROVAL_ABOVE_CENTS: whole(0, 99_999_999).optional(),
  PAYOUT_MAX_RETRIES: whole(0, 100).default(5),
  PAYOUT_RETRY_DELAYS: durations.default([300_000, 600_000, 1_800_000, 3_600_000, 7_200_000]),
  PAYOUT_STALE_AFTER: positive.default(3_600_000),
  PAYOUT_SWEEP_INTERVAL: positive.default(30_000),
  PAYOUT_UNKNOWN_GRACE: positive.default(600_000),
  RECONCILE_CRON: z
    .string()
    .trim()
    .regex(/^(\S+\s+){4,5}\S+$/, 'is not a cron expression of five fields such as 0 3 * * *')
    .default('0 3 * * *'),
  CORS_ORIGINS: list.default([]),
  RATE_LIMIT_QUERIES: rate.default({ points: 600, seconds: 60 }),
  RATE_LIMIT_MUTATIONS: rate.default({ points: 60, seconds: 60 }),
  STREAMS_PER_USER: whole(1, 1_000_000).default(10_000),
  TRUST_PROXY: proxies.default(0),
  TRUSTED_DOCUMENTS: z.string().optional(),
  SENTRY_DSN: z
    .string()
    .regex(/^https?:\/\/\w+@[^/@\s]+\/(\S+\/)?\d+$/, 'is not a DSN such as https://key@host/1')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.default({}),
  OTEL_SERVICE_NAME: z.string().default('payouts'),
  OTEL_RESOURCE_ATTRIBUTES: pairs.default({}),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  SLACK_WEBHOOK_URL: url('https', 'http').optional(),
  PAGERDUTY_ROUTING_KEY: z.string().trim().min(1).optional(),
  PAGERDUTY_URL: url('https', 'http').default('https://events.pagerduty.com/v2/enqueue'),
  ALERT_UPDATE_INTERVAL: positive.default(3_600_000),
  SMTP_URL: url('smtp', 'smtps').optional(),
  MAIL_FROM: mailbox.default({ name: DEFAULT_SENDER, address: 'payouts@localhost' }),
  MAIL_LOCALE: locale.default('en-US'),
  DASHBOARD_LOGIN_URL: url('https', 'http').optional(),
});

/** What production must be told, since it embeds nothing and makes nothing up. */
const REQUIRED_IN_PRODUCTION = [
  'DATABASE_URL',
  'REDIS_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_CONNECT_WEBHOOK_SECRET',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  // Captured mail is for developers: in production it would reach nobody.
] as const;

/** Everything that is wrong with the settings, in one message. */
export class ConfigError extends Error {
  readonly code = 'CONFIG';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`These settings must be mended first:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.problems = problems;
  }
}

export type Config = ReturnType<typeof toConfig>;

/** @throws ConfigError that lists every problem */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  // An empty setting is one that is not set: compose files and shells hand those in.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = Environment.safeParse(set);
  const problems = [...malformed(parsed.error), ...missing(set), ...contradictions(parsed.data)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
}

type Settings = z.output<typeof Environment>;

const malformed = (error: z.ZodError | undefined): string[] =>
  (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);

/** Looks at the environment as it is, so that it says all even where a value does not hold. */
function missing(set: Readonly<Record<string, unknown>>): string[] {
  if (set.NODE_ENV !== 'production') return [];
  const problems: string[] = REQUIRED_IN_PRODUCTION.filter((name) => !set[name]).map(
    (name) => `${name}: must be set in production`,
  );
  if (!set.JWT_SECRET && !set.JWT_JWKS_URL) {
    problems.push('JWT_SECRET or JWT_JWKS_URL: one must be set in production');
  }
  return problems;
}

function contradictions(env: Settings | undefined): string[] {
  if (!env) return [];
  const problems: string[] = [];
  if (env.MIN_PAYOUT_AMOUNT_CENTS > env.MAX_PAYOUT_AMOUNT_CENTS) {
    problems.push('MIN_PAYOUT_AMOUNT_CENTS: is more than MAX_PAYOUT_AMOUNT_CENTS');
  }
  if (env.JWT_SECRET && env.JWT_JWKS_URL) {
    problems.push('JWT_SECRET, JWT_JWKS_URL: set one of them, not both');
  }
  if (env.STRIPE_API_URL && !env.STRIPE_SECRET_KEY) {
    problems.push('STRIPE_SECRET_KEY: must be set beside STRIPE_API_URL');
  }
  return problems;
}

function toConfig(env: Settings) {
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
    dataDir: path.resolve(import.meta.dirname, '..', env.DATA_DIR),
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

/** Settings with nothing missing: given by hand in production, filled in by `dev/embed` on a fresh machine. */
export type ReadyConfig = Omit<Config, 'database' | 'stripe'> & {
  database: Config['database'] & { url: string };
  stripe: Omit<Config['stripe'], 'secretKey'> & { secretKey: string };
};

/** @throws ConfigError when something that nobody filled in is missing */
export function assertReady(config: Config): ReadyConfig {
  const { database, stripe } = config;
  const problems: string[] = [];
  if (!database.url) problems.push('DATABASE_URL: must be set');
  if (!stripe.secretKey) problems.push('STRIPE_SECRET_KEY: must be set');
  if (stripe.webhookSecrets.length === 0) problems.push('STRIPE_WEBHOOK_SECRET: must be set');
  if (!database.url || !stripe.secretKey || problems.length > 0) throw new ConfigError(problems);
  return {
    ...config,
    database: { ...database, url: database.url },
    stripe: { ...stripe, secretKey: stripe.secretKey },
  };
}

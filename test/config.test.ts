// The settings: the public contract's defaults, and one error that names everything that is wrong.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { assertReady, ConfigError, readConfig } from '../src/config.js';
import { settings } from '../src/settings/about.js';
import { Environment } from '../src/settings/schema.js';
import { settingsTable } from '../tools/settings-table.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/payouts',
  REDIS_URL: 'redis://cache',
  STRIPE_SECRET_KEY: 'sk_live_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_2',
  JWT_SECRET: 'thirty-two characters are needed',
  JWT_ISSUER: 'us',
  JWT_AUDIENCE: 'payouts',
};

test('without any setting the defaults are those of the contract', () => {
  expect(readConfig({})).toMatchObject({
    production: false,
    role: 'all',
    port: 4000,
    shutdownDelayMs: 0,
    logLevel: 'info',
    database: { url: undefined, poolSize: 10, statementMs: 15_000 },
    redisUrl: undefined,
    agendaUrl: undefined,
    stripe: { secretKey: undefined, apiUrl: undefined, timeoutMs: 20_000, maxRps: 20 },
    limits: { currency: 'usd', minimumCents: 100, maximumCents: 1_000_000, approvalAboveCents: null },
    retries: { maxRetries: 5, delaysMs: [300_000, 600_000, 1_800_000, 3_600_000, 7_200_000] },
    sweepIntervalMs: 30_000,
    unknownGraceMs: 600_000,
    corsOrigins: [],
    largestImportBytes: 200_000_000,
    rateLimits: { queries: { points: 600, seconds: 60 }, mutations: { points: 60, seconds: 60 } },
    trustProxy: 0,
    trustedDocumentsFile: undefined,
    sentryDsn: undefined,
    tracing: null,
    alerts: {
      slackWebhookUrl: undefined,
      pagerDuty: { routingKey: undefined, url: 'https://events.pagerduty.com/v2/enqueue' },
      updateEveryMs: 3_600_000,
    },
    mail: { smtpUrl: undefined, from: { name: 'Payouts', address: 'payouts@localhost' }, locale: 'en-US' },
    dashboardLoginUrl: '/',
  });
});

test('the channels for alerts are where they are said to be', () => {
  const env = {
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x',
    PAGERDUTY_ROUTING_KEY: 'key',
    PAGERDUTY_URL: 'http://127.0.0.1:1/v2/enqueue',
    ALERT_UPDATE_INTERVAL: '10m',
  };
  expect(readConfig(env).alerts).toEqual({
    slackWebhookUrl: env.SLACK_WEBHOOK_URL,
    pagerDuty: { routingKey: 'key', url: env.PAGERDUTY_URL },
    updateEveryMs: 600_000,
  });
});

test('an address of a channel that is none is not said again: it may be a secret', () => {
  const problems = problemsOf({ SLACK_WEBHOOK_URL: 'slack:secret', PAGERDUTY_URL: 'ftp://secret' });
  expect(problems).toEqual([
    'SLACK_WEBHOOK_URL: is not a https:// address',
    'PAGERDUTY_URL: is not a https:// address',
  ]);
});

test.each([
  ['Acme Royalties <payouts@acme.example>', { name: 'Acme Royalties', address: 'payouts@acme.example' }],
  ['"Acme, Inc." <pay+outs@acme.example>', { name: 'Acme, Inc.', address: 'pay+outs@acme.example' }],
  [' payouts@acme.example ', { name: 'Payouts', address: 'payouts@acme.example' }],
  ['<payouts@acme.example>', { name: 'Payouts', address: 'payouts@acme.example' }],
])('the sender %s', (text, from) => {
  expect(readConfig({ MAIL_FROM: text }).mail.from).toEqual(from);
});

test.each(['Acme', 'Acme <>', 'a@', '@b', 'a@b, c@d', 'Acme <a@b> <c@d>', 'Acme <a@b'])(
  'the sender “%s” is refused',
  (text) => {
    expect(problemsOf({ MAIL_FROM: text })).toEqual([expect.stringMatching(/^MAIL_FROM: /)]);
  },
);

test('the locale of e-mails is written as it is usually written, or refused', () => {
  expect(readConfig({ MAIL_LOCALE: 'de-de' }).mail.locale).toBe('de-DE');
  expect(problemsOf({ MAIL_LOCALE: 'de_DE' })).toEqual([expect.stringMatching(/^MAIL_LOCALE: /)]);
  expect(problemsOf({ SMTP_URL: 'http://mail' })).toEqual([expect.stringMatching(/^SMTP_URL: /)]);
});

test('the dashboards send strangers to the platform, in development to the start page', () => {
  const DASHBOARD_LOGIN_URL = 'https://platform.example.com/login';
  expect(readConfig({ DASHBOARD_LOGIN_URL }).dashboardLoginUrl).toBe(DASHBOARD_LOGIN_URL);
  expect(readConfig(PRODUCTION).dashboardLoginUrl).toBeUndefined();
  expect(problemsOf({ DASHBOARD_LOGIN_URL: 'javascript:alert(1)' })).toEqual([
    expect.stringMatching(/^DASHBOARD_LOGIN_URL: /),
  ]);
});

test('in development only this machine may connect, in production everybody', () => {
  expect(readConfig({}).host).toBe('127.0.0.1');
  expect(readConfig(PRODUCTION).host).toBe('0.0.0.0');
  expect(readConfig({ ...PRODUCTION, HOST: '10.0.0.1' }).host).toBe('10.0.0.1');
});

test.each([
  ['200ms', 200],
  ['10s', 10_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
  [' 2s ', 2_000],
])('the duration %s is %i milliseconds', (text, ms) => {
  expect(readConfig({ PAYOUT_SWEEP_INTERVAL: text }).sweepIntervalMs).toBe(ms);
});

test.each(['10', 's', '-1s', '1 s', '1w', '0s', '1e3s'])('the interval “%s” is refused by name', (text) => {
  expect(problemsOf({ PAYOUT_SWEEP_INTERVAL: text })).toEqual([
    expect.stringMatching(/^PAYOUT_SWEEP_INTERVAL: /),
  ]);
});

test.each([
  ['10/s', { points: 10, seconds: 1 }],
  [' 600/m ', { points: 600, seconds: 60 }],
  ['1000/h', { points: 1_000, seconds: 3_600 }],
])('the rate %s', (text, rate) => {
  expect(readConfig({ RATE_LIMIT_MUTATIONS: text }).rateLimits.mutations).toEqual(rate);
});

test.each(['600', '0/m', '-1/m', '1.5/m', '600/d', '/m', '600 / m', 'unlimited'])(
  'the rate “%s” is refused',
  (text) => {
    expect(problemsOf({ RATE_LIMIT_QUERIES: text })).toEqual([
      expect.stringMatching(/^RATE_LIMIT_QUERIES: /),
    ]);
  },
);

test.each([
  ['500kB', 500_000],
  ['1.5 MB', 1_500_000],
  ['2gb', 2_000_000_000],
])('the size %s is read as bytes', (text, bytes) => {
  expect(readConfig({ IMPORT_MAX_SIZE: text }).largestImportBytes).toBe(bytes);
});

test.each(['200', '0MB', '-1MB', 'MB', '1TB', '0.1B'])('the size “%s” is refused by name', (text) => {
  expect(() => readConfig({ IMPORT_MAX_SIZE: text })).toThrow(/IMPORT_MAX_SIZE/);
});

test.each([
  ['none', 0],
  ['false', 0],
  ['0', 0],
  ['2', 2],
  ['TRUE', Number.POSITIVE_INFINITY],
])('proxies in front: %s', (text, proxies) => {
  expect(readConfig({ TRUST_PROXY: text }).trustProxy).toBe(proxies);
});

test.each(['-1', '1.5', '100', '10.0.0.0/8', 'loopback'])('proxies “%s” are refused', (text) => {
  expect(problemsOf({ TRUST_PROXY: text })).toEqual([expect.stringMatching(/^TRUST_PROXY: /)]);
});

test('lists: the delays of retries, the secrets under rotation, the origins', () => {
  const config = readConfig({
    PAYOUT_RETRY_DELAYS: '100ms, 1s ,2m',
    STRIPE_WEBHOOK_SECRET: 'whsec_new,whsec_old',
    CORS_ORIGINS: 'https://a.example, https://b.example',
  });
  expect(config.retries.delaysMs).toEqual([100, 1_000, 120_000]);
  expect(config.stripe.webhookSecrets).toEqual(['whsec_new', 'whsec_old']);
  expect(config.corsOrigins).toEqual(['https://a.example', 'https://b.example']);
});

test('traces go where the collector is, with the settings that OpenTelemetry names', () => {
  const endpoint = 'https://collector.example/otlp';
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).tracing).toEqual({
    endpoint,
    headers: {},
    serviceName: 'payouts',
    resourceAttributes: {},
    sampler: 'parentbased_always_on',
    ratio: 1,
  });
  const all = readConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, x-other=c=d',
    OTEL_SERVICE_NAME: 'money',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=live',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  });
  expect(all.tracing).toEqual({
    endpoint,
    headers: { 'x-key': 'a b', 'x-other': 'c=d' },
    serviceName: 'money',
    resourceAttributes: { 'deployment.environment.name': 'live' },
    sampler: 'parentbased_traceidratio',
    ratio: 0.25,
  });
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'x-key'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ['SENTRY_DSN', 'https://sentry.example/1'],
  ['SENTRY_DSN', 'yes'],
])('%s is not “%s”', (name, value) => {
  expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(name)]);
});

test('what is empty is not set', () => {
  const empty = { PORT: '', DATABASE_URL: '', JWT_SECRET: '  ', PAYOUT_RETRY_DELAYS: '', CORS_ORIGINS: '' };
  expect(readConfig(empty)).toEqual(readConfig({}));
  expect(problemsOf({ ...PRODUCTION, REDIS_URL: '' })).toEqual(['REDIS_URL: must be set in production']);
});

test('all that is wrong is said at once, each by the name of its setting', () => {
  const problems = problemsOf({
    PORT: 'abc',
    ROLE: 'boss',
    DATABASE_URL: 'mysql://db',
    REDIS_URL: 'not a url',
    JWT_SECRET: 'short',
    STRIPE_WEBHOOK_SECRET: ' , ',
    PAYOUT_RETRY_DELAYS: '5m,soon',
    PAYOUT_CURRENCY: 'dollars',
    STRIPE_MAX_RPS: '0',
  });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'ROLE',
    'PORT',
    'DATABASE_URL',
    'REDIS_URL',
    'STRIPE_WEBHOOK_SECRET',
    'STRIPE_MAX_RPS',
    'JWT_SECRET',
    'PAYOUT_CURRENCY',
    'PAYOUT_RETRY_DELAYS',
  ]);
});

test.each([
  [{ MIN_PAYOUT_AMOUNT_CENTS: '200', MAX_PAYOUT_AMOUNT_CENTS: '100' }, 'MIN_PAYOUT_AMOUNT_CENTS'],
  [
    { JWT_SECRET: PRODUCTION.JWT_SECRET, JWT_JWKS_URL: 'https://keys.example/jwks' },
    'JWT_SECRET, JWT_JWKS_URL',
  ],
  [{ STRIPE_API_URL: 'http://127.0.0.1:1' }, 'STRIPE_SECRET_KEY'],
])('settings that contradict each other are refused: %o', (environment, name) => {
  expect(problemsOf(environment)).toEqual([expect.stringContaining(name)]);
});

test('production lists everything that is missing, also beside a value that does not hold', () => {
  const all = [
    'DATABASE_URL',
    'REDIS_URL',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'STRIPE_CONNECT_WEBHOOK_SECRET',
    'JWT_ISSUER',
    'JWT_AUDIENCE',
    'JWT_SECRET or JWT_JWKS_URL',
  ];
  const missing = problemsOf({ NODE_ENV: 'production' });
  expect(missing.map((problem) => problem.split(':')[0])).toEqual(all);
  const both = problemsOf({ NODE_ENV: 'production', PORT: 'abc' });
  expect(both.map((problem) => problem.split(':')[0])).toEqual(['PORT', ...all]);
});

test('no other environment is taken: “prod” must not quietly mean development', () => {
  expect(problemsOf({ NODE_ENV: 'prod' })).toEqual([expect.stringContaining('NODE_ENV')]);
  expect(readConfig({ NODE_ENV: 'test' }).production).toBe(false);
});

test('production takes a key set in place of a secret', () => {
  const { JWT_SECRET: _, ...rest } = PRODUCTION;
  const config = readConfig({ ...rest, JWT_JWKS_URL: 'https://keys.example/jwks' });
  expect(config.jwt).toMatchObject({ secret: undefined, jwksUrl: 'https://keys.example/jwks' });
});

test('the message has a line for each problem, and never the value of a secret', () => {
  const error = errorOf({ JWT_SECRET: 'tell-nobody', DATABASE_URL: 'mysql://user:hunter2@db', PORT: 'x' });
  expect(error.message.split('\n')).toHaveLength(1 + error.problems.length);
  expect(error.message).not.toMatch(/tell-nobody|hunter2/);
});

test('what nobody filled in is missed before anything starts', () => {
  expect(() => assertReady(readConfig({}))).toThrow(
    /DATABASE_URL.*STRIPE_SECRET_KEY.*STRIPE_WEBHOOK_SECRET/s,
  );
  const config = readConfig(PRODUCTION);
  expect(assertReady(config)).toEqual(config);
});

const problemsOf = (environment: Record<string, string>) => errorOf(environment).problems;

function errorOf(environment: Record<string, string>): ConfigError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the settings were taken');
}
test('the docs have each setting as the schema reads it', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../docs/configuration.md'), 'utf8');
  expect(page).toContain(settingsTable());
});

test('each setting says what it is for, and whether it is a secret', () => {
  const silent = Object.entries(Environment.shape).filter(([, schema]) => !settings.get(schema)?.meaning);
  // npm's own, and nobody's to set.
  expect(silent.map(([name]) => name)).toEqual(['INIT_CWD']);
  const secret = Object.entries(Environment.shape).filter(([, schema]) => settings.get(schema)?.secret);
  expect(secret.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'DATABASE_URL',
      'STRIPE_SECRET_KEY',
      'JWT_SECRET',
      'SMTP_URL',
      'SLACK_WEBHOOK_URL',
    ]),
  );
});

test('the table shows the default that is taken', () => {
  expect(settingsTable()).toContain('| `STRIPE_TIMEOUT` | `20s` |');
  expect(readConfig({}).stripe.timeoutMs).toBe(readConfig({ STRIPE_TIMEOUT: '20s' }).stripe.timeoutMs);
});

// The doctor, on the settings alone, and on where the service sends what it has to tell: each misconfiguration that the
// pages name is found.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkChannels } from '../../src/cli/doctor/channels.js';
import { checkSettings } from '../../src/cli/doctor/settings.js';
import { configOf, NOWHERE, PRODUCTION, serveAt, sick } from './doctor-support.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describe('settings', () => {
  it('are well as production should have them', () => {
    expect(checkSettings(configOf(PRODUCTION))).toEqual([
      { check: 'settings', status: 'ok', message: expect.any(String) },
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a test key in production', { STRIPE_SECRET_KEY: 'sk_test_x' }, 'error stripe-key'],
    ['a publishable key', { STRIPE_SECRET_KEY: 'pk_live_x' }, 'error stripe-key'],
    ['a live key in development', { NODE_ENV: 'development' }, 'warning stripe-key'],
    ['a webhook secret that is none', { STRIPE_WEBHOOK_SECRET: 'whsec_a,we_1' }, 'error webhook-secret'],
    ['one secret for both endpoints', { STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_a' }, 'warning webhook-secret'],
    ['Stripe over http', { STRIPE_API_URL: 'http://stripe.internal' }, 'warning plain-connection'],
    [
      'keys over http',
      { JWT_SECRET: '', JWT_JWKS_URL: 'http://keys.internal/jwks' },
      'warning plain-connection',
    ],
    ['a secret of few letters', { JWT_SECRET: 'a'.repeat(40) }, 'warning jwt-secret'],
    ['a secret out of a book', { JWT_SECRET: 'change-me-1234567890-abcdefghijkl' }, 'warning jwt-secret'],
    ['an origin with a path', { CORS_ORIGINS: 'https://app.example/' }, 'error cors-origins'],
    [
      "the secret of the trial's compose file",
      { JWT_SECRET: 'known-to-everybody-and-for-trying-only' },
      'warning jwt-secret',
    ],
    [
      "the simulator's webhook secret beside Stripe itself",
      { STRIPE_WEBHOOK_SECRET: 'whsec_simulator' },
      'error webhook-secret',
    ],
    ['a proxy in front that nobody knows of', { TRUST_PROXY: 'none' }, 'warning trust-proxy'],
    ['no time for the balancer', { SHUTDOWN_DELAY: '0s' }, 'warning shutdown-delay'],
    ['a log without alerts', { LOG_LEVEL: 'error' }, 'warning log-level'],
    ['no channel for alerts', { SLACK_WEBHOOK_URL: '' }, 'warning alert-channels'],
    [
      'a key that PagerDuty does not have',
      { PAGERDUTY_ROUTING_KEY: 'https://acme.pagerduty.example/service' },
      'warning alert-channels',
    ],
    ['no second admin for any sum', { PAYOUT_APPROVAL_ABOVE_CENTS: '' }, 'warning approval'],
    [
      'a part of the traces, and a sampler that takes all',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_SAMPLER_ARG: '0.1' },
      'warning tracing',
    ],
    ['every proxy believed', { TRUST_PROXY: 'true' }, 'warning trust-proxy'],
    ['more than Stripe allows', { STRIPE_MAX_RPS: '100' }, 'warning stripe-rate'],
    ['no address for people', { PUBLIC_URL: '' }, 'warning public-url'],
    ['an address that is this machine', { PUBLIC_URL: 'https://localhost' }, 'warning public-url'],
    [
      'a development address',
      { PUBLIC_URL: 'http://127.0.0.1:4000', TRUST_PROXY: 'none' },
      'warning public-url',
    ],
    ['people over http', { PUBLIC_URL: 'http://pay.example' }, 'warning plain-connection'],
    ['no page to sign in', { DASHBOARD_LOGIN_URL: '' }, 'warning dashboard-login'],
    ['a sign-in over http', { DASHBOARD_LOGIN_URL: 'http://app.example/in' }, 'warning plain-connection'],
    ['mail from nobody', { SMTP_URL: 'smtps://mail.example' }, 'error mail-from'],
    [
      'mail from this machine',
      { SMTP_URL: 'smtps://mail.example', MAIL_FROM: 'Acme <pay@localhost>' },
      'error mail-from',
    ],
    [
      'mail from nobody in development',
      { NODE_ENV: 'development', STRIPE_SECRET_KEY: 'sk_test_x', SMTP_URL: 'smtps://mail.example' },
      'warning mail-from',
    ],
    ['an approval that nothing needs', { PAYOUT_APPROVAL_ABOVE_CENTS: '1000000' }, 'warning approval'],
    ['a grace as short as an answer', { PAYOUT_UNKNOWN_GRACE: '30s' }, 'error unknown-grace'],
    ['alerts of what is on its way', { PAYOUT_STALE_AFTER: '20s' }, 'warning stale-after'],
    ['a day that no month has', { RECONCILE_CRON: '0 3 30 2 *' }, 'error reconcile-cron'],
    ['an hour that no clock has', { RECONCILE_CRON: '0 24 * * *' }, 'error reconcile-cron'],
    ['a month that no year has', { RECONCILE_CRON: '0 3 1 */2,13 *' }, 'error reconcile-cron'],
    [
      'incidents without a key',
      { PAGERDUTY_URL: 'https://eu.pagerduty.example/v2/enqueue' },
      'warning alert-channels',
    ],
    [
      'traces to a path that is there twice',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/v1/traces' },
      'warning tracing',
    ],
    ['alerts over http', { SLACK_WEBHOOK_URL: 'http://slack.internal/x' }, 'warning plain-connection'],
    ['errors over http', { SENTRY_DSN: 'http://key@sentry.internal/1' }, 'warning plain-connection'],
  ])('%s', (_, environment, finding) => {
    expect(sick(checkSettings(configOf({ ...PRODUCTION, ...environment })))).toEqual([finding]);
  });

  it.each(['0 3 * * *', '*/15 0-23/2 1,31 12 0-7', '30 0 3 * * mon', '0 3 * JAN SUN'])(
    'take “%s” for a time',
    (text) => {
      expect(sick(checkSettings(configOf({ ...PRODUCTION, RECONCILE_CRON: text })))).toEqual([]);
    },
  );

  it.each<[string, Record<string, string>]>([
    ['a worker, to which nobody sends anything', { ROLE: 'worker', SHUTDOWN_DELAY: '0s' }],
    [
      'what is on the same machine',
      { STRIPE_API_URL: 'http://127.0.0.1:4010', SENTRY_DSN: 'http://k@localhost/1' },
    ],
    ['PagerDuty', { PAGERDUTY_ROUTING_KEY: '0123456789abcdef0123456789ABCDEF', SLACK_WEBHOOK_URL: '' }],
    [
      'a part of the traces',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.1',
      },
    ],
  ])('say nothing of %s', (_, environment) => {
    expect(sick(checkSettings(configOf({ ...PRODUCTION, ...environment })))).toEqual([]);
  });

  it("say nothing of the simulator's secrets beside the simulator", () => {
    const trial = {
      STRIPE_API_URL: 'https://stripe.internal',
      STRIPE_WEBHOOK_SECRET: 'whsec_simulator',
      STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_simulator_connect',
    };
    expect(sick(checkSettings(configOf({ ...PRODUCTION, ...trial })))).toEqual([]);
  });
});

it('has a row for each check on its page', () => {
  const root = path.join(import.meta.dirname, '../..');
  const folder = path.join(root, 'src/cli/doctor');
  const code = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const names = [...code.join('\n').matchAll(/(?:ok|warning|failed)\)?\(\s*'([\w-]+)'/g)].map(
    ([, name]) => name ?? '',
  );
  expect(new Set(names).size).toBeGreaterThan(25);
  const page = readFileSync(path.join(root, 'docs/cli.md'), 'utf8');
  const told = [...page.matchAll(/^\| `([\w-]+)(…?)` /gm)].map(([, name = '', more]) => ({
    name,
    more: more !== '',
  }));
  // What has a row of its own as a whole is told there: it is well, or it is not.
  const general = ['schema', 'work'];
  const untold = names.filter(
    (one) => !told.some(({ name, more }) => (more ? one.startsWith(name) : one === name)),
  );
  expect([...new Set(untold)].sort()).toEqual(general);
});

describe('what is told goes', () => {
  const settingsOf = (origin: string, where: string) => ({
    ...PRODUCTION,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${origin}/${where}/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=hush',
    SENTRY_DSN: `${origin.replace('//', '//hush@')}/1`,
    SLACK_WEBHOOK_URL: `${origin}/${where}/hush`,
    PAGERDUTY_URL: `${origin}/${where}/enqueue`,
    PAGERDUTY_ROUTING_KEY: 'hush',
  });
  const checked = async (origin: string, where = 'here') => {
    const findings = await checkChannels(configOf(settingsOf(origin, where)));
    expect(JSON.stringify(findings)).not.toContain('hush');
    return findings;
  };
  const answering = (status: number) =>
    serveAt(
      {
        '/here/v1/traces': [status, {}],
        '/here/hush': [status, {}],
        '/here/enqueue': [status, {}],
      },
      ends,
    );

  it.each([200, 400, 429])('where somebody takes it, or has nothing to take: %i', async (status) => {
    const findings = await checked(await answering(status));
    expect(findings.map(({ status, check }) => `${status} ${check}`)).toEqual([
      'ok tracing',
      'ok error-reports',
      'ok alert-channels',
      'ok alert-channels',
    ]);
  });

  it('nowhere, where nobody listens', async () => {
    expect(sick(await checked(`http://${NOWHERE}`))).toEqual([
      'warning tracing',
      'warning error-reports',
      'error alert-channels',
      'error alert-channels',
    ]);
  });

  it.each([
    [403, /refuses us/],
    [404, /takes no traces at \/v1\/traces/],
    [302, /takes no traces/],
    [503, /takes no traces/],
  ])('nowhere, where the address is another or none of ours: %i', async (status, message) => {
    const findings = await checked(await answering(status));
    expect(sick(findings)).toEqual(['warning tracing', 'error alert-channels', 'error alert-channels']);
    expect(findings[0]?.message).toMatch(message);
  });

  it('nowhere at all, where nothing is set', async () => {
    expect(await checkChannels(configOf({ ...PRODUCTION, SLACK_WEBHOOK_URL: '' }))).toEqual([]);
  });
});

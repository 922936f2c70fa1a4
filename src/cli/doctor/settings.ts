// What the settings themselves tell: keys of the wrong kind, plain connections, secrets that are none.
import type { ReadyConfig } from '../../config.js';
import { type Finding, failed, ok, warning } from './finding.js';

type Check = (config: ReadyConfig) => Finding[];

export function checkSettings(config: ReadyConfig): Finding[] {
  const found = CHECKS.flatMap((check) => check(config));
  return found.length > 0 ? found : [ok('settings', 'The settings agree with each other.')];
}

/** Live keys begin so, restricted ones too. */
const isLive = (key: string) => /^[sr]k_live_/.test(key);
const isTest = (key: string) => /^[sr]k_test_/.test(key);

const keyMode: Check = ({ production, stripe: { secretKey, apiUrl } }) => {
  if (!isLive(secretKey) && !isTest(secretKey)) {
    const fix = 'Set STRIPE_SECRET_KEY to a secret or restricted key: sk_live_… or rk_live_….';
    return [failed('stripe-key', 'STRIPE_SECRET_KEY is no secret key of Stripe.', fix)];
  }
  if (production && isTest(secretKey) && !apiUrl) {
    const fix = 'Set STRIPE_SECRET_KEY to the live key.';
    return [
      failed('stripe-key', 'This is production, and the Stripe key is a test key: nobody is paid.', fix),
    ];
  }
  if (!production && isLive(secretKey)) {
    const fix = 'Use a test key, or set NODE_ENV=production.';
    return [
      warning('stripe-key', 'This is not production, and the Stripe key is live: it moves real money.', fix),
    ];
  }
  return [];
};

const webhookSecrets: Check = ({ stripe: { webhookSecrets, connectWebhookSecrets } }) => {
  const found: Finding[] = [];
  const named = {
    STRIPE_WEBHOOK_SECRET: webhookSecrets,
    STRIPE_CONNECT_WEBHOOK_SECRET: connectWebhookSecrets,
  };
  for (const [name, secrets] of Object.entries(named)) {
    if (secrets.length === 0) {
      found.push(warning('webhook-secret', `${name} is not set: events of that endpoint are refused.`));
    } else if (secrets.some((secret) => !secret.startsWith('whsec_'))) {
      const fix = 'Copy the signing secret of the endpoint from Stripe: whsec_….';
      found.push(failed('webhook-secret', `${name} is no signing secret: no event will verify.`, fix));
    }
  }
  if (webhookSecrets.some((secret) => connectWebhookSecrets.includes(secret))) {
    const fix = 'Each endpoint has its own: one for your account, one for connected accounts.';
    found.push(warning('webhook-secret', 'Both webhook secrets are the same.', fix));
  }
  return found;
};

/** `http` and `smtp` tell whoever listens what they carry. */
const plainConnections: Check = (config) => {
  if (!config.production) return [];
  const urls = {
    STRIPE_API_URL: config.stripe.apiUrl,
    JWT_JWKS_URL: config.jwt.jwksUrl,
    SMTP_URL: config.mail.smtpUrl,
  };
  return Object.entries(urls)
    .filter(([, url]) => url && /^(http|smtp):/.test(url))
    .map(([name]) =>
      warning('plain-connection', `${name} is not encrypted: only a private network may carry it.`),
    );
};

const tokens: Check = ({ production, jwt }) => {
  if (!production || !jwt.secret) return [];
  const few = new Set(jwt.secret).size < 10;
  const known = /secret|password|change|example|test/i.test(jwt.secret);
  if (!few && !known) return [];
  const fix = 'Make one with: openssl rand -base64 48';
  return [warning('jwt-secret', 'JWT_SECRET looks as if it could be guessed.', fix)];
};

const edge: Check = ({ production, corsOrigins, trustProxy, stripe: { maxRps } }) => {
  const found: Finding[] = [];
  for (const origin of corsOrigins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    found.push(
      failed('cors-origins', `CORS_ORIGINS has “${origin}”, which is no origin such as https://app.example.`),
    );
  }
  if (production && trustProxy === Number.POSITIVE_INFINITY) {
    const fix = 'Set TRUST_PROXY to the number of proxies in front.';
    found.push(
      warning('trust-proxy', 'TRUST_PROXY is true: callers may say any address of themselves.', fix),
    );
  }
  if (maxRps > 25) {
    found.push(
      warning('stripe-rate', `STRIPE_MAX_RPS is ${maxRps}: Stripe allows 25 unless it has raised it.`),
    );
  }
  return found;
};

const CHECKS: readonly Check[] = [keyMode, webhookSecrets, plainConnections, tokens, edge];

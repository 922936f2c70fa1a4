// Keys and secrets: of the wrong kind, of another place, or known to everybody.
import { type Check, type Finding, failed, warning } from './finding.js';

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

const webhookSecrets: Check = ({ production, stripe }) => {
  const { webhookSecrets: own, connectWebhookSecrets: connected, apiUrl } = stripe;
  const found = [
    ...secretsOf('STRIPE_WEBHOOK_SECRET', own, production && !apiUrl),
    ...secretsOf('STRIPE_CONNECT_WEBHOOK_SECRET', connected, production && !apiUrl),
  ];
  if (own.some((secret) => connected.includes(secret))) {
    const fix = 'Each endpoint has its own: one for your account, one for connected accounts.';
    found.push(warning('webhook-secret', 'Both webhook secrets are the same.', fix));
  }
  return found;
};

/** @param real whether Stripe itself signs */
function secretsOf(name: string, secrets: readonly string[], real: boolean): Finding[] {
  const fix = 'Copy the signing secret of the endpoint from Stripe: whsec_….';
  if (secrets.length === 0) {
    return [warning('webhook-secret', `${name} is not set: events of that endpoint are refused.`)];
  }
  if (secrets.some((secret) => !secret.startsWith('whsec_'))) {
    return [failed('webhook-secret', `${name} is no signing secret: no event will verify.`, fix)];
  }
  if (real && secrets.some((secret) => secret.includes('simulator'))) {
    const message = `${name} is the simulator's, which everybody knows: anybody may sign events with it.`;
    return [failed('webhook-secret', message, fix)];
  }
  return [];
}

const tokens: Check = ({ production, jwt }) => {
  if (!production || !jwt.secret) return [];
  const few = new Set(jwt.secret).size < 10;
  const known = /secret|password|change|example|test|known|trying/i.test(jwt.secret);
  if (!few && !known) return [];
  const fix = 'Make one with: openssl rand -base64 48';
  return [warning('jwt-secret', 'JWT_SECRET looks as if it could be guessed.', fix)];
};

export const SECRETS: readonly Check[] = [keyMode, webhookSecrets, tokens];

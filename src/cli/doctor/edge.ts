// How others reach the service, and it them: plain connections, proxies in front, pages that lead nowhere.
import { isLocal } from './address.js';
import { type Check, failed, warning } from './finding.js';

/** `http` tells whoever listens what it carries, but on this machine. */
const plainConnections: Check = (config) => {
  if (!config.production) return [];
  const urls = {
    STRIPE_API_URL: config.stripe.apiUrl,
    JWT_JWKS_URL: config.jwt.jwksUrl,
    PUBLIC_URL: config.publicUrl,
    DASHBOARD_LOGIN_URL: config.dashboardLoginUrl,
    SLACK_WEBHOOK_URL: config.alerts.slackWebhookUrl,
    PAGERDUTY_URL: config.alerts.pagerDuty.url,
    SENTRY_DSN: config.sentryDsn,
  };
  return Object.entries(urls)
    .filter(([, url]) => url?.startsWith('http:') && !isLocal(url))
    .map(([name]) =>
      warning('plain-connection', `${name} is not encrypted: only a private network may carry it.`),
    );
};

const origins: Check = ({ corsOrigins }) =>
  corsOrigins
    .filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
    .map((origin) =>
      failed('cors-origins', `CORS_ORIGINS has “${origin}”, which is no origin such as https://app.example.`),
    );

const proxies: Check = ({ production, trustProxy, publicUrl }) => {
  if (!production) return [];
  if (trustProxy === Number.POSITIVE_INFINITY) {
    const fix = 'Set TRUST_PROXY to the number of proxies in front.';
    return [warning('trust-proxy', 'TRUST_PROXY is true: callers may say any address of themselves.', fix)];
  }
  // The service itself speaks no TLS.
  if (trustProxy === 0 && publicUrl?.startsWith('https:')) {
    const fix = 'Set TRUST_PROXY to the number of proxies in front that write X-Forwarded-For.';
    const message =
      'PUBLIC_URL is https, so a proxy stands in front, and TRUST_PROXY is not set: all callers have its address and share one rate limit.';
    return [warning('trust-proxy', message, fix)];
  }
  return [];
};

/** Of those who run the platform, and those who are paid by it. */
const links: Check = ({ production, publicUrl }) => {
  if (!production) return [];
  const fix = 'Set PUBLIC_URL to where people reach the service.';
  if (publicUrl === null) {
    const message = 'PUBLIC_URL is not set: creators who set up their account find no way back.';
    return [warning('public-url', message, fix)];
  }
  if (!isLocal(publicUrl)) return [];
  return [warning('public-url', 'PUBLIC_URL is this machine: links lead nobody else here.', fix)];
};

const signIn: Check = ({ production, dashboardLoginUrl }) => {
  if (!production || dashboardLoginUrl) return [];
  const message = 'DASHBOARD_LOGIN_URL is not set: the dashboards let nobody sign in.';
  return [warning('dashboard-login', message, 'Set it to the page of your platform that signs people in.')];
};

const farewell: Check = ({ production, role, shutdownDelayMs }) => {
  if (!production || role === 'worker' || shutdownDelayMs > 0) return [];
  const message = 'SHUTDOWN_DELAY is none: a balancer sends requests to an API that has ended.';
  return [warning('shutdown-delay', message, 'Set it longer than the balancer takes to notice.')];
};

export const EDGE: readonly Check[] = [plainConnections, origins, proxies, links, signIn, farewell];

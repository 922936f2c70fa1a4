// The service as people reach it, through whatever stands in front.
import { WebSocket } from 'ws';
import type { ReadyConfig } from '../../config.js';
import { isLocal } from './address.js';
import { type Finding, ok, PATIENCE_MS, reasonOf, warning } from './finding.js';

export async function checkPublic({
  production,
  publicUrl,
  dashboardLoginUrl,
}: ReadyConfig): Promise<Finding[]> {
  if (!production) return [];
  const [service, login] = await Promise.all([
    publicUrl && !isLocal(publicUrl) ? lookThrough(publicUrl) : [],
    dashboardLoginUrl ? checkLogin(dashboardLoginUrl) : [],
  ]);
  return [...service, ...login];
}

const ask = (url: string) => fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });

/** @param publicUrl without a slash at the end */
export async function lookThrough(publicUrl: string): Promise<Finding[]> {
  try {
    const response = await ask(`${publicUrl}/health/live`);
    const body = await response.text();
    if (!response.ok || !body.includes('"status":"ok"')) {
      const message = `PUBLIC_URL answers ${response.status} at /health/live: it is not this service that people reach there.`;
      return [warning('public-url', message, 'Look at PUBLIC_URL, and at what stands in front.')];
    }
    return [...(await checkSocket(publicUrl)), ...(await checkMetrics(publicUrl))];
  } catch (error) {
    const message = `PUBLIC_URL cannot be reached from here: ${reasonOf(error)}.`;
    return [warning('public-url', message, 'Look at PUBLIC_URL, and whether an API runs.')];
  }
}

/** Numbers of nobody, and of how much money moves. */
async function checkMetrics(publicUrl: string): Promise<Finding[]> {
  const response = await ask(`${publicUrl}/metrics`);
  const body = await response.text();
  if (!response.ok || !body.includes('payouts_total')) return [];
  const message = 'PUBLIC_URL tells everybody the metrics, at /metrics: how much money moves is one of them.';
  return [warning('public-metrics', message, 'Let what stands in front pass /metrics on to nobody.')];
}

async function checkLogin(url: string): Promise<Finding[]> {
  const gone = await ask(url).then(
    ({ status }) => (status < 400 || status === 401 || status === 403 ? null : `it answers ${status}`),
    (error: unknown) => reasonOf(error),
  );
  if (gone === null) return [];
  const message = `DASHBOARD_LOGIN_URL leads nowhere: ${gone}.`;
  return [warning('dashboard-login', message, 'Set it to the page of your platform that signs people in.')];
}

/** As a page of the service itself opens it. */
async function checkSocket(publicUrl: string): Promise<Finding[]> {
  const refused = await handshake(`${publicUrl.replace(/^http/, 'ws')}/graphql`, new URL(publicUrl).origin);
  if (refused === null) return [ok('public-url', 'People reach the service at PUBLIC_URL, live too.')];
  const fix = 'Let the proxy pass WebSockets on (Upgrade, Connection), with the Host that it was asked for.';
  return [
    warning('public-url', `No WebSocket opens at PUBLIC_URL: ${refused}. Dashboards are not live.`, fix),
  ];
}

/** Null: it opens; else why not. */
function handshake(url: string, origin: string): Promise<string | null> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { origin, handshakeTimeout: PATIENCE_MS });
  return new Promise((resolve) => {
    socket.once('open', () => {
      socket.close(1000);
      resolve(null);
    });
    socket.once('error', (error) => resolve(reasonOf(error)));
  });
}

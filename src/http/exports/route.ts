// GET /exports/…: payouts as CSV, the audit of one, a creator's year. With a bearer token in the header, never in the address.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import type { Logger } from '../../observability/logger.js';
import type { Identity, Viewer } from '../../payouts/viewer.js';
import type { AddressOf } from '../address.js';
import { createShare } from '../guard.js';
import type { RateLimits } from '../rate-limit.js';
import { type Route, sendJson } from '../server.js';
import { makeDownload } from './downloads.js';
import { ExportRefusal } from './refusal.js';
import { PATIENCE_MS, send } from './send.js';
import { createTurns, type Turns } from './turns.js';

export interface ExportDeps {
  pool: pg.Pool;
  /** @throws an error with the code `INVALID_TOKEN` */
  identify(authorization: string | undefined): Promise<Identity | null>;
  take: RateLimits['take'];
  addressOf: AddressOf;
  corsOrigins: readonly string[];
  log: Logger;
  /** Milliseconds for which a client may read nothing before it is cut off; a minute where it is not given. */
  patienceMs?: number;
}

/** An export is as much work as so many queries. */
const POINTS = 20;
const METHODS = 'GET, HEAD, OPTIONS';

export function exportRoute(deps: ExportDeps): Route {
  const share = createShare(deps.corsOrigins);
  const turns = createTurns();
  return {
    method: 'ANY',
    path: '/exports/',
    async handle(request, response, url) {
      share(request, response);
      if (request.method === 'OPTIONS') return response.writeHead(204, { allow: METHODS }).end();
      const requestId = randomUUID();
      try {
        await answer(deps, turns, request, response, url, requestId);
      } catch (error) {
        if (error instanceof ExportRefusal) return refuse(response, error, requestId);
        // What began to flow was cut: nobody but the log is told why.
        if (!response.headersSent) throw error;
        deps.log.error({ err: error, path: url.pathname, requestId }, 'an export was cut off');
      }
    },
  };
}

async function answer(
  deps: ExportDeps,
  turns: Turns,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  requestId: string,
): Promise<void> {
  const viewer = await signedIn(deps, request);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: METHODS }).end();
    return;
  }
  const isRead = request.method === 'GET';
  const leave = turns.take(viewer.sub);
  try {
    const download = await makeDownload({ pool: deps.pool, viewer, url, requestId, isRead });
    await send(request, response, download, deps.patienceMs ?? PATIENCE_MS);
  } finally {
    leave();
  }
}

/** Charges the caller, whoever it is. @throws ExportRefusal */
async function signedIn(deps: ExportDeps, request: IncomingMessage): Promise<Viewer> {
  const identity = await deps.identify(request.headers.authorization).catch((error: { code?: unknown }) => {
    if (error.code === 'INVALID_TOKEN') return null;
    throw error;
  });
  const caller = identity ? `user:${identity.viewer.sub}` : `address:${deps.addressOf(request)}`;
  const seconds = await deps.take(caller, 'query', identity ? POINTS : 1);
  if (seconds > 0) {
    const headers = { 'retry-after': String(seconds) };
    throw new ExportRefusal('RATE_LIMITED', `Too many requests: try again in ${seconds} s.`, headers);
  }
  if (identity) return identity.viewer;
  throw new ExportRefusal('UNAUTHENTICATED', 'This needs a bearer token.', { 'www-authenticate': 'Bearer' });
}

function refuse(
  response: ServerResponse,
  { status, code, message, headers }: ExportRefusal,
  requestId: string,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, { error: message, code, requestId });
}

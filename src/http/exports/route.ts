// GET /exports/…: payouts as CSV, the audit of one, a creator's year. With a bearer token in the header, never in the address.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import type { Logger } from '../../observability/logger.js';
import { createShare } from '../guard.js';
import { Refusal } from '../refusal.js';
import { type Route, sendJson } from '../server.js';
import { type Door, signedIn } from '../signed-in.js';
import type { Turns } from '../turns.js';
import { makeDownload } from './downloads.js';
import { PATIENCE_MS, send } from './send.js';
import { exportTurns } from './turns.js';

export interface ExportDeps extends Door {
  pool: pg.Pool;
  corsOrigins: readonly string[];
  log: Logger;
  /** Milliseconds for which a client may read nothing before it is cut off; a minute where it is not given. */
  patienceMs?: number;
}

/** An export is as much work as so many queries. */
const PRICE = { kind: 'query', points: 20 } as const;
const METHODS = 'GET, HEAD, OPTIONS';

export function exportRoute(deps: ExportDeps): Route {
  const share = createShare(deps.corsOrigins);
  const turns = exportTurns();
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
        if (error instanceof Refusal) return refuse(response, error, requestId);
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
  const viewer = await signedIn(deps, request, PRICE);
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

function refuse(
  response: ServerResponse,
  { status, code, message, headers }: Refusal,
  requestId: string,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, { error: message, code, requestId });
}

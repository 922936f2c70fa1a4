// POST /imports/statements: a statement file as the body of a request, for admins. It goes in whole or not at all, and is
// answered with the report that the command prints with `--json`.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import type { Logger } from '../../observability/logger.js';
import { StatementError } from '../../statements/errors.js';
import { importStatements } from '../../statements/import.js';
import type { ImportReport } from '../../statements/report.js';
import { createShare } from '../guard.js';
import { Refusal } from '../refusal.js';
import { type Route, sendJson } from '../server.js';
import { type Door, signedIn } from '../signed-in.js';
import type { Turns } from '../turns.js';
import { requestIdOf } from '../visit.js';
import { askedBy, assertTaken } from './asked.js';
import { sendFarewell } from './farewell.js';
import { receive } from './receive.js';
import { importTurns } from './turns.js';

export interface ImportDeps extends Door {
  pool: pg.Pool;
  /** What payouts are in, in lower case. */
  currency: string;
  largestBytes: number;
  corsOrigins: readonly string[];
  log: Logger;
  /** Milliseconds for which a client may send nothing before it is cut off; a minute where it is not given. */
  patienceMs?: number;
}

/** A file is as much work as so many mutations. */
const PRICE = { kind: 'mutation', points: 5 } as const;
const METHODS = 'POST, OPTIONS';
const PATIENCE_MS = 60_000;
/** Nothing went in, and the report, or the error, says why. */
const UNPROCESSABLE = 422;

export function importRoute(deps: ImportDeps): Route {
  const share = createShare(deps.corsOrigins);
  const turns = importTurns();
  return {
    method: 'ANY',
    path: '/imports/statements',
    async handle(request, response, url) {
      share(request, response);
      if (request.method === 'OPTIONS') return response.writeHead(204, { allow: METHODS }).end();
      try {
        const report = await takeIn(deps, turns, request, response, url);
        sendJson(response, report.outcome === 'refused' ? UNPROCESSABLE : 200, report);
      } catch (error) {
        await answerError(error, request, response);
      }
    },
  };
}

/** @throws Refusal, StatementError, Error where the client has gone */
async function takeIn(
  deps: ImportDeps,
  turns: Turns,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<ImportReport> {
  const viewer = await signedIn(deps, request, PRICE);
  if (viewer.role !== 'ADMIN') throw new Refusal('FORBIDDEN', 'This is for admins.');
  if (request.method !== 'POST') {
    throw new Refusal('METHOD_NOT_ALLOWED', 'A file is sent by POST.', { allow: METHODS });
  }
  const { largestBytes, patienceMs = PATIENCE_MS } = deps;
  const asked = askedBy(url.searchParams);
  assertTaken(request, largestBytes);
  const leave = turns.take(viewer.sub);
  try {
    const file = await receive(request, { largestBytes, patienceMs });
    const requestId = requestIdOf(response);
    const stopIfGone = () => {
      if (response.destroyed) throw new Error('The client has gone.');
    };
    const report = await importStatements(deps, {
      ...asked,
      ...{ file, actor: viewer.sub, requestId, currency: deps.currency, onProgress: stopIfGone },
    }).finally(() => file.close());
    tell(deps.log, report, requestId);
    return report;
  } finally {
    leave();
  }
}

/** No name of the file's, and none in it. */
function tell(
  log: Logger,
  { outcome, importId, format, rows, totals }: ImportReport,
  requestId: string,
): void {
  const { statements, badRows } = totals;
  log.info({ requestId, outcome, importId, format, rows, statements, badRows }, 'statement file');
}

async function answerError(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Nobody failed, and nobody is there to be told.
  if (request.destroyed && !request.complete) return;
  if (!(error instanceof Refusal || error instanceof StatementError)) throw error;
  const { code, message } = error;
  const status = error instanceof Refusal ? error.status : UNPROCESSABLE;
  for (const [name, value] of Object.entries(headersOf(error))) response.setHeader(name, value);
  await sendFarewell(request, response, status, { error: message, code, requestId: requestIdOf(response) });
}

const headersOf = (error: Refusal | StatementError) => (error instanceof Refusal ? error.headers : {});

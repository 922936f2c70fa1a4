// One request over HTTP from its beginning to its end: the id that its answer and its log lines have, and what is told of it
// when it is over.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../observability/logger.js';
import type { HttpObservation } from '../observability/traffic.js';

const REQUEST_ID = Symbol('request id');

/** In what is answered and in every line of the log that belongs to it. Made when somebody needs it. */
export function requestIdOf(response: ServerResponse & { [REQUEST_ID]?: string }): string {
  response[REQUEST_ID] ??= randomUUID();
  return response[REQUEST_ID];
}

export interface Visit {
  /** The path of the table's route that took it; one that none took shares its label with all such. */
  route: string;
  began: number;
}

export const beginVisit = (): Visit => ({ route: 'other', began: performance.now() });

/** A client may send any method. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

export interface VisitDeps {
  log: Pick<Logger, 'debug'>;
  observe(observation: HttpObservation): void;
}

/** The answer was sent, or nobody waits for it any more. */
export function endVisit(
  { route, began }: Visit,
  response: ServerResponse,
  { log, observe }: VisitDeps,
): void {
  const { req, statusCode } = response;
  const method = METHODS.has(req.method ?? '') ? (req.method ?? '') : 'other';
  const ms = performance.now() - began;
  const stream = isStream(req);
  const status = response.writableFinished || stream ? `${Math.floor(statusCode / 100)}xx` : 'gone';
  observe({ route, method, status, seconds: stream ? null : ms / 1_000 });
  log.debug({ requestId: requestIdOf(response), method, route, status: statusCode, ms }, 'request');
}

const isStream = ({ headers }: IncomingMessage) => (headers.accept ?? '').includes('text/event-stream');

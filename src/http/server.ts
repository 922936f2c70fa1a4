// The HTTP server: one table of routes. Each route is a small handler of its own file.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../observability/logger.js';
import { GUARDED } from './guard.js';
import { isWhole, targetOf } from './target.js';
import { traced } from './traced.js';
import { beginVisit, endVisit, requestIdOf, type Visit, type VisitDeps } from './visit.js';

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

export interface Route {
  method: 'GET' | 'POST' | 'ANY';
  /** The whole path; one that ends in `/` takes all below it. */
  path: string;
  handle: Handler;
}

export interface HttpServer {
  server: Server;
  listen(port: number, host: string): Promise<number>;
  /** From now on each answer is the last one on its connection: the next request finds another instance. */
  sendAway(): void;
  /** Answers what is under way, then ends. */
  close(): Promise<void>;
}

/**
 * Milliseconds for which a connection is kept for its next request: longer than balancers keep theirs, most a minute. Who
 * hangs up first is the balancer; else it now and then sends a request into a connection that is just being closed.
 */
const KEPT_OPEN_MS = 75_000;

/** @param observe is told of each request when it is over */
export function createHttpServer(
  routes: readonly Route[],
  log: Logger,
  observe: VisitDeps['observe'] = () => undefined,
): HttpServer {
  const answers = new Set<ServerResponse>();
  let sendsAway = false;
  const server = createServer({ keepAliveTimeout: KEPT_OPEN_MS }, (request, response) => {
    const visit = beginVisit();
    answers.add(response);
    response.once('close', () => {
      endVisit(visit, response, { log, observe });
      answers.delete(response);
      // While it ends: a client may keep its connection for its next request, which nobody would answer.
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    response.setHeaders(GUARDED);
    if (sendsAway) response.setHeader('connection', 'close');
    void dispatch(routes, request, response, log, visit);
  });
  return {
    server,
    listen: (port, host) => listen(server, port, host),
    sendAway() {
      sendsAway = true;
      for (const answer of answers) if (!answer.headersSent) answer.setHeader('connection', 'close');
    },
    close: () => close(server, answers),
  };
}

async function dispatch(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  log: Logger,
  visit: Visit,
): Promise<void> {
  try {
    const url = targetOf(request);
    if (!url) return refuse(response, 400, 'This is not an address.');
    if (isWhole(request.url)) request.url = url.pathname + url.search;
    const route = routes.find((r) => matches(r, url.pathname) && allows(r, request));
    if (!route) return refuseRoute(methodsOf(routes, url.pathname), response);
    visit.route = route.path;
    await traced(route.path, request, response, () => route.handle(request, response, url));
  } catch (error) {
    // The client has gone: nobody failed, and nobody is there to be told.
    if (response.destroyed) return;
    const requestId = requestIdOf(response);
    log.error({ err: error, path: request.url?.split('?')[0], requestId }, 'a request failed');
    if (!response.headersSent) refuse(response, 500, 'Something went wrong on our side.');
    else response.destroy();
  }
}

/** @param methods those that the path has */
function refuseRoute(methods: readonly string[], response: ServerResponse): void {
  if (methods.length > 0) response.setHeader('allow', methods.join(', '));
  if (methods.length > 0) refuse(response, 405, 'Method not allowed.');
  else refuse(response, 404, 'Not found.');
}

const methodsOf = (routes: readonly Route[], path: string) =>
  routes
    .filter((route) => matches(route, path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

const matches = (route: Route, path: string) =>
  route.path === path || (route.path !== '/' && route.path.endsWith('/') && path.startsWith(route.path));

const allows = (route: Route, request: IncomingMessage) =>
  route.method === 'ANY' || route.method === (request.method === 'HEAD' ? 'GET' : request.method);

/** An answer of our own words, under an id that a caller can tell us. */
export function refuse(response: ServerResponse, status: number, error: string): void {
  sendJson(response, status, { error, requestId: requestIdOf(response) });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
  });
  response.end(JSON.stringify(body));
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Milliseconds that answers under way may still take. */
const DRAIN_MS = 5_000;

function close(server: Server, answers: ReadonlySet<ServerResponse>): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
    for (const answer of answers) {
      // A stream has no end that one could wait for: its reader comes back to another instance.
      if (isEventStream(answer)) answer.destroy();
      else if (!answer.headersSent) answer.setHeader('connection', 'close');
    }
  });
}

/** By what was asked for: what was sent cannot be asked any more once it is on its way. */
const isEventStream = ({ req, headersSent, writableEnded }: ServerResponse) =>
  headersSent && !writableEnded && (req.headers.accept ?? '').includes('text/event-stream');

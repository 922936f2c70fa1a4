// The control endpoint, JSON in and out, for tests, people and browsers on this machine. `GET /_control`
// lists every route with its fields; they stand in control-state.ts (state, reset, clock, balance),
// control-faults.ts, control-actors.ts (accounts, bank payouts, reversals) and control-webhooks.ts.
// Pages of other origins than this machine's are refused, so that no web site can drive it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ACTOR_ROUTES } from './control-actors.js';
import { FAULT_ROUTES } from './control-faults.js';
import type { ControlRoute } from './control-route.js';
import { STATE_ROUTES } from './control-state.js';
import { WEBHOOK_ROUTES } from './control-webhooks.js';
import type { Core } from './core.js';
import { ApiError } from './errors.js';
import { ControlError } from './fields.js';
import { readBody } from './params.js';
import { findRoute } from './router.js';

const ROUTES: ControlRoute[] = [...STATE_ROUTES, ...FAULT_ROUTES, ...ACTOR_ROUTES, ...WEBHOOK_ROUTES];

/** Answers `/_control` and everything below it. */
export async function handleControl(core: Core, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const origin = req.headers.origin;
  if (origin !== undefined && !isLocal(origin))
    return sendJson(res, 403, { error: 'This origin may not control the simulator' });
  if (origin !== undefined) allow(res, origin);
  if (req.method === 'OPTIONS') return void res.writeHead(204).end();
  try {
    sendJson(res, 200, await run(core, req));
  } catch (error) {
    sendJson(res, statusOf(error), { error: error instanceof Error ? error.message : String(error) });
  }
}

async function run(core: Core, req: IncomingMessage): Promise<unknown> {
  const path = new URL(req.url ?? '/', 'http://simulator').pathname;
  const method = req.method ?? 'GET';
  if (method === 'GET' && path === '/_control') return help();
  const found = findRoute(ROUTES, method, path);
  if (!found) throw new ControlError(`No such route: ${method} ${path}; GET /_control lists them`, 404);
  return found.route.handle({ core, ids: found.ids, body: parse(await readBody(req)) });
}

function help(): object {
  return { routes: ROUTES.map(({ method, path, help: text }) => ({ method, path, help: text })) };
}

function parse(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new ControlError('The body is not JSON');
  }
}

function statusOf(error: unknown): number {
  if (error instanceof ControlError) return error.status;
  return error instanceof ApiError ? error.details.status : 500;
}

function isLocal(origin: string): boolean {
  return /^https?:\/\/(localhost|[\w-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

function allow(res: ServerResponse, origin: string): void {
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
  res.setHeader('access-control-allow-headers', 'content-type');
  res.setHeader('vary', 'origin');
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(`${JSON.stringify(body)}\n`);
}

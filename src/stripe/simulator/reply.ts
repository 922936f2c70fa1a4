// An answer of the API, and the ways in which it reaches the client: whole, spoilt, cut off, or never.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiCall } from './api-call.js';
import type { ApiError } from './errors.js';
import type { QueuedFault } from './fault-types.js';
import { API_VERSION } from './objects.js';
import type { Waits } from './waits.js';

export interface Reply {
  status: number;
  body: string;
  headers: Record<string, string>;
  /** Stripe's code, when it is an error that has one. */
  code: string | null;
}

/** A success. */
export function success(body: object): Reply {
  return { status: 200, body: json(body), headers: {}, code: null };
}

/** A refusal in Stripe's shape. */
export function refusal(error: ApiError, requestId: string): Reply {
  const { status, headers = {}, shouldRetry, code = null } = error.details;
  const retry: Record<string, string> =
    shouldRetry === undefined ? {} : { 'stripe-should-retry': String(shouldRetry) };
  return { status, body: json(error.body(requestId)), headers: { ...headers, ...retry }, code };
}

/** A stored answer, marked as replayed. */
export function replay(stored: { status: number; body: string; requestId: string }): Reply {
  const headers: Record<string, string> = {
    'idempotent-replayed': 'true',
    'original-request': stored.requestId,
  };
  if (stored.status >= 400) headers['stripe-should-retry'] = 'false';
  const code = stored.status < 400 ? null : codeOf(stored.body);
  return { status: stored.status, body: stored.body, headers, code };
}

/** Sends the whole answer. */
export function send(call: ApiCall, res: ServerResponse, reply: Reply): void {
  res.writeHead(reply.status, headersOf(call, reply));
  res.end(reply.body);
}

/** Ends the exchange as the fault has it. Resolves once it is over; answers the status that was sent, if any. */
export async function sendFaulty(
  call: ApiCall,
  exchange: { req: IncomingMessage; res: ServerResponse },
  fault: QueuedFault,
  reply: Reply,
  waits: Waits,
): Promise<number | null> {
  const { req, res } = exchange;
  switch (fault.fault) {
    case 'hang_before':
    case 'hang_after_commit':
      await waits.pause(fault.ms, gone(res));
      req.socket.destroy();
      return null;
    case 'truncated_200':
      truncate(call, res, reply);
      return null;
    case 'wrong_object_200':
      return respond(call, res, { ...reply, body: json(fault.body ?? WRONG_OBJECT) });
    case 'json_503_without_error':
      return respond(call, res, { ...reply, status: 503, body: json({ message: 'Service Unavailable' }) });
    case 'html_502':
      return respond(call, res, { ...reply, status: 502, body: page('502 Bad Gateway'), headers: HTML });
    case 'html_200':
      return respond(call, res, { ...reply, status: 200, body: page('Please sign in'), headers: HTML });
    default:
      req.socket.resetAndDestroy();
      return null;
  }
}

const WRONG_OBJECT = { id: 'pi_3NotWhatYouAskedFor', object: 'payment_intent', amount: 1, currency: 'usd' };
const HTML = { 'content-type': 'text/html' };

// What a proxy on the way answers in Stripe's stead.
const page = (text: string) => `<html>\n<head><title>${text}</title></head>\n<body>${text}</body>\n</html>\n`;

function respond(call: ApiCall, res: ServerResponse, reply: Reply): number {
  send(call, res, reply);
  return reply.status;
}

// The promised length never comes: the connection ends half-way.
function truncate(call: ApiCall, res: ServerResponse, reply: Reply): void {
  res.writeHead(reply.status, headersOf(call, reply));
  res.write(reply.body.slice(0, reply.body.length / 2), () => res.socket?.destroy());
}

function gone(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => controller.abort());
  return controller.signal;
}

function headersOf(call: ApiCall, reply: Reply): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(reply.body)),
    'cache-control': 'no-cache, no-store',
    'request-id': call.id,
    'stripe-version': call.version ?? API_VERSION,
    ...(call.account === null ? {} : { 'stripe-account': call.account }),
    ...(call.idempotencyKey === null ? {} : { 'idempotency-key': call.idempotencyKey }),
    ...reply.headers,
  };
}

function json(body: unknown): string {
  return `${JSON.stringify(body, null, 2)}\n`;
}

function codeOf(body: string): string | null {
  const { error } = JSON.parse(body) as { error?: { code?: string } };
  return error?.code ?? null;
}

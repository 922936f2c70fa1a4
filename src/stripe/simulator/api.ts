// The API's HTTP side: logs the request, applies the faults before and after it, answers, and only then lets
// the webhooks go (or first, when a fault says so).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiCall, readCall } from './api-call.js';
import type { Core } from './core.js';
import { ApiError, forbidden, rateLimited, scripted, serverError, unauthorized } from './errors.js';
import { execute, type Outcome } from './execute.js';
import type { QueuedFault } from './fault-types.js';
import { newId } from './ids.js';
import { type Reply, refusal, send, sendFaulty } from './reply.js';
import type { RequestEntry } from './types.js';

interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
}

/** Answers one `/v1/…` request. */
export async function handleApi(core: Core, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const exchange = { req, res };
  try {
    const call = await readCall(req);
    await answer(core, call, exchange);
  } catch (error) {
    sendError(exchange, error);
  }
}

async function answer(core: Core, call: ApiCall, exchange: Exchange): Promise<void> {
  const entry = newEntry(core, call);
  const rate = core.requests.arrive(entry, core.clock.hostMs());
  const edge = core.faults.take('edge', call);
  if (edge) return answerAtEdge(core, call, exchange, edge, entry);
  if (rate > (core.options.requestsPerSecond ?? Number.POSITIVE_INFINITY)) {
    return conclude(core, call, exchange, entry, refusal(rateLimited('rate_limit'), call.id));
  }
  const outcome = await execute(core, call);
  if (!outcome) return void exchange.req.socket.destroy();
  await answerOutcome(core, call, exchange, entry, outcome);
}

async function answerOutcome(
  core: Core,
  call: ApiCall,
  exchange: Exchange,
  entry: RequestEntry,
  { reply, replayed, deliveries, faults }: Outcome,
): Promise<void> {
  entry.replayed = replayed;
  entry.faults.push(...faults.map(({ fault }) => fault));
  const early = faults.some(({ fault }) => fault === 'webhook_before_response');
  if (early) await Promise.all(deliveries.map((id) => core.webhooks.deliverNow(id)));
  const fault = reply.status < 300 ? core.faults.take('answer', call) : undefined;
  if (fault) void faulty(core, call, exchange, fault, reply, entry);
  else conclude(core, call, exchange, entry, reply);
  if (!early) core.webhooks.schedule(deliveries);
}

function conclude(core: Core, call: ApiCall, { res }: Exchange, entry: RequestEntry, reply: Reply): void {
  core.requests.answer(entry, reply.status, reply.code);
  send(call, res, reply);
}

async function faulty(
  core: Core,
  call: ApiCall,
  exchange: Exchange,
  fault: QueuedFault,
  reply: Reply,
  entry: RequestEntry,
): Promise<void> {
  entry.faults.push(fault.fault);
  const status = await sendFaulty(call, exchange, fault, reply, core.waits);
  if (status !== null) core.requests.answer(entry, status, null);
}

async function answerAtEdge(
  core: Core,
  call: ApiCall,
  exchange: Exchange,
  fault: QueuedFault,
  entry: RequestEntry,
): Promise<void> {
  const error = edgeError(fault, call);
  if (!error)
    return faulty(core, call, exchange, fault, { status: 200, body: '', headers: {}, code: null }, entry);
  entry.faults.push(fault.fault);
  conclude(core, call, exchange, entry, refusal(error, call.id));
}

function edgeError(fault: QueuedFault, { apiKey }: ApiCall): ApiError | undefined {
  const key = apiKey ?? '';
  if (fault.fault === 'stripe_error') return scripted(fault);
  if (fault.fault === 'rate_limited') {
    return rateLimited(fault.code === 'lock_timeout' ? fault.code : 'rate_limit', fault.shouldRetry);
  }
  if (fault.fault === 'unauthorized_401') return unauthorized(key);
  if (fault.fault === 'forbidden_403') return forbidden(key);
  return undefined;
}

function newEntry(core: Core, call: ApiCall): RequestEntry {
  const { id, method, path, tree: params, idempotencyKey, account } = call;
  const unanswered = { status: null, code: null, replayed: false, faults: [] };
  return { id, atMs: core.clock.nowMs(), method, path, params, idempotencyKey, account, ...unanswered };
}

// Reached by requests that cannot be decoded, and by bugs: neither leaves the client without an answer.
function sendError({ res }: Exchange, error: unknown): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const shown = error instanceof ApiError ? error : serverError(`The simulator failed: ${String(error)}`);
  const reply = refusal(shown, newId('req', 14));
  res.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
  res.end(reply.body);
}

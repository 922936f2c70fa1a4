// The short way of a query over HTTP that was executed before: from its body to its answer without what a request needs
// whose outcome is still open. Caller, rate, document and cost are checked as everywhere; whatever is out of the common
// goes on to Yoga, and so does what meets an error, since a query may be asked twice.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { isTracing } from '../observability/tracing.js';
import type { Identity } from '../payouts/viewer.js';
import type { Arrive } from './arrival.js';
import type { CompiledQueries } from './compiled.js';
import type { Arrived, GraphQLContext, ServerContext } from './context.js';
import type { ReadDocument } from './limits/documents.js';
import type { Operations } from './operations.js';
import { parseJson } from './request-body.js';
import { inOperation } from './tracing.js';

/** The operation as Yoga knows it. */
export interface Params {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

export interface ShortWayOptions {
  arrive: Arrive;
  read: ReadDocument;
  compiled: CompiledQueries;
  /** @throws GraphQLError with TOO_COMPLEX */
  contextOf(params: Params, identity: Identity | null, requestId?: string): GraphQLContext;
  operations: Pick<Operations, 'end'>;
}

/** @returns null when it has answered, else what Yoga is to know of the request */
export type ShortWay = (
  request: IncomingMessage,
  response: ServerResponse,
  arrival: ServerContext,
) => Promise<ServerContext | null>;

export function createShortWay(options: ShortWayOptions): ShortWay {
  return async (request, response, arrival) => {
    const type = answerTypeOf(request.headers);
    const body = type && arrival.body ? paramsOf(arrival.body) : null;
    if (!type || !body) return arrival;
    const { authorization } = request.headers;
    const arrived = options.arrive(body, authorization, arrival.address ?? '');
    const result = await arrived.then((known) => answer(body, known, arrival, options)).catch(() => null);
    // A failed arrival is told by Yoga, which waits for the same one.
    if (!result || result.errors) return { ...arrival, arrived };
    send(response, type, result);
    return null;
  };
}

async function answer(
  body: Omit<Params, 'query'>,
  { identity, query }: Arrived,
  { requestId, operation }: ServerContext,
  { operations, read, compiled, contextOf }: ShortWayOptions,
): Promise<ExecutionResult | null> {
  if (typeof query !== 'string') return null;
  const { operationName, variables } = body;
  const known = compiled.of({ document: read(query), operationName });
  if (!known) return null;
  const context = contextOf({ query, operationName, variables }, identity, requestId);
  const run = () => known.query(undefined, context, variables);
  const named = { type: 'query', name: known.operationName, requestId: context.requestId };
  const result = await (isTracing() ? inOperation(named, run) : run());
  if (operation && !result.errors) {
    operation.asked = { query, operationName };
    operations.end(operation, result);
  }
  return result;
}

function send(response: ServerResponse, type: string, result: ExecutionResult): void {
  const body = JSON.stringify(result);
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const JSON_BODY = /^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i;

/** What is usually accepted, and what is then answered; anything else is Yoga's to weigh. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
]);

/** Null: not of the common kind. What a page of another origin is told was said before either way. */
function answerTypeOf(headers: IncomingHttpHeaders): string | null {
  if (headers['content-encoding'] !== undefined || !JSON_BODY.test(headers['content-type'] ?? ''))
    return null;
  return ANSWERS.get(headers.accept ?? '*/*') ?? null;
}

const KEYS: ReadonlySet<string> = new Set([
  'query',
  'operationName',
  'variables',
  'extensions',
  'documentId',
]);

/** Null for what is no operation of the common form. */
function paramsOf(body: Buffer): Params | null {
  try {
    const parsed = parseJson(body);
    return isParams(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isParams(value: unknown): value is Params {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { query, operationName, variables, extensions } = value as Record<string, unknown>;
  return (
    Object.keys(value).every((key) => KEYS.has(key)) &&
    (query === undefined || typeof query === 'string') &&
    (operationName === undefined || operationName === null || typeof operationName === 'string') &&
    isObjectOrNothing(variables) &&
    isObjectOrNothing(extensions)
  );
}

const isObjectOrNothing = (value: unknown) =>
  value === undefined || (typeof value === 'object' && !Array.isArray(value));

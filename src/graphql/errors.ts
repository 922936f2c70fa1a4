// Errors that are not results: what goes into `errors[]`, each with a code. What is no fault of the caller's is masked.
import { PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import { UnknownCursorError } from '../live/past.js';
import { SlowReaderError } from '../live/queue.js';
import type { Logger } from '../observability/logger.js';
import { InvalidInputError, NotFoundError, PayoutError } from '../payouts/errors.js';

/** Nobody has signed in, or the token does not hold. */
export function unauthenticated(message = 'Sign in: send a bearer token.'): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } });
}

/** The same before anything was executed: HTTP 401. */
export function invalidToken(): GraphQLError {
  return new GraphQLError('The token does not hold. Get a new one.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers: { 'www-authenticate': 'Bearer' } } },
  });
}

export function forbidden(): GraphQLError {
  return new GraphQLError('Your role does not allow this.', { extensions: { code: 'FORBIDDEN' } });
}

/** More than one operation may be or ask for. */
export function tooComplex(what: string, limit: number, found?: number): GraphQLError {
  // Fragments that double each other make numbers that nobody reads.
  const known = found !== undefined && found < 1e9;
  const extensions = { code: 'TOO_COMPLEX', limit, ...(known && { found }), http: REFUSED };
  const message = `At most ${limit} ${what} are taken; this operation has ${known ? found : 'more'}.`;
  return new GraphQLError(message, { extensions });
}

/** For the newer response type alone; the older one has 200 for whatever is well formed. */
export const REFUSED = { spec: true, status: 400 };

/** Asked too often. @param retryAfter in seconds */
export function rateLimited(retryAfter: number): GraphQLError {
  return new GraphQLError(`Too many requests: ask again in ${retryAfter} s.`, {
    extensions: {
      code: 'RATE_LIMITED',
      retryAfter,
      // By the older response type as well: proxies and clients that know nothing of GraphQL look at the status.
      http: { status: 429, headers: { 'retry-after': String(retryAfter) } },
    },
  });
}

/** One user has as many streams open as one may have. */
export function tooManyStreams(limit: number): GraphQLError {
  const message = `At most ${limit} subscriptions may be open at once: end some of the others.`;
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', limit } });
}

/** The request itself cannot be meant. @param status of HTTP */
export function badRequest(message: string, status = 400): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status } } });
}

/** The operation cannot be meant, and does not run. */
export function refused(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: REFUSED } });
}

/** The codes of the public contract; a GraphQL error with another one, or none, is about the request itself. */
const CODES: ReadonlySet<unknown> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'TOO_COMPLEX',
  'CURSOR_EXPIRED',
  'SLOW_READER',
  'INTERNAL_SERVER_ERROR',
]);

export interface Masking {
  log: Logger;
  /** Whether an error may say which names there are. */
  suggestions: boolean;
}

/** Passes on what the caller can mend, hides everything else behind the request id, and logs what it hides. */
export function maskError(error: unknown, requestId: string, { log, suggestions }: Masking): GraphQLError {
  // Masked already, closer to where it happened.
  if (error instanceof GraphQLError && error.extensions.requestId) return error;
  const cause = causeOf(error);
  const code = cause instanceof Error ? codeFor(cause, error) : null;
  if (cause instanceof Error && code) {
    const message = suggestions ? cause.message : cause.message.replace(SUGGESTION, '');
    return withExtensions(error, shortened(message), { ...extensionsOf(cause), code, requestId });
  }
  log.error({ err: cause ?? error, requestId }, 'a request failed');
  return withExtensions(error, 'Something went wrong on our side.', {
    code: 'INTERNAL_SERVER_ERROR',
    requestId,
  });
}

/** graphql-js repeats a value that does not fit, however large it is. */
const shortened = (message: string): string =>
  message.length > LONGEST ? `${message.slice(0, LONGEST)} …` : message;

const LONGEST = 500;

/** As graphql-js ends an error about a name that there is not. */
const SUGGESTION = / ?Did you mean [^?]*\?/g;

/** What was thrown, below what GraphQL has wrapped around it. */
function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? causeOf(error.originalError) : error;
}

/** Null: it is no business of the caller's. */
function codeFor(cause: Error, thrown: unknown): string | null {
  // Pothos found an argument that cannot be: a broken id or cursor, a page size below zero. It is a GraphQLError too.
  if (cause instanceof PothosValidationError) return 'BAD_USER_INPUT';
  if (cause instanceof GraphQLError) return codeOfGraphQLError(cause, thrown);
  if (cause instanceof InvalidInputError || cause instanceof NotFoundError) return 'BAD_USER_INPUT';
  if (cause instanceof PayoutError) return cause.code;
  return cause instanceof SlowReaderError || cause instanceof UnknownCursorError ? cause.code : null;
}

/** Without a code of ours it is about the document or its variables, unless it arose from a value of our own. */
function codeOfGraphQLError(cause: GraphQLError, thrown: unknown): string | null {
  const { code } = cause.extensions;
  if (typeof code === 'string' && CODES.has(code)) return code;
  const ownValue = thrown instanceof GraphQLError && thrown.path !== undefined && cause.nodes === undefined;
  return ownValue ? null : 'BAD_USER_INPUT';
}

const extensionsOf = (cause: Error) => (cause instanceof GraphQLError ? cause.extensions : {});

function withExtensions(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes: nodes ?? null, source, positions, path, extensions });
}

// Errors that are not results: what goes into `errors[]`, each with a code. What is no fault of the caller's is masked.
import { GraphQLError } from 'graphql';
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

/** A subscription's `after` is unknown or expired. */
export function cursorExpired(): GraphQLError {
  return new GraphQLError('This cursor is unknown. Read the payouts again and subscribe without one.', {
    extensions: { code: 'CURSOR_EXPIRED' },
  });
}

/** Passes on what the caller can mend, hides everything else behind the request id, and logs what it hides. */
export function maskError(error: unknown, requestId: string, log: Logger): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  if (error instanceof GraphQLError && (!cause || cause instanceof GraphQLError)) {
    return withExtensions(error, error.message, { ...error.extensions, requestId });
  }
  if (cause instanceof InvalidInputError || cause instanceof NotFoundError) {
    return withExtensions(error, cause.message, { code: 'BAD_USER_INPUT', requestId });
  }
  if (cause instanceof PayoutError) return withExtensions(error, cause.message, { code: cause.code, requestId });
  log.error({ err: cause ?? error, requestId }, 'a request failed');
  return withExtensions(error, 'Something went wrong on our side.', { code: 'INTERNAL_SERVER_ERROR', requestId });
}

function withExtensions(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes: nodes ?? null, source, positions, path, extensions });
}

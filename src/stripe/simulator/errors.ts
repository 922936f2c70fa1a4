// Stripe's errors as the wire shows them: status, type, code, message, param. Each maker names the case;
// the texts follow Stripe's, because clients are known to match on them.
import type Stripe from 'stripe';
import type { FaultRule } from './fault-types.js';
import { defined } from './fields.js';

export interface ErrorDetails {
  status: number;
  /** Stripe's own, such as `invalid_request_error`; a scripted one may be any. */
  type: string;
  message: string;
  code?: string;
  param?: string;
  /** Sent as `stripe-should-retry`. */
  shouldRetry?: boolean;
  headers?: Record<string, string>;
}

/** A refusal that is answered in Stripe's error shape. */
export class ApiError extends Error {
  readonly details: ErrorDetails;

  constructor(details: ErrorDetails) {
    super(details.message);
    this.name = 'ApiError';
    this.details = details;
  }

  /** The JSON that Stripe would send for it; `requestId` goes into the log's link. */
  body(requestId: string): { error: Partial<Stripe.StripeRawError> } {
    const { type, code, message, param, status } = this.details;
    const error: Partial<Stripe.StripeRawError> = { message, type: type as Stripe.RawErrorType };
    if (code !== undefined) Object.assign(error, { code, doc_url: docUrl(code) });
    if (param !== undefined) Object.assign(error, { param });
    if (status !== 401) Object.assign(error, { request_log_url: logUrl(requestId) });
    return { error };
  }
}

function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

function logUrl(requestId: string): string {
  return `https://dashboard.stripe.com/test/logs/${requestId}`;
}

/** 400 `invalid_request_error`: the parameters, or the state of things, do not allow it. */
export function invalid(message: string, code?: string, param?: string): ApiError {
  const details: ErrorDetails = { status: 400, type: 'invalid_request_error', message, shouldRetry: false };
  if (code !== undefined) details.code = code;
  if (param !== undefined) details.param = param;
  return new ApiError(details);
}

/** `resource_missing`: 404 when the path names it, 400 when a parameter does. */
export function missing(kind: string, id: string, param: string, status: 400 | 404 = 404): ApiError {
  const message = `No such ${kind}: '${id}'`;
  return new ApiError({ status, type: 'invalid_request_error', code: 'resource_missing', message, param });
}

/** 403 `account_invalid`: Stripe does not say whether the account exists. */
export function accountInvalid(key: string, account: string): ApiError {
  const message =
    `The provided key '${maskKey(key)}' does not have access to account '${account}' ` +
    '(or that account does not exist). Application access may have been revoked.';
  return new ApiError({ status: 403, type: 'invalid_request_error', code: 'account_invalid', message });
}

/** 404: no such method and path. */
export function unknownUrl(method: string, path: string): ApiError {
  const message =
    `Unrecognized request URL (${method}: ${path}). ` +
    'Please see https://stripe.com/docs or we can help at https://support.stripe.com/.';
  return new ApiError({ status: 404, type: 'invalid_request_error', message });
}

/** 401: no key, or one that is not accepted. */
export function unauthorized(key: string | null): ApiError {
  const message =
    key === null
      ? 'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
        "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${maskKey(key)}`;
  const headers = { 'www-authenticate': 'Bearer realm="Stripe"' };
  return new ApiError({ status: 401, type: 'invalid_request_error', message, shouldRetry: false, headers });
}

/** 403: the key lacks the permission. */
export function forbidden(key: string): ApiError {
  const message = `The provided key '${maskKey(key)}' does not have the required permissions for this endpoint.`;
  return new ApiError({ status: 403, type: 'invalid_request_error', message, shouldRetry: false });
}

/** 429 `rate_limit` or `lock_timeout`; without `shouldRetry` the header is not sent. */
export function rateLimited(code: 'rate_limit' | 'lock_timeout', shouldRetry?: boolean): ApiError {
  const message =
    code === 'rate_limit'
      ? 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.'
      : 'This object cannot be accessed right now because another API request or Stripe process is currently ' +
        'accessing it. If you see this error intermittently, retry the request.';
  const details: ErrorDetails = { status: 429, type: 'invalid_request_error', code, message };
  if (shouldRetry !== undefined) details.shouldRetry = shouldRetry;
  if (code === 'rate_limit') details.headers = { 'stripe-rate-limited-reason': 'endpoint-rate' };
  return new ApiError(details);
}

/** 500 `api_error`. The header says not to retry, for the stored answer would only be replayed. */
export function serverError(message = 'An unknown error occurred'): ApiError {
  return new ApiError({ status: 500, type: 'api_error', message, shouldRetry: false });
}

/** Any error in Stripe's shape, as a script wants it. */
export function scripted({ status = 400, type, code, param, shouldRetry, ...rule }: FaultRule): ApiError {
  const details = {
    status,
    type: type ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
    message: rule.message ?? 'The simulator was told to refuse this.',
  };
  return new ApiError({ ...details, ...defined({ code, param, shouldRetry }) });
}

/** 400: the key was first used for another request. */
export function keyReused(key: string, detail: string): ApiError {
  const message =
    `Keys for idempotent requests can only be used ${detail}. ` +
    `Try using a key other than '${key}' if you meant to execute a different request.`;
  return new ApiError({ status: 400, type: 'idempotency_error', message, shouldRetry: false });
}

/** 409 `idempotency_key_in_use`: the first request with the key has not ended yet. */
export function keyInUse(key: string): ApiError {
  const message =
    'There is currently another in-progress request using this Idempotent Key (that probably means you submitted ' +
    `twice, and the other request is still going through): ${key}. Please try again later.`;
  const code = 'idempotency_key_in_use';
  return new ApiError({ status: 409, type: 'idempotency_error', code, message, shouldRetry: true });
}

// Keys stand masked in Stripe's messages, and must here too: messages end in logs.
function maskKey(key: string): string {
  const shown = /^([rs]k_(?:test|live)_)/.exec(key)?.[1] ?? '';
  return `${shown}${'*'.repeat(8)}${key.length > 16 ? key.slice(-4) : ''}`;
}

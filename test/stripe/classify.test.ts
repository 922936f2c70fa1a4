// What each of Stripe's errors means for a transfer. In doubt it is unknown, never refused.
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { classifyError } from '../../src/stripe/classify.js';

interface Raw {
  statusCode?: number;
  type?: string;
  code?: string;
}

/** The error that the SDK makes of such an answer. */
const errorOf = (raw: Raw) =>
  Stripe.errors.StripeError.generate({
    message: 'No.',
    requestId: 'req_1',
    type: 'invalid_request_error',
    ...raw,
  } as Stripe.StripeRawError);

const kindOf = (error: unknown) => classifyError(error).kind;

describe('a definite refusal', () => {
  it.each<[string, Raw, boolean]>([
    ['balance_insufficient', { statusCode: 400, code: 'balance_insufficient' }, true],
    ['a creator who is not ready', { statusCode: 400, code: 'insufficient_capabilities_for_transfer' }, true],
    ['resource_missing', { statusCode: 400, code: 'resource_missing' }, false],
    ['resource_missing as 404', { statusCode: 404, code: 'resource_missing' }, false],
    ['amount_too_large', { statusCode: 400, code: 'amount_too_large' }, false],
    ['parameter_missing', { statusCode: 400, code: 'parameter_missing' }, false],
    ['a country without a code', { statusCode: 400 }, false],
    ['402', { statusCode: 402, type: 'card_error', code: 'card_declined' }, false],
  ])('is %s', (_what, raw, retryable) => {
    expect(classifyError(errorOf(raw))).toEqual({
      kind: 'refused',
      retryable,
      code: raw.code ?? 'invalid_request_error',
      message: 'No.',
      requestId: 'req_1',
    });
  });
});

describe('not executed', () => {
  it.each<[string, Raw]>([
    ['429', { statusCode: 429, code: 'rate_limit' }],
    ['429 lock_timeout', { statusCode: 429, code: 'lock_timeout' }],
    ['429 without a code', { statusCode: 429 }],
    ['rate_limit as 400, as old accounts are told', { statusCode: 400, code: 'rate_limit' }],
    ['lock_timeout as 400', { statusCode: 400, code: 'lock_timeout' }],
    [
      '409, the key is in use',
      { statusCode: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' },
    ],
  ])('is %s', (_what, raw) => {
    expect(kindOf(errorOf(raw))).toBe('not_executed');
  });
});

describe('our fault', () => {
  it.each<[string, Raw]>([
    ['401', { statusCode: 401 }],
    ['403', { statusCode: 403 }],
    ['the key with other parameters', { statusCode: 400, type: 'idempotency_error' }],
  ])('is %s', (_what, raw) => {
    expect(kindOf(errorOf(raw))).toBe('misconfigured');
  });
});

describe('unknown', () => {
  it.each([500, 501, 502, 503, 504, 529])('is %i, whatever its body says', (statusCode) => {
    expect(kindOf(errorOf({ statusCode, code: 'balance_insufficient' }))).toBe('unknown');
    expect(kindOf(errorOf({ statusCode, type: 'api_error' }))).toBe('unknown');
    expect(kindOf(errorOf({ statusCode, code: 'rate_limit' }))).toBe('unknown');
  });

  it.each([405, 408, 410, 413, 418, 422, 424, 425, 451])(
    'is %i, which is not how Stripe refuses',
    (statusCode) => {
      expect(kindOf(errorOf({ statusCode }))).toBe('unknown');
    },
  );

  it.each<[string, unknown]>([
    ['another 409', errorOf({ statusCode: 409 })],
    ['a 400 that is a fault of the API', errorOf({ statusCode: 400, type: 'api_error' })],
    ['a 404 that a proxy made up', new Stripe.errors.StripeInvalidRequestError({ statusCode: 404 } as never)],
    ['an answer without a status', errorOf({})],
    ['a lost connection', new Stripe.errors.StripeConnectionError({ message: 'reset' } as never)],
    ['a fault of ours', new TypeError('undefined is not a function')],
    ['whatever else is thrown', 'no error at all'],
    ['nothing', undefined],
  ])('is %s', (_what, error) => {
    expect(kindOf(error)).toBe('unknown');
  });
});

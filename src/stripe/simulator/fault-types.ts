// The shapes of scripted faults, as control takes and shows them. `ms` is milliseconds.

export type FaultName =
  | 'reset_before'
  | 'hang_before'
  | 'rate_limited'
  | 'unauthorized_401'
  | 'forbidden_403'
  | 'latency'
  | 'capability_off_before_transfer'
  | 'webhook_before_response'
  | 'error_500_before'
  | 'error_500_after_commit'
  | 'stripe_error'
  | 'reset_after_commit'
  | 'hang_after_commit'
  | 'truncated_200'
  | 'wrong_object_200'
  | 'json_503_without_error'
  | 'html_502'
  | 'html_200';

export interface FaultMatch {
  method?: string;
  /** Exact path such as `/v1/transfers`, or a prefix that ends in `*`. */
  path?: string;
  idempotencyKey?: string;
  destination?: string;
  transferGroup?: string;
}

export interface FaultRule {
  fault: FaultName;
  /** What is left out matches anything. */
  match?: FaultMatch;
  /** How many requests it hits. Default 1. */
  times?: number | 'always';
  /** How many matching requests pass unharmed first. Default 0. */
  skip?: number;
  /** For `latency` and the hangs: milliseconds; absent, until released or the client leaves. */
  ms?: number;
  /** For `rate_limited`: `rate_limit` (the default) or `lock_timeout`. For `stripe_error`: any code, or none. */
  code?: string;
  /** For `rate_limited`: sends `Stripe-Should-Retry: true` or `false`; absent, no header. */
  shouldRetry?: boolean;
  /** For `stripe_error`: the HTTP status, 400 to 599. Default 400. */
  status?: number;
  /** For `stripe_error`: the error's type. Default `invalid_request_error`, from 500 on `api_error`. */
  type?: string;
  /** For `stripe_error`: what the error says. */
  message?: string;
  /** For `stripe_error`: the parameter that it blames. */
  param?: string;
  /** For `stripe_error`: whether the key keeps and repeats it. Default true, save for 401, 403, 409 and 429. */
  stored?: boolean;
  /** For `html_200`, `html_502` and `json_503_without_error`: whether the request was carried out. Default false. */
  afterCommit?: boolean;
  /** For `wrong_object_200`: the JSON that is sent instead. Default: a payment intent. */
  body?: unknown;
}

export interface QueuedFault extends FaultRule {
  id: string;
  /** How many requests it has hit. */
  hits: number;
}

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
  | 'reset_after_commit'
  | 'hang_after_commit'
  | 'truncated_200'
  | 'wrong_object_200'
  | 'json_503_without_error'
  | 'html_502';

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
  /** For `rate_limited`: the code. Default `rate_limit`. */
  code?: 'rate_limit' | 'lock_timeout';
  /** For `rate_limited`: sends `Stripe-Should-Retry: true` or `false`; absent, no header. */
  shouldRetry?: boolean;
  /** For `html_502` and `json_503_without_error`: whether the request was carried out. Default false. */
  afterCommit?: boolean;
  /** For `wrong_object_200`: the JSON that is sent instead. Default: a payment intent. */
  body?: unknown;
}

export interface QueuedFault extends FaultRule {
  id: string;
  /** How many requests it has hit. */
  hits: number;
}

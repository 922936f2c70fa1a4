// What this process counts by itself: requests to it, operations, requests to Stripe. A restart begins at 0, and a sum over
// all processes is the whole; no label is a client's word.
import { Counter, Histogram, type Registry } from 'prom-client';

/** Of an answered request; `route` is the path of our own table, and `other` for what is not in it. */
export interface HttpObservation {
  route: string;
  method: string;
  /** `2xx`, or `gone` where the client did not wait for its answer. */
  status: string;
  /** Null for a stream, whose end is the client's wish. */
  seconds: number | null;
}

export interface OperationObservation {
  /** Of a trusted document; else `other`: a client may call its operations what it likes. */
  operation: string;
  type: 'query' | 'mutation' | 'subscription' | 'unknown';
  /** `refused`: for what the caller can mend; `failed`: for what it cannot. */
  outcome: 'ok' | 'refused' | 'failed';
  /** Of a subscription: until it began. */
  seconds: number;
}

/** What Stripe's answer meant: see `payouts/ports`. */
export interface StripeObservation {
  outcome: 'succeeded' | 'refused' | 'not_executed' | 'unknown' | 'misconfigured';
  seconds: number;
}

export interface Traffic {
  http(observation: HttpObservation): void;
  operation(observation: OperationObservation): void;
  stripe(observation: StripeObservation): void;
  register(registry: Registry): void;
}

const STRIPE_OUTCOMES = ['succeeded', 'refused', 'not_executed', 'unknown', 'misconfigured'] as const;

export function createTraffic(): Traffic {
  const http = {
    total: counter('http_requests_total', 'Requests over HTTP', ['route', 'method', 'status']),
    seconds: histogram(
      'http_request_seconds',
      'Until a request over HTTP was answered; streams are not timed',
      ['route', 'method', 'status'],
    ),
  };
  const operations = {
    total: counter('graphql_operations_total', 'Operations over HTTP and WebSocket', [
      'operation',
      'type',
      'outcome',
    ]),
    seconds: histogram(
      'graphql_operation_seconds',
      'Until an operation was executed; of a subscription, begun',
      ['operation', 'type'],
    ),
  };
  const stripe = {
    total: counter('stripe_requests_total', 'Requests to Stripe by what the answer meant', ['outcome']),
    seconds: histogram('stripe_request_seconds', 'Until Stripe had answered, or had not', []),
  };
  // So that an increase from nothing is one.
  for (const outcome of STRIPE_OUTCOMES) stripe.total.inc({ outcome }, 0);
  return {
    http({ route, method, status, seconds }) {
      http.total.inc({ route, method, status });
      if (seconds !== null) http.seconds.observe({ route, method, status }, seconds);
    },
    operation({ operation, type, outcome, seconds }) {
      operations.total.inc({ operation, type, outcome });
      operations.seconds.observe({ operation, type }, seconds);
    },
    stripe({ outcome, seconds }) {
      stripe.total.inc({ outcome });
      stripe.seconds.observe(seconds);
    },
    register(registry) {
      for (const { total, seconds } of [http, operations, stripe]) {
        registry.registerMetric(total as Counter);
        registry.registerMetric(seconds as Histogram);
      }
    },
  };
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function counter<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): Counter<Label> {
  return new Counter({ name, help, labelNames: [...labelNames], registers: [] });
}

function histogram<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): Histogram<Label> {
  return new Histogram({ name, help, labelNames: [...labelNames], buckets: SECONDS, registers: [] });
}

// One span for each thing that Stripe is asked. Nothing of our trace is sent along: Stripe has no use for it.
import type Stripe from 'stripe';
import { currentSpan, inSpan, isTracing, type Span, SpanKind } from '../observability/tracing.js';

/** The attribute that says what the answer means for us: the kinds of `TransferAnswer`. */
export const OUTCOME = 'stripe.outcome';

/** @param route Stripe's path, without ids */
export function inStripeSpan<T>(
  method: 'GET' | 'POST',
  route: string,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const attributes = { 'peer.service': 'stripe', 'http.request.method': method, 'http.route': route };
  return inSpan(`stripe ${method} ${route}`, { kind: SpanKind.CLIENT, attributes }, work);
}

/** The SDK's own type of it is `any`. */
interface Answered {
  status: number;
  request_id: string;
}

/** Tells the span of whatever asks Stripe what came back; of several pages, that of the last one. */
export function traceResponses(stripe: Stripe): void {
  if (!isTracing()) return;
  stripe.on('response', ({ status, request_id }: Answered) => {
    currentSpan().setAttributes({ 'http.response.status_code': status, 'stripe.request_id': request_id });
  });
}

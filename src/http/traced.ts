// The span of a request: it goes on with the caller's trace, where one is sent along (W3C `traceparent`), and ends with
// the answer. A scrape or a look at our health is none of anybody's work.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTracing, markFailed, openSpan, SpanKind } from '../observability/tracing.js';

const UNTRACED: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

/** @param route the path as the table of routes has it: what a caller has written into an address is not told */
export function traced<T>(
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
  handle: () => T,
): T {
  if (!isTracing() || UNTRACED.has(route)) return handle();
  const { method = '' } = request;
  const parent = parentOf(request);
  const attributes = { 'http.request.method': method, 'http.route': route };
  const { span, run } = openSpan(`${method} ${route}`, {
    kind: SpanKind.SERVER,
    attributes,
    parent,
    root: parent === null,
  });
  response.once('close', () => {
    const { statusCode } = response;
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) markFailed(span, String(statusCode));
    span.end();
  });
  return run(handle);
}

function parentOf({ headers }: IncomingMessage): string | null {
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? traceparent : null;
}

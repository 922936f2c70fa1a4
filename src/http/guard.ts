// What every answer tells a browser, whichever way it was made, and what only a page of an allowed origin is told. Said
// once, where a request begins: what answers it may add to it or say otherwise.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** No answer is kept by anybody, taken for another type than its own, put into a frame, or loads anything. */
export const GUARDED = new Map([
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
]);

/** Says what a page of the request's origin may read; nothing to one that is not on the list. */
export type Share = (request: IncomingMessage, response: ServerResponse) => void;

/** Seconds for which a browser need not ask again what it may send. */
const PREFLIGHT_SECONDS = '600';

/** @param origins those of CORS_ORIGINS; without any, no answer differs by its origin */
export function createShare(origins: readonly string[]): Share {
  if (origins.length === 0) return () => undefined;
  const shared = new Map(origins.map((origin) => [origin, headersFor(origin)]));
  return ({ method, headers }, response) => {
    response.setHeader('vary', 'Origin');
    const own = shared.get(headers.origin ?? '');
    if (own) response.setHeaders(own);
    if (own && method === 'OPTIONS') allow(headers['access-control-request-headers'], response);
  };
}

const headersFor = (origin: string) =>
  new Map([
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', 'Retry-After'],
  ]);

function allow(headers: string | undefined, response: ServerResponse): void {
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers');
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  if (headers) response.setHeader('access-control-allow-headers', headers);
}

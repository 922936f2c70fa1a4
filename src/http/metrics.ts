// GET /metrics: in the format of Prometheus. Without a token, as health is: what it tells are numbers, of nobody.
import type { Route } from './server.js';

export interface MetricsSource {
  contentType: string;
  metrics(): Promise<string>;
}

export function metricsRoute(source: MetricsSource): Route {
  return {
    method: 'GET',
    path: '/metrics',
    handle: async (_, response) => {
      const text = await source.metrics();
      response.writeHead(200, { 'content-type': source.contentType, 'cache-control': 'no-store' });
      response.end(text);
    },
  };
}

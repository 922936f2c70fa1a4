// HTTP for every role: health and metrics of all, the API and Stripe's webhooks where the role has them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Embedded } from '../dev/embed.js';
import { serveWebSocket } from '../graphql/websocket.js';
import { createAddressOf } from '../http/address.js';
import { graphqlRoute } from '../http/graphql.js';
import { createHttpServer, type Route } from '../http/server.js';
import { webhookRoute } from '../http/webhook.js';
import { applyEvent, storeEvent } from '../payouts/events/inbox.js';
import { createVerifier } from '../stripe/webhooks.js';
import { dashboardsOf } from './dashboards.js';
import { connectSimulator, devOf } from './development.js';
import { exportsOf } from './exports.js';
import { graphqlOf, identifyOf, rateLimitsOf } from './graphql.js';
import { observabilityRoutes } from './health.js';
import { importsOf } from './imports.js';
import { inboxOf } from './money.js';
import type { Parts, Stops } from './parts.js';

/** HTTP for everybody, so that workers too can be asked how they are; the API where the role has it. */
export async function serve(parts: Parts, embedded: Embedded, stops: Stops): Promise<string> {
  const { config, log, traffic } = parts;
  const rateLimits = config.role === 'worker' ? null : await rateLimitsOf(parts, stops);
  const yoga = rateLimits && (await graphqlOf(parts, rateLimits, stops));
  const { trustProxy, corsOrigins } = config;
  const addressOf = createAddressOf(trustProxy);
  const api = yoga && graphqlRoute({ path: yoga.graphqlEndpoint, serve: yoga.serve, addressOf, corsOrigins });
  const routes = api ? [api, webhookOf(parts), ...dashboardsOf(parts), ...devOf(parts, embedded)] : [];
  if (rateLimits) routes.push(exportsOf(parts, rateLimits), importsOf(parts, rateLimits, stops));
  let ends = false;
  const telling = observabilityRoutes(
    parts,
    () => yoga?.open.streams.open ?? 0,
    () => ends,
  );
  const http = createHttpServer([...routes, ...telling], log, traffic.http);
  const port = await http.listen(config.port, config.host);
  stops.push(() => http.close());
  if (yoga)
    stops.push(serveWebSocket({ server: http.server, yoga, identify: identifyOf(config), addressOf }));
  // First of all: while new requests still come, they are answered; nobody is cut off who could have known.
  if (yoga)
    stops.push(async () => {
      ends = true;
      http.sendAway();
      await sleep(config.shutdownDelayMs);
    });
  const url = `http://${config.host}:${port}`;
  if (embedded.simulatorUrl) await connectSimulator(parts, embedded, url);
  return url;
}

function webhookOf(parts: Parts): Route {
  const { webhookSecrets, connectWebhookSecrets } = parts.config.stripe;
  const inbox = inboxOf(parts);
  return webhookRoute({
    verify: createVerifier([...webhookSecrets, ...connectWebhookSecrets]),
    store: (event) => storeEvent(parts.db.pool, event),
    apply: (id) => applyEvent(inbox, id),
    log: parts.log,
  });
}

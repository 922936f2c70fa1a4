// POST /api/webhooks/stripe: verified over the raw bytes, stored, answered; then applied.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkpoint } from '../observability/checkpoints.js';
import type { Logger } from '../observability/logger.js';
import { currentSpan } from '../observability/tracing.js';
import type { VerifiedEvent } from '../payouts/events/inbox.js';
import { readBody, TooLargeError } from './body.js';
import { type Route, refuse, sendJson } from './server.js';
import { requestIdOf } from './visit.js';

export interface WebhookDeps {
  /** @throws an error with the code `INVALID_SIGNATURE` */
  verify(body: Buffer, signature: string | undefined): VerifiedEvent;
  /** Durable when it resolves. */
  store(event: VerifiedEvent): Promise<void>;
  apply(eventId: string): Promise<void>;
  log: Logger;
}

/** Stripe's events are a few kB. */
const LARGEST_EVENT = 512 * 1024;

export function webhookRoute(deps: WebhookDeps): Route {
  return {
    method: 'POST',
    path: '/api/webhooks/stripe',
    handle: (request, response) => receive(deps, request, response),
  };
}

async function receive(deps: WebhookDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event = await verified(deps, request).catch((error: Error & { code?: string }) => error);
  if (event instanceof TooLargeError) {
    response.setHeader('connection', 'close');
    return refuse(response, 413, event.message);
  }
  if (event instanceof Error) {
    if ((event as { code?: string }).code !== 'INVALID_SIGNATURE') throw event;
    return refuse(response, 400, event.message);
  }
  currentSpan().setAttributes({ 'stripe.event.id': event.id, 'stripe.event.type': event.type });
  const { id: eventId, type } = event;
  const known = { requestId: requestIdOf(response), eventId, type };
  await deps.store(event);
  deps.log.debug(known, 'event stored');
  sendJson(response, 200, { received: true });
  checkpoint('webhook.after_answer');
  // Stripe has its answer; if this fails or the process dies, the sweep applies it.
  deps.apply(eventId).catch((err: unknown) => deps.log.error({ err, ...known }, 'event not applied'));
}

async function verified(deps: WebhookDeps, request: IncomingMessage): Promise<VerifiedEvent> {
  const body = await readBody(request, LARGEST_EVENT);
  const signature = request.headers['stripe-signature'];
  return deps.verify(body, typeof signature === 'string' ? signature : undefined);
}

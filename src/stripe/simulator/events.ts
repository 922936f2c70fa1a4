// Records events, in the transaction that causes them, together with the delivery that each is owed.
import type Stripe from 'stripe';
import type { Change } from './core.js';
import { newId } from './ids.js';
import { API_VERSION } from './objects.js';
import type { Delivery } from './webhook-types.js';

/** What an event says. */
export interface EventFacts {
  type: string;
  object: { id: string };
  /** The old values of what changed; without it, the event does not mention any. */
  previous?: object;
  /** The connected account that it happened on; absent, the platform. */
  account?: string;
  id?: string;
  /** Unix seconds; absent, now. */
  created?: number;
  livemode?: boolean;
  apiVersion?: string | null;
}

/** Puts the event and its delivery, adds it to those that the change is owed, and answers its id. */
export function record(
  change: Change,
  facts: EventFacts,
  signing: Pick<Delivery, 'timestamp' | 'signWith'> = {},
): string {
  const event = build(change, facts);
  const { id, created, type } = event;
  change.tx.put('events', { id, created, event });
  const endpoint = facts.account === undefined ? 'platform' : 'connect';
  const delivery: Delivery = {
    id,
    created,
    type,
    objectId: facts.object.id,
    endpoint,
    status: 'pending',
    attempts: [],
    ...signing,
  };
  change.tx.put('deliveries', delivery);
  change.deliveries.push(id);
  return id;
}

function build({ core, cause }: Change, facts: EventFacts): Stripe.EventBase {
  const { object, previous } = facts;
  const event = {
    id: facts.id ?? newId('evt'),
    object: 'event',
    ...(facts.account === undefined ? {} : { account: facts.account }),
    api_version: facts.apiVersion === undefined ? API_VERSION : facts.apiVersion,
    created: facts.created ?? core.clock.seconds(),
    data: previous === undefined ? { object } : { object, previous_attributes: previous },
    livemode: facts.livemode ?? false,
    pending_webhooks: 1,
    request: { id: cause.id, idempotency_key: cause.idempotencyKey },
    // Legacy and invented types may be emitted too, which the SDK's closed list does not know.
    type: facts.type as Stripe.Event.Type,
  } satisfies Stripe.EventBase;
  return event;
}

// One try of a delivery: the event's body, a fresh signature, the POST, and what came of it.
import type { Clock } from './clock.js';
import type { Sender } from './sender.js';
import { settings } from './settings.js';
import { sign } from './signature.js';
import type { Store } from './store.js';
import type { SimulatorOptions } from './types.js';
import type { Delivery, DeliveryAttempt } from './webhook-types.js';

/** What a try needs. */
export interface AttemptParts {
  store: Store;
  clock: Clock;
  options: SimulatorOptions;
  sender: Sender;
}

/** Tries once. An endpoint that cannot be reached is an attempt with an error, not a throw. */
export async function attempt(parts: AttemptParts, delivery: Delivery): Promise<DeliveryAttempt> {
  const { store, clock, options, sender } = parts;
  const timestamp = delivery.timestamp ?? Math.floor(clock.hostMs() / 1000);
  const made = { atMs: clock.nowMs(), timestamp };
  try {
    const url = settings(store).webhookUrl;
    if (url === null) throw new Error('No webhook address is set');
    const body = bodyOf(store, delivery);
    const status = await sender.post(url, body, sign(body, timestamp, secretsOf(options, delivery)));
    return { ...made, status, error: null };
  } catch (error) {
    return { ...made, status: null, error: error instanceof Error ? error.message : String(error) };
  }
}

function bodyOf(store: Store, { id }: Delivery): string {
  const row = store.get('events', id);
  if (!row) throw new Error(`No event ${id}`);
  // Indented, as Stripe sends it: a receiver that re-serialises the body breaks the signature.
  return JSON.stringify(row.event, null, 2);
}

function secretsOf(options: SimulatorOptions, { endpoint, signWith = [endpoint] }: Delivery): string[] {
  const { platformSecret: platform, connectSecret: connect } = options;
  const named = new Map(Object.entries({ platform, connect }));
  return signWith.map((name) => named.get(name) ?? name);
}

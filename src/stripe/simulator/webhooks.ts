// Delivers events as Stripe does: at least once, in no promised order, signed afresh at each try, tried
// again after growing delays until the endpoint answers 2xx or three days have passed. Pending deliveries
// stand in the journal and go on after a restart. The mode and the rules bend all of this.
import { type Clock, DAY_MS } from './clock.js';
import { DeliveryQueue } from './delivery-queue.js';
import { createSender } from './sender.js';
import { settings, updateSettings } from './settings.js';
import type { Store } from './store.js';
import type { SimulatorOptions } from './types.js';
import { type AttemptParts, attempt } from './webhook-attempt.js';
import { WebhookRules } from './webhook-rules.js';
import type { Delivery, WebhookMode } from './webhook-types.js';

const GIVE_UP_MS = 3 * DAY_MS;
const KEPT_ATTEMPTS = 50;
const DEFAULT_RETRY_DELAYS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

export class Webhooks {
  readonly rules = new WebhookRules();
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #options: SimulatorOptions;
  readonly #parts: AttemptParts;
  readonly #queue = new DeliveryQueue((id) => this.#runQueued(id));
  #swapped: string[] = [];
  readonly #followers = new Map<string, string[]>();
  #closed = false;

  constructor(store: Store, clock: Clock, options: SimulatorOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#options = options;
    this.#parts = { store, clock, options, sender: createSender(options.webhookTimeoutMs ?? 10_000) };
  }

  /** Takes up what an earlier run left pending. */
  start(): void {
    const { webhookUrl } = this.#options;
    if (webhookUrl !== undefined) updateSettings(this.#store, { webhookUrl });
    this.#queue.add(...this.#pending());
  }

  /** Sets the address; deliveries that waited for one go out. */
  setUrl(url: string | null): void {
    updateSettings(this.#store, { webhookUrl: url });
    if (url !== null) this.#queue.add(...this.#pending());
  }

  /** Sets what happens to events from now on; what is held stays held until released. */
  setMode(mode: WebhookMode): void {
    updateSettings(this.#store, { webhookMode: mode });
  }

  /** Starts deliveries, each as its rule or the mode has it. */
  schedule(ids: string[]): void {
    for (const id of ids) this.#scheduleOne(id);
  }

  /** Tries a delivery now, whatever mode and rules say. Resolves once the endpoint answered or could not. */
  async deliverNow(id: string): Promise<Delivery> {
    this.#queue.remove(id);
    await this.#queue.track(this.#attempt(id));
    return this.#delivery(id);
  }

  /** Delivers what is held, one after the other; given event ids, those only and in that order. */
  async release(order?: string[] | 'reverse'): Promise<Delivery[]> {
    const held = this.list().filter((delivery) => delivery.status === 'held');
    const released = Array.isArray(order)
      ? order.flatMap((id) => held.filter((delivery) => delivery.id === id))
      : order === 'reverse'
        ? held.reverse()
        : held;
    const results: Delivery[] = [];
    for (const { id } of released) results.push(await this.deliverNow(id));
    return results;
  }

  /** Delivers an event `copies` times at once: the same id, fresh signatures. Throws for an unknown event. */
  async redeliver(id: string, copies = 1): Promise<Delivery> {
    await Promise.all(Array.from({ length: copies }, () => this.deliverNow(id)));
    return this.#delivery(id);
  }

  /** Resolves once nothing is queued or under way; what waits for its next try does not count. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Every delivery, oldest event first. */
  list(): Delivery[] {
    return [...this.#store.table('deliveries').oldestFirst()];
  }

  /** How many endpoints an event has not reached yet: Stripe's `pending_webhooks`. */
  undelivered(id: string): number {
    return this.#delivery(id).status === 'delivered' ? 0 : 1;
  }

  /** Forgets queue, timers and rules; attempts under way end by themselves. */
  clear(): void {
    this.#queue.clear();
    this.#swapped = [];
    this.#followers.clear();
    this.rules.clear();
  }

  /** Ends everything; deliveries cut off here stay pending for the next run. */
  async close(): Promise<void> {
    this.#closed = true;
    this.clear();
    this.#queue.stop();
    this.#parts.sender.close();
    await this.#queue.idle();
  }

  #scheduleOne(id: string): void {
    const rule = this.rules.take(this.#delivery(id));
    const action = rule?.action ?? settings(this.#store).webhookMode;
    if (action === 'drop') this.#set(id, { status: 'dropped' });
    else if (action === 'hold') this.#set(id, { status: 'held' });
    else if (action === 'swap') this.#swapped.push(id);
    else this.#queueAs(action, id, rule?.ms);
  }

  #queueAs(action: 'deliver' | 'duplicate' | 'delay', id: string, ms = 100): void {
    // What was swapped goes right after the first event that is delivered in its stead.
    if (this.#swapped.length > 0) this.#followers.set(id, this.#swapped.splice(0));
    if (action === 'delay') this.#queue.addLater(id, ms);
    else this.#queue.add(...(action === 'duplicate' ? [id, id] : [id]));
  }

  async #runQueued(id: string): Promise<void> {
    // Without an address the delivery stays pending, until one is set.
    if (settings(this.#store).webhookUrl === null) return;
    try {
      await this.#attempt(id);
      this.#queue.add(...this.#followersOf(id));
    } catch {
      // It could not be journalled: it counts as not made.
      this.#queue.addLater(id, this.#delayMs(1));
    }
  }

  #followersOf(id: string): string[] {
    const followers = this.#followers.get(id) ?? [];
    this.#followers.delete(id);
    return followers;
  }

  async #attempt(id: string): Promise<void> {
    const delivery = this.#store.get('deliveries', id);
    const made = delivery && (await attempt(this.#parts, delivery));
    // A reset may have forgotten it; a shutdown leaves it as it was, to be tried again.
    if (!made || this.#closed || !this.#store.get('deliveries', id)) return;
    const { status, attempts } = this.#delivery(id);
    const kept = [...attempts.slice(0, 1), ...attempts.slice(1).slice(2 - KEPT_ATTEMPTS), made];
    const done = made.status !== null && made.status >= 200 && made.status < 300;
    this.#set(id, { attempts: kept, status: done || status === 'delivered' ? 'delivered' : 'pending' });
    if (!done && status !== 'delivered') this.#retry(id);
  }

  #retry(id: string): void {
    const { attempts, timestamp, signWith } = this.#delivery(id);
    const first = attempts[0]?.atMs ?? 0;
    const mode = settings(this.#store).webhookMode;
    // A forged signature is meant to be refused: to insist would only make noise.
    if (timestamp !== undefined || signWith) this.#set(id, { status: 'failed' });
    else if (this.#clock.nowMs() - first > GIVE_UP_MS) this.#set(id, { status: 'failed' });
    else if (mode !== 'deliver') this.#set(id, { status: mode === 'hold' ? 'held' : 'dropped' });
    else this.#queue.addLater(id, this.#delayMs(attempts.length));
  }

  #delayMs(tries: number): number {
    const delays = this.#options.webhookRetryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS;
    return delays[Math.min(tries, delays.length) - 1] ?? 1_000;
  }

  #pending(): string[] {
    return this.list()
      .filter(({ id, status }) => status === 'pending' && !this.#queue.has(id))
      .map(({ id }) => id);
  }

  #delivery(id: string): Delivery {
    const delivery = this.#store.get('deliveries', id);
    if (!delivery) throw new Error(`No event ${id}`);
    return delivery;
  }

  #set(id: string, update: Partial<Delivery>): void {
    const row = { ...this.#delivery(id), ...update };
    this.#store.transact((tx) => tx.put('deliveries', row));
  }
}

// A typed client of the simulator's control endpoint, for tests and for demo data. Every method rejects with
// an Error that carries the simulator's words when it refuses.
import type Stripe from 'stripe';
import type { FaultRule, QueuedFault } from './fault-types.js';
import type { AccountChange, NewAccount, NewBankPayout, SimulatorState } from './types.js';
import type {
  Delivery,
  Emission,
  Emitted,
  QueuedWebhookRule,
  WebhookMode,
  WebhookRule,
} from './webhook-types.js';

export class SimulatorClient {
  readonly #url: string;

  /** `url` is the simulator's own, such as `http://127.0.0.1:12111`. */
  constructor(url: string) {
    this.#url = url.replace(/\/$/, '');
  }

  state(): Promise<SimulatorState> {
    return this.#call('GET', 'state');
  }

  /** All transfers, oldest first. */
  transfers(): Promise<Stripe.Transfer[]> {
    return this.#call('GET', 'transfers');
  }

  /** Forgets everything but the webhook address. */
  async reset(): Promise<void> {
    await this.#call('POST', 'reset');
  }

  /** Moves the simulator's clock; answers its time in Unix seconds. */
  async advanceClock(seconds: number): Promise<number> {
    return (await this.#call<{ now: number }>('POST', 'clock', { advanceSeconds: seconds })).now;
  }

  /** Sets the simulator's clock to Unix seconds. */
  async setClock(seconds: number): Promise<number> {
    return (await this.#call<{ now: number }>('POST', 'clock', { set: seconds })).now;
  }

  /** Sets the platform's balance to so many cents. */
  setBalance(cents: number, currency = 'usd'): Promise<Record<string, number>> {
    return this.#call('POST', 'balance', { currency, set: cents });
  }

  /** Adds cents to the platform's balance. */
  topUp(cents: number, currency = 'usd'): Promise<Record<string, number>> {
    return this.#call('POST', 'balance', { currency, add: cents });
  }

  /** Lets a key count as used for another transfer: every request with it is refused as `idempotency_error`. */
  async takeKey(key: string): Promise<void> {
    await this.#call('POST', 'idempotency_keys', { key });
  }

  createAccount(account: NewAccount = {}): Promise<Stripe.Account> {
    return this.#call('POST', 'accounts', account);
  }

  updateAccount(id: string, update: AccountChange): Promise<Stripe.Account> {
    return this.#call('POST', `accounts/${id}`, update);
  }

  /** Sets the transfers capability; emits `capability.updated` and `account.updated`. */
  setCapability(id: string, transfers: 'active' | 'inactive' | 'pending'): Promise<Stripe.Account> {
    return this.updateAccount(id, { transfers });
  }

  async deleteAccount(id: string): Promise<void> {
    await this.#call('DELETE', `accounts/${id}`);
  }

  /** Pays an account out to its bank, or fails to; emits `payout.paid` or `payout.failed`. */
  bankPayout(accountId: string, payout: NewBankPayout): Promise<Stripe.Payout> {
    return this.#call('POST', `accounts/${accountId}/bank_payouts`, payout);
  }

  /** Reverses a transfer as Stripe's dashboard would; `amount` in cents, absent all that is left. */
  reverse(transferId: string, amount?: number): Promise<Stripe.TransferReversal> {
    return this.#call('POST', `transfers/${transferId}/reverse`, amount === undefined ? {} : { amount });
  }

  /**
   * Lets a transfer fail after it was made, as older API versions had it: the money comes back and `transfer.failed`
   * is emitted. The API shows it with a status from then on; `gone`: it knows it no more.
   */
  failTransfer(transferId: string, { gone = false } = {}): Promise<Stripe.Transfer> {
    return this.#call('POST', `transfers/${transferId}/fail`, { gone });
  }

  fault(rule: FaultRule): Promise<QueuedFault> {
    return this.#call('POST', 'faults', rule);
  }

  faults(): Promise<QueuedFault[]> {
    return this.#call('GET', 'faults');
  }

  /** Forgets all faults; requests that are held stay held. */
  async clearFaults(): Promise<void> {
    await this.#call('DELETE', 'faults');
  }

  /** Ends every latency and hang now; answers how many there were. */
  async releaseHeld(): Promise<number> {
    return (await this.#call<{ released: number }>('POST', 'faults/release')).released;
  }

  /** Sets where webhooks go; null stops them, and they wait. */
  async setWebhookUrl(url: string | null): Promise<void> {
    await this.#call('POST', 'webhooks', { url });
  }

  holdWebhooks(): Promise<void> {
    return this.#mode('hold');
  }

  dropWebhooks(): Promise<void> {
    return this.#mode('drop');
  }

  /** Delivers events from now on; what is held stays held until `releaseWebhooks`. */
  deliverWebhooks(): Promise<void> {
    return this.#mode('deliver');
  }

  /** Delivers what is held, one after the other; given event ids, those only and in that order. */
  releaseWebhooks(order?: string[] | 'reverse'): Promise<Delivery[]> {
    return this.#call('POST', 'webhooks/release', order === undefined ? {} : { order });
  }

  /** Every event's delivery, oldest event first. */
  deliveries(): Promise<Delivery[]> {
    return this.#call('GET', 'webhooks/deliveries');
  }

  /** Delivers an event again, `copies` times at once: the same id, fresh signatures. */
  redeliver(eventId: string, copies = 1): Promise<Delivery> {
    return this.#call('POST', 'webhooks/redeliver', { event: eventId, copies });
  }

  /** Resolves once no webhook is queued or under way; those that wait for their next try do not count. */
  async drainWebhooks(): Promise<void> {
    await this.#call('POST', 'webhooks/drain');
  }

  /** Scripts the treatment of single events. */
  webhookRule(rule: WebhookRule): Promise<QueuedWebhookRule> {
    return this.#call('POST', 'webhooks/rules', rule);
  }

  async clearWebhookRules(): Promise<void> {
    await this.#call('DELETE', 'webhooks/rules');
  }

  /** Emits an event at once and resolves after its first try. */
  emit(emission: Emission): Promise<Emitted> {
    return this.#call('POST', 'emit', emission);
  }

  async #mode(mode: WebhookMode): Promise<void> {
    await this.#call('POST', 'webhooks', { mode });
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const init: RequestInit = { method };
    if (body)
      Object.assign(init, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    const response = await fetch(`${this.#url}/_control/${path}`, init);
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(`Stripe simulator: ${answer.error ?? response.status}`);
    return answer;
  }
}

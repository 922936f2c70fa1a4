// Scripted treatment of single events: dropped, held, duplicated, delayed, or sent after the next one.
// The rules live in memory, like faults.
import { newId } from './ids.js';
import type { Delivery, QueuedWebhookRule, WebhookRule } from './webhook-types.js';

export class WebhookRules {
  #rules: QueuedWebhookRule[] = [];

  add(rule: WebhookRule): QueuedWebhookRule {
    const queued = { ...rule, id: newId('rule', 12), hits: 0 };
    this.#rules.push(queued);
    return queued;
  }

  /** Rules that still have hits to give, oldest first. */
  list(): QueuedWebhookRule[] {
    return this.#rules;
  }

  clear(): void {
    this.#rules = [];
  }

  /** Takes the oldest rule that matches and uses up one of its times. */
  take(delivery: Delivery): QueuedWebhookRule | undefined {
    const rule = this.#rules.find(({ match = {} }) => matches(match, delivery));
    if (!rule) return undefined;
    rule.hits += 1;
    const { times = 1 } = rule;
    if (times !== 'always' && rule.hits >= times) this.#rules = this.#rules.filter((one) => one !== rule);
    return rule;
  }
}

function matches(match: NonNullable<WebhookRule['match']>, delivery: Delivery): boolean {
  return (
    (match.type === undefined || match.type === delivery.type) &&
    (match.objectId === undefined || match.objectId === delivery.objectId)
  );
}

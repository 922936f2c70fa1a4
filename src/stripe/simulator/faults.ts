// Scripted faults: a queue of rules, each hitting the next requests that match it. They live in memory: a
// restarted simulator has none. A request takes at most one fault of each stage, the oldest rule first:
//   edge       before the API saw the request (nothing is made, nothing is stored under the key)
//   modifier   around the execution: latency, a capability that goes off, webhooks before the answer
//   execution  an error instead of, or after, the execution; stored under the key like Stripe's own
//   answer     the request was carried out with a 2xx, then the answer is lost or spoilt

import type { FaultMatch, FaultName, FaultRule, QueuedFault } from './fault-types.js';
import { newId } from './ids.js';

export type Stage = 'edge' | 'modifier' | 'execution' | 'answer';

const STAGES: Record<FaultName, Stage> = {
  reset_before: 'edge',
  hang_before: 'edge',
  rate_limited: 'edge',
  unauthorized_401: 'edge',
  forbidden_403: 'edge',
  latency: 'modifier',
  capability_off_before_transfer: 'modifier',
  webhook_before_response: 'modifier',
  error_500_before: 'execution',
  error_500_after_commit: 'execution',
  stripe_error: 'execution',
  reset_after_commit: 'answer',
  hang_after_commit: 'answer',
  truncated_200: 'answer',
  wrong_object_200: 'answer',
  json_503_without_error: 'edge',
  html_502: 'edge',
  html_200: 'edge',
};

export const FAULT_NAMES = Object.keys(STAGES) as FaultName[];

/** What rules match on. */
export interface FaultFacts {
  method: string;
  path: string;
  idempotencyKey: string | null;
  destination: string | null;
  transferGroup: string | null;
}

export class Faults {
  #rules: QueuedFault[] = [];

  add(rule: FaultRule): QueuedFault {
    const queued: QueuedFault = { ...rule, id: newId('fault', 12), hits: 0 };
    this.#rules.push(queued);
    return queued;
  }

  /** Rules that still have hits to give, oldest first. */
  list(): QueuedFault[] {
    return this.#rules;
  }

  /** Forgets one rule, or all of them. */
  clear(id?: string): void {
    this.#rules = id === undefined ? [] : this.#rules.filter((rule) => rule.id !== id);
  }

  /** Takes the oldest matching rule of the stage and uses up one of its times. */
  take(stage: Exclude<Stage, 'modifier'>, facts: FaultFacts): QueuedFault | undefined {
    const rule = this.#rules.find(
      (one) => stageOf(one) === stage && matches(one.match ?? {}, facts) && passes(one),
    );
    if (rule) this.#use(rule);
    return rule;
  }

  /** Takes one matching rule of every modifier. */
  takeModifiers(facts: FaultFacts): Map<FaultName, QueuedFault> {
    const taken = new Map<FaultName, QueuedFault>();
    for (const rule of [...this.#rules]) {
      if (stageOf(rule) !== 'modifier' || taken.has(rule.fault) || !matches(rule.match ?? {}, facts))
        continue;
      // Reads change nothing, so only latency can mean them.
      if (facts.method === 'GET' && rule.fault !== 'latency') continue;
      if (!passes(rule)) continue;
      taken.set(rule.fault, rule);
      this.#use(rule);
    }
    return taken;
  }

  #use(rule: QueuedFault): void {
    rule.hits += 1;
    const { times = 1 } = rule;
    if (times !== 'always' && rule.hits >= times) this.clear(rule.id);
  }
}

function stageOf(rule: FaultRule): Stage {
  if (rule.fault === 'stripe_error') return isStored(rule) ? 'execution' : 'edge';
  return rule.afterCommit === true ? 'answer' : STAGES[rule.fault];
}

/** What Stripe says before it begins is kept under no key. */
const NEVER_STORED = new Set([401, 403, 409, 429]);

function isStored({ stored, status = 400 }: FaultRule): boolean {
  return stored ?? !NEVER_STORED.has(status);
}

// A rule that lets requests pass counts them down on itself.
function passes(rule: QueuedFault): boolean {
  if ((rule.skip ?? 0) === 0) return true;
  rule.skip = (rule.skip ?? 0) - 1;
  return false;
}

function matches(match: FaultMatch, facts: FaultFacts): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === facts.method) &&
    (match.path === undefined || pathMatches(match.path, facts.path)) &&
    (match.idempotencyKey === undefined || match.idempotencyKey === facts.idempotencyKey) &&
    (match.destination === undefined || match.destination === facts.destination) &&
    (match.transferGroup === undefined || match.transferGroup === facts.transferGroup)
  );
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

// Alerts as incidents of PagerDuty, by its Events API v2: one incident for each alert, found again by its key.
import type { Alert } from '../../generated/prisma/client.js';
import { type Channel, channelId, type Notice, type Step } from './channel.js';
import { post } from './post.js';
import { standingOf } from './severity.js';

export interface PagerDutySettings {
  routingKey: string;
  /** Where events are sent to. */
  url: string;
}

export function createPagerDutyChannel({ routingKey, url }: PagerDutySettings): Channel {
  return {
    name: 'pagerduty',
    id: channelId('pagerduty', `${url} ${routingKey}`),
    tell: (notice) => post(url, pagerDutyEvent(notice, routingKey)),
  };
}

/** A further trigger under the same key updates the incident, and wakes nobody again. */
const ACTIONS: Readonly<Record<Step, 'trigger' | 'acknowledge' | 'resolve'>> = {
  raised: 'trigger',
  changed: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
};

/** PagerDuty's longest summary and key, in characters. */
const LONGEST_SUMMARY = 1_024;
const LONGEST_KEY = 255;

export function pagerDutyEvent({ step, alert }: Notice, routingKey: string): object {
  const action = ACTIONS[step];
  return {
    routing_key: routingKey,
    event_action: action,
    dedup_key: dedupKey(alert),
    ...(action === 'trigger' && { client: 'payouts', payload: payloadOf(alert) }),
  };
}

/** Its id is in it: what resolves an alert of yesterday must not end today's, though both are of one rule and key. */
export function dedupKey({ id, rule, key }: Pick<Alert, 'id' | 'rule' | 'key'>): string {
  return `${id}:${rule}:${key}`.slice(0, LONGEST_KEY);
}

function payloadOf({ rule, key, message, details, occurrences, payoutId, openedAt, resolvedAt }: Alert) {
  const { severity, component, title } = standingOf(rule);
  // Told late: nobody needs to be woken for what is over.
  const over = resolvedAt !== null;
  return {
    summary: `${over ? 'Over by now: ' : ''}${title}: ${message}`.slice(0, LONGEST_SUMMARY),
    source: 'payouts',
    severity: over ? 'info' : severity,
    timestamp: openedAt.toISOString(),
    component,
    group: 'payouts',
    class: rule,
    custom_details: { rule, key, message, occurrences, details, ...(payoutId && { payout: payoutId }) },
  };
}

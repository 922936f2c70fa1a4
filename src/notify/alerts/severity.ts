// How bad an alert is, and which part of the service it is about: by its rule.
import type { AlertRule } from '../../payouts/alerts.js';

/** The words of PagerDuty's events. */
export type Severity = 'critical' | 'error' | 'warning' | 'info';

interface Standing {
  severity: Severity;
  component: string;
  title: string;
}

/** `critical`: money may be going the wrong way, or nothing moves at all. `error`: it will. `warning`: single cases. */
const STANDINGS: Readonly<Record<AlertRule, Standing>> = {
  failure_rate_high: { severity: 'critical', component: 'payouts', title: 'Too many payouts fail' },
  payout_stuck: { severity: 'error', component: 'payouts', title: 'A payout is stuck' },
  reconciliation_mismatch: {
    severity: 'critical',
    component: 'reconciliation',
    title: "Our books and Stripe's differ",
  },
  max_retries_exceeded: { severity: 'warning', component: 'payouts', title: 'A payout has failed for good' },
  stripe_configuration: {
    severity: 'critical',
    component: 'stripe',
    title: 'Stripe refuses our configuration',
  },
  webhook_quarantined: {
    severity: 'warning',
    component: 'webhooks',
    title: 'An event of Stripe was set aside',
  },
  email_failed: { severity: 'warning', component: 'mail', title: 'Creators are not told by e-mail' },
  platform_balance_low: { severity: 'error', component: 'stripe', title: 'The balance at Stripe is low' },
};

export const standingOf = (rule: string): Standing =>
  STANDINGS[rule as AlertRule] ?? { severity: 'warning', component: 'payouts', title: rule };

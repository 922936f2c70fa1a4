// Limits and times that hold, and mean something that nobody wants: never reached, or shorter than what they wait for.
import { whyNoNextRun } from '../../wiring/cron.js';
import { type Check, failed, warning } from './finding.js';

const approval: Check = ({ production, limits: { approvalAboveCents, maximumCents } }) => {
  if (approvalAboveCents === null) {
    if (!production) return [];
    const message = 'PAYOUT_APPROVAL_ABOVE_CENTS is not set: one admin alone may pay any amount.';
    return [warning('approval', message, 'Set it to what a second admin should look at, for every process.')];
  }
  if (approvalAboveCents < maximumCents) return [];
  const message = `PAYOUT_APPROVAL_ABOVE_CENTS is ${approvalAboveCents}, and no payout is larger than ${maximumCents}: none ever needs an approval.`;
  return [warning('approval', message, 'Lower it, or leave it out.')];
};

/** An absence counts as proven while the request may still be under way: the next one has a new key. */
const unknownGrace: Check = ({ unknownGraceMs, stripe: { timeoutMs } }) => {
  if (unknownGraceMs >= 2 * timeoutMs) return [];
  const message = `PAYOUT_UNKNOWN_GRACE is ${unknownGraceMs / 1_000} s, and Stripe may take ${timeoutMs / 1_000} s to answer.`;
  return [failed('unknown-grace', message, 'Let it be twice STRIPE_TIMEOUT at least; 10m is the default.')];
};

const staleAfter: Check = ({ staleAfterMs, stripe: { timeoutMs } }) => {
  if (staleAfterMs > timeoutMs) return [];
  const message = `PAYOUT_STALE_AFTER is ${staleAfterMs / 1_000} s: payouts that wait for Stripe's answer raise alerts.`;
  return [warning('stale-after', message, 'Let it be longer than STRIPE_TIMEOUT; 1h is the default.')];
};

const cron: Check = ({ reconcileCron }) => {
  const why = whyNoNextRun(reconcileCron);
  if (why === null) return [];
  const message = `RECONCILE_CRON is “${reconcileCron}”, and our books are never compared: ${why}.`;
  const fix = 'Five fields, such as 0 3 * * *: minute, hour, day, month, weekday.';
  return [failed('reconcile-cron', message, fix)];
};

/** What Stripe allows unless it has raised it. */
const ALLOWED_RPS = 25;

const rate: Check = ({ stripe: { maxRps } }) => {
  if (maxRps <= ALLOWED_RPS) return [];
  const message = `STRIPE_MAX_RPS is ${maxRps}: Stripe allows ${ALLOWED_RPS} unless it has raised it.`;
  return [warning('stripe-rate', message)];
};

export const MONEY: readonly Check[] = [approval, unknownGrace, staleAfter, cron, rate];

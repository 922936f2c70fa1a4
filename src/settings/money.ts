// Settings of the payouts: how much, how often again, and when somebody must look.
import { z } from 'zod';
import { settings } from './about.js';
import { durations, positive, whole } from './values.js';

export const MONEY = {
  PAYOUT_CURRENCY: z
    .string()
    .regex(/^[a-zA-Z]{3}$/, 'is not an ISO currency code such as usd')
    .toLowerCase()
    .prefault('usd')
    .register(settings, { meaning: 'the currency of all payouts' }),
  MIN_PAYOUT_AMOUNT_CENTS: whole(1)
    .prefault('100')
    .register(settings, { meaning: 'a payout of less is refused' }),
  MAX_PAYOUT_AMOUNT_CENTS: whole(1, 99_999_999).prefault('1000000').register(settings, {
    meaning: 'a payout of more is refused',
  }),
  PAYOUT_APPROVAL_ABOVE_CENTS: whole(0, 99_999_999).optional().register(settings, {
    meaning:
      'a payout of more than that waits until an admin who did not create it approves it ([approvals.md](approvals.md)); it counts from when the money is asked for, and again when a worker is about to send it: set it for every process',
  }),
  PAYOUT_MAX_RETRIES: whole(0, 100).prefault('5').register(settings, {
    meaning: 'automatic retries after the first attempt',
  }),
  PAYOUT_RETRY_DELAYS: durations.prefault('5m,10m,30m,1h,2h').register(settings, {
    meaning: 'before the first, second, … retry',
  }),
  PAYOUT_STALE_AFTER: positive.prefault('1h').register(settings, {
    meaning: 'how long a payout may be PROCESSING before somebody is alerted',
  }),
  PAYOUT_SWEEP_INTERVAL: positive.prefault('30s').register(settings, {
    meaning: 'how often lost work is looked for',
  }),
  PAYOUT_UNKNOWN_GRACE: positive.prefault('10m').register(settings, {
    meaning:
      'how long an outcome may stay unknown before its absence at Stripe counts as proven, and a new key is used',
  }),
  RECONCILE_CRON: z
    .string()
    .trim()
    .regex(/^(\S+\s+){4,5}\S+$/, 'is not a cron expression of five fields such as 0 3 * * *')
    .prefault('0 3 * * *')
    .register(settings, { meaning: "when our books are compared with Stripe's, in UTC" }),
};

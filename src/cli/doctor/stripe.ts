// Stripe: whether it answers to our key, in the mode and with the rights and the account that we think.
import type pg from 'pg';
import type { ReadyConfig } from '../../config.js';
import { probeStripe, type StripeProbe } from '../../stripe/probe.js';
import { type Finding, failed, ok, PATIENCE_MS, reasonOf, warning } from './finding.js';
import { checkArrivals } from './stripe-arrivals.js';
import { checkEndpoints } from './stripe-endpoints.js';

export async function checkStripe(config: ReadyConfig, client: pg.Client | null): Promise<Finding[]> {
  const probe = probeStripe({ ...config.stripe, timeoutMs: PATIENCE_MS });
  try {
    const missing = await probe.missingRights();
    const found = missing.includes('read balance') ? [] : await checkBalance(probe, config);
    if (missing.length > 0) found.push(withoutRights(missing));
    // Elsewhere Stripe's own tool passes events on, and nothing is registered.
    if (config.production) found.push(...checkEndpoints(await probe.endpoints(), config.publicUrl));
    if (!client) return found;
    found.push(...(await checkAccount(probe, client)));
    if (!missing.includes('read events')) found.push(...(await checkArrivals(probe, client)));
    return found;
  } catch (error) {
    return [unanswered(error)];
  }
}

/** Without the others payouts leave all the same. */
const PAYING = /transfers$/;

function withoutRights(missing: readonly string[]): Finding {
  const say = missing.some((right) => PAYING.test(right)) ? failed : warning;
  return say(
    'stripe-rights',
    `The Stripe key may not ${missing.join(', ')}.`,
    'Give it that right in Stripe.',
  );
}

function unanswered(error: unknown): Finding {
  const { statusCode, detail } = error as { statusCode?: number; detail?: { cause?: unknown } };
  if (statusCode === 401) {
    const fix = 'Set a key that has not been rolled or deleted.';
    return failed('stripe', 'Stripe refuses STRIPE_SECRET_KEY.', fix);
  }
  const fix = 'Look at STRIPE_API_URL and the way out.';
  return failed('stripe', `Stripe cannot be reached: ${reasonOf(detail?.cause ?? error)}.`, fix);
}

async function checkBalance(probe: StripeProbe, config: ReadyConfig): Promise<Finding[]> {
  const { livemode, currencies } = await probe.balance();
  const { currency } = config.limits;
  const found = [modeOf(livemode, config)];
  if (!currencies.includes(currency)) {
    const has = currencies.length > 0 ? [...new Set(currencies)].join(', ') : 'nothing';
    const message = `PAYOUT_CURRENCY is ${currency}, and the balance at Stripe has ${has}: no transfer is covered.`;
    found.push(warning('stripe-balance', message, 'Keep the balance in the currency of the payouts.'));
  }
  return found;
}

function modeOf(livemode: boolean, { production, stripe: { apiUrl } }: ReadyConfig): Finding {
  if (production && !livemode) {
    if (apiUrl) return warning('stripe', 'STRIPE_API_URL answers in test mode: nobody is paid.');
    return failed('stripe', 'Stripe answers in test mode, and this is production.', 'Set the live key.');
  }
  return ok('stripe', `Stripe answers, in ${livemode ? 'live' : 'test'} mode.`);
}

/** A key of another account, or of the other mode, knows nothing of what was paid before. */
async function checkAccount(probe: StripeProbe, client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ transfer: string }>(
    `SELECT stripe_transfer_id AS transfer FROM payouts WHERE stripe_transfer_id IS NOT NULL
     ORDER BY created_at DESC LIMIT 1`,
  );
  const transfer = rows[0]?.transfer;
  if (!transfer || (await probe.hasTransfer(transfer)) !== false) return [];
  const message = `Stripe does not know our newest transfer, ${transfer}: the key is of another account or mode than the database.`;
  return [failed('stripe-account', message, 'Set the key of the account that made it.')];
}

// Stripe: whether it answers to our key, in the mode that we think, and whether its events reach us.
import type pg from 'pg';
import type { ReadyConfig } from '../../config.js';
import { probeStripe } from '../../stripe/probe.js';
import { type Finding, failed, ok, PATIENCE_MS, reasonOf, warning } from './finding.js';

export async function checkStripe(
  { stripe, production }: ReadyConfig,
  client: pg.Client | null,
): Promise<Finding[]> {
  const probe = probeStripe({ ...stripe, timeoutMs: PATIENCE_MS });
  try {
    const livemode = await probe.livemode();
    return [
      ...modeOf(livemode, production, stripe.apiUrl !== undefined),
      ...(client ? await checkEvents(await probe.oldEventIds(), client) : []),
    ];
  } catch (error) {
    return [unanswered(error)];
  }
}

function unanswered(error: unknown): Finding {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === 401) {
    return failed(
      'stripe',
      'Stripe refuses STRIPE_SECRET_KEY.',
      'Set a key that has not been rolled or deleted.',
    );
  }
  if (statusCode === 403) {
    const fix = 'Let the restricted key write transfers, and read balance, accounts and events.';
    return failed('stripe', 'The Stripe key may not read what we need.', fix);
  }
  return failed(
    'stripe',
    `Stripe cannot be reached: ${reasonOf(error)}.`,
    'Look at STRIPE_API_URL and the way out.',
  );
}

function modeOf(livemode: boolean, production: boolean, elsewhere: boolean): Finding[] {
  if (production && !livemode && !elsewhere) {
    return [failed('stripe', 'Stripe answers in test mode, and this is production.', 'Set the live key.')];
  }
  return [ok('stripe', `Stripe answers, in ${livemode ? 'live' : 'test'} mode.`)];
}

/** Stripe made them some minutes ago: all of them should be in the inbox. */
async function checkEvents(ids: readonly string[], client: pg.Client): Promise<Finding[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM webhook_events WHERE id = ANY($1::text[])',
    [ids],
  );
  const lost = ids.length - rows.length;
  if (lost === 0) return [ok('webhooks', `The last ${ids.length} events of Stripe have arrived.`)];
  const fix =
    'Point an endpoint of your account and one of connected accounts to /api/webhooks/stripe, and set the secret of each.';
  const message = `${lost} of Stripe's last ${ids.length} events have not arrived: an endpoint is absent or disabled, or its secret is another.`;
  return [(lost === ids.length ? failed : warning)('webhooks', message, fix)];
}

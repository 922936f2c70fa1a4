// Whether Stripe's events reach us: those of our own account, and those of connected ones.
import type pg from 'pg';
import type { StripeProbe } from '../../stripe/probe.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** Connected accounts that are asked about: those of which something was heard or changed last. */
const ACCOUNTS = 5;

export async function checkArrivals(probe: StripeProbe, client: pg.Client): Promise<Finding[]> {
  const own = await probe.oldEventIds();
  const { rows } = await client.query<{ account: string }>(
    `SELECT stripe_account_id AS account FROM creators WHERE stripe_account_id IS NOT NULL
     ORDER BY updated_at DESC LIMIT ${ACCOUNTS}`,
  );
  const connected = await Promise.all(rows.map(({ account }) => probe.oldEventIdsOf(account)));
  return [
    ...(await arrivalsOf(client, own, 'your account', 'STRIPE_WEBHOOK_SECRET')),
    ...(await arrivalsOf(
      client,
      connected.flatMap((ids) => ids ?? []),
      'connected accounts',
      'STRIPE_CONNECT_WEBHOOK_SECRET',
    )),
  ];
}

/** Stripe made them some minutes ago: all of them should be in the inbox. */
async function arrivalsOf(
  client: pg.Client,
  ids: readonly string[],
  whose: string,
  secret: string,
): Promise<Finding[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM webhook_events WHERE id = ANY($1::text[])',
    [ids],
  );
  const lost = ids.length - rows.length;
  if (lost === 0) return [ok('webhooks', `The last ${ids.length} events of ${whose} have arrived.`)];
  const fix = `Point an endpoint of ${whose} to /api/webhooks/stripe, and set its secret as ${secret}.`;
  const message = `${lost} of the last ${ids.length} events of ${whose} have not arrived: the endpoint is absent or disabled, or its secret is another.`;
  return [(lost === ids.length ? failed : warning)('webhooks', message, fix)];
}

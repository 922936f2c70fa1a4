// Stripe's endpoints, as Stripe has them: whether they are ours, enabled, and sent what we need.
import { CONNECTED_TYPES, type Endpoint, OWN_TYPES } from '../../stripe/probe.js';
import { type Finding, failed, ok, warning } from './finding.js';

const WEBHOOKS = '/api/webhooks/stripe';

/** Stripe has one sort of endpoint for our account and one for connected accounts: it takes two. */
const FEWEST = 2;

/** @param endpoints null: nobody may say */
export function checkEndpoints(endpoints: Endpoint[] | null, publicUrl: string | null): Finding[] {
  if (!endpoints) return [];
  const ours = endpoints.filter(({ url }) => URL.canParse(url) && new URL(url).pathname === WEBHOOKS);
  const fix = `Add one of your account and one of connected accounts in Stripe's dashboard, both to …${WEBHOOKS}.`;
  if (ours.length === 0) {
    const message = `Stripe has no endpoint at ${WEBHOOKS}: no event ever arrives.`;
    return [failed('webhook-endpoints', message, fix)];
  }
  const found = [...disabledOf(ours), ...unheardOf(ours), ...elsewhere(ours, publicUrl)];
  if (ours.length < FEWEST) {
    const message = `Stripe has one endpoint at ${WEBHOOKS}: events of your account or those of connected accounts do not arrive.`;
    found.push(warning('webhook-endpoints', message, fix));
  }
  return found.length > 0 ? found : [ok('webhook-endpoints', 'Stripe sends its events here.')];
}

const disabledOf = (ours: readonly Endpoint[]): Finding[] =>
  ours
    .filter(({ enabled }) => !enabled)
    .map(({ url }) =>
      failed('webhook-endpoints', `Stripe has disabled the endpoint ${url}.`, 'Enable it again there.'),
    );

/** Stripe does not say which of them is that of connected accounts. */
function unheardOf(ours: readonly Endpoint[]): Finding[] {
  const types = new Set(ours.filter(({ enabled }) => enabled).flatMap((endpoint) => endpoint.types));
  const missing = types.has('*') ? [] : [...OWN_TYPES, ...CONNECTED_TYPES].filter((type) => !types.has(type));
  if (missing.length === 0) return [];
  const message = `Stripe sends us nothing of ${missing.join(', ')}.`;
  return [failed('webhook-endpoints', message, 'Add them to its endpoint.')];
}

function elsewhere(ours: readonly Endpoint[], publicUrl: string | null): Finding[] {
  if (publicUrl === null || ours.some(({ url }) => url.startsWith(`${publicUrl}/`))) return [];
  return [warning('webhook-endpoints', `Stripe's endpoints are not below PUBLIC_URL (${publicUrl}).`)];
}

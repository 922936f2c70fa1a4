// Reading money and what happened to it: /v1/balance, /v1/balance_transactions, /v1/payouts, /v1/events.
import type Stripe from 'stripe';
import type { ApiRoute, HandlerInput, Work } from './api-call.js';
import { type Core, countryOf, platform } from './core.js';
import { currencyOf } from './currencies.js';
import { invalid, missing } from './errors.js';
import { LIST_PARAMS, list, pageOf, within } from './lists.js';
import { showBalance } from './objects.js';
import type { EventRow, PayoutRow } from './rows.js';

export const MONEY_ROUTES: ApiRoute[] = [
  { method: 'GET', path: '/v1/balance', handle: balance, connected: true },
  { method: 'GET', path: '/v1/balance_transactions', handle: listTransactions },
  { method: 'GET', path: '/v1/balance_transactions/:id', handle: retrieveTransaction },
  { method: 'GET', path: '/v1/payouts', handle: listPayouts, connected: true },
  { method: 'GET', path: '/v1/payouts/:id', handle: retrievePayout, connected: true },
  { method: 'GET', path: '/v1/events', handle: listEvents, connected: true },
  { method: 'GET', path: '/v1/events/:id', handle: retrieveEvent, connected: true },
];

const EVENTS_KEPT_SECONDS = 30 * 86_400;

function balance({ core, params, account }: HandlerInput): Work {
  params.allow();
  return () => {
    const amounts = account === null ? platform(core).balance : core.store.get('accounts', account)?.balance;
    return showBalance(amounts ?? {}, currencyOf(countryOf(core)));
  };
}

function listTransactions({ core, params }: HandlerInput): Work {
  params.allow('created', 'currency', 'payout', 'source', 'type', ...LIST_PARAMS);
  const page = pageOf(params);
  const created = params.range('created');
  const [currency, source, type, payout] = ['currency', 'source', 'type', 'payout'].map((name) =>
    params.text(name),
  );
  const matches = (row: Stripe.BalanceTransaction) =>
    within(row.created, created) &&
    // The platform's own money never goes to a bank here.
    payout === undefined &&
    (currency === undefined || row.currency === currency) &&
    (source === undefined || row.source === source) &&
    (type === undefined || row.type === type);
  const table = core.store.table('balanceTransactions');
  const listing = { table, kind: 'balance transaction', url: '/v1/balance_transactions', matches };
  return () => list({ ...listing, show: (row) => row }, page);
}

function retrieveTransaction({ core, params, ids }: HandlerInput): Work {
  params.allow();
  return () => found(core.store.get('balanceTransactions', ids.id ?? ''), 'balance transaction', ids);
}

function listPayouts({ core, params, account }: HandlerInput): Work {
  params.allow('arrival_date', 'created', 'destination', 'status', ...LIST_PARAMS);
  const page = pageOf(params);
  const created = params.range('created');
  const arrival = params.range('arrival_date');
  const status = params.text('status');
  const matches = (row: PayoutRow) =>
    row.account === account &&
    within(row.created, created) &&
    within(row.payout.arrival_date, arrival) &&
    (status === undefined || row.payout.status === status);
  const table = core.store.table('payouts');
  return () => list({ table, kind: 'payout', url: '/v1/payouts', matches, show: (row) => row.payout }, page);
}

function retrievePayout({ core, params, ids, account }: HandlerInput): Work {
  params.allow();
  return () => {
    const row = core.store.get('payouts', ids.id ?? '');
    return found(row?.account === account ? row.payout : undefined, 'payout', ids);
  };
}

function listEvents({ core, params, account }: HandlerInput): Work {
  params.allow('created', 'delivery_success', 'type', 'types', ...LIST_PARAMS);
  const page = pageOf(params);
  const created = params.range('created');
  const wanted = eventTypes(params.text('type'), params.list('types'));
  const delivered = params.flag('delivery_success');
  const matches = ({ event }: EventRow) =>
    visible(core, event, account) &&
    within(event.created, created) &&
    wanted(event.type) &&
    (delivered === undefined || delivered === (pending(core, event.id) === 0));
  const table = core.store.table('events');
  const show = ({ event }: EventRow) => withPending(core, event);
  return () => list({ table, kind: 'event', url: '/v1/events', matches, show }, page);
}

function retrieveEvent({ core, params, ids, account }: HandlerInput): Work {
  params.allow();
  return () => {
    const event = core.store.get('events', ids.id ?? '')?.event;
    return withPending(core, found(event && visible(core, event, account) ? event : undefined, 'event', ids));
  };
}

// The platform lists its own events; those of a connected account are listed in its name, both for 30 days.
function visible(core: Core, event: Stripe.EventBase, account: string | null): boolean {
  return (event.account ?? null) === account && event.created > core.clock.seconds() - EVENTS_KEPT_SECONDS;
}

function eventTypes(type: string | undefined, types: string[]): (type: string) => boolean {
  if (type !== undefined && types.length > 0) {
    throw invalid('You may only specify one of these parameters: type, types.', 'parameters_exclusive');
  }
  if (types.length > 0) return (given) => types.includes(given);
  if (type === undefined) return () => true;
  // Stripe takes `transfer.*` too.
  return type.endsWith('*') ? (given) => given.startsWith(type.slice(0, -1)) : (given) => given === type;
}

function withPending(core: Core, event: Stripe.EventBase): Stripe.EventBase {
  return { ...event, pending_webhooks: pending(core, event.id) };
}

function pending(core: Core, eventId: string): number {
  return core.webhooks.undelivered(eventId);
}

function found<T>(row: T | undefined, kind: string, ids: Record<string, string>): T {
  if (!row) throw missing(kind, ids.id ?? '', 'id');
  return row;
}

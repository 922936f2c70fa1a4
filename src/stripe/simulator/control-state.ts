// Control routes for the simulator as a whole: state, reset, clock, balance.
import type Stripe from 'stripe';
import { isBalanced, move } from './balance.js';
import type { ControlInput, ControlRoute } from './control-route.js';
import { type Core, changeByControl, countryOf, ensurePlatform, platform } from './core.js';
import { ControlError, Fields } from './fields.js';
import { keep } from './idempotency.js';
import { newId } from './ids.js';
import { transferAsItStands } from './objects.js';
import { setClockOffset, settings, updateSettings } from './settings.js';
import type { IdempotencyEntry, SimulatorState } from './types.js';

export const STATE_ROUTES: ControlRoute[] = [
  {
    method: 'GET',
    path: '/_control/state',
    help: 'everything: transfers, accounts, balance, idempotency keys, requests, faults',
    handle: state,
  },
  {
    method: 'GET',
    path: '/_control/transfers',
    help: 'all transfers, oldest first',
    handle: ({ core }) => transfers(core),
  },
  {
    method: 'POST',
    path: '/_control/reset',
    help: 'forgets everything but the webhook address',
    handle: reset,
  },
  { method: 'POST', path: '/_control/clock', help: '{advanceSeconds} or {set: Unix seconds}', handle: clock },
  {
    method: 'POST',
    path: '/_control/balance',
    help: '{currency?: usd, set?: cents, add?: cents}',
    handle: balance,
  },
  {
    method: 'POST',
    path: '/_control/idempotency_keys',
    help: '{key}: it counts as used for another transfer, so that every request with it is idempotency_error',
    handle: takeKey,
  },
];

/** Books the opening balances of a new state. */
export const openPlatform: Parameters<typeof ensurePlatform>[1] = (change, balances) => {
  for (const [currency, amount] of Object.entries(balances)) move(change, 'topup', currency, amount, null);
};

function state({ core }: ControlInput): SimulatorState {
  const { webhookUrl: url, webhookMode: mode } = settings(core.store);
  const accounts = [...core.store.table('accounts').oldestFirst()].filter((row) => !row.deleted);
  return {
    now: core.clock.seconds(),
    country: countryOf(core),
    balance: platform(core).balance,
    transfers: transfers(core),
    accounts: accounts.map(({ account }) => account),
    payouts: [...core.store.table('payouts').oldestFirst()].map(({ payout }) => payout),
    idempotencyKeys: keys(core),
    requests: core.requests.entries(),
    counters: core.requests.counters(),
    faults: core.faults.list(),
    heldRequests: core.waits.size,
    webhooks: { url, mode, rules: core.webhooks.rules.list() },
    balanced: isBalanced(core),
  };
}

function transfers(core: Core): Stripe.Transfer[] {
  return [...core.store.table('transfers').oldestFirst()].map((row) => transferAsItStands(core, row));
}

function keys(core: Core): IdempotencyEntry[] {
  const kept = [...core.store.table('keys').oldestFirst()];
  const flying = [...core.keysInFlight].map(([id, mark]): IdempotencyEntry => {
    const [method = '', path = ''] = mark.split(' ');
    return { key: id.slice(id.indexOf(':') + 1), createdMs: core.clock.nowMs(), method, path, status: null };
  });
  return [
    ...kept.map(({ key, createdMs, method, path, status }) => ({ key, createdMs, method, path, status })),
    ...flying,
  ];
}

function takeKey({ core, body }: ControlInput): object {
  const fields = new Fields(body, 'key');
  const key = fields.required('key', fields.text('key'));
  const path = '/v1/transfers';
  const other = { id: newId('req', 14), idempotencyKey: key, account: null, method: 'POST', path };
  changeByControl(core, ({ tx }) => keep(core, tx, { ...other, fingerprint: 'another transfer' }, 400, '{}'));
  return { key };
}

function reset({ core }: ControlInput): object {
  const { webhookUrl } = settings(core.store);
  core.waits.release();
  core.webhooks.clear();
  core.faults.clear();
  core.requests.clear();
  core.store.clear();
  core.clock.offsetMs = 0;
  updateSettings(core.store, { webhookUrl });
  ensurePlatform(core, openPlatform);
  return { reset: true };
}

function clock({ core, body }: ControlInput): object {
  const fields = new Fields(body, 'advanceSeconds', 'set');
  const advance = fields.integer('advanceSeconds');
  const target = fields.count('set');
  if ((advance === undefined) === (target === undefined))
    throw new ControlError('Send either advanceSeconds or set');
  const base = target === undefined ? core.clock.nowMs() : target * 1000;
  setClockOffset(core.store, core.clock, base + (advance ?? 0) * 1000 - core.clock.hostMs());
  return { now: core.clock.seconds() };
}

function balance({ core, body }: ControlInput): Record<string, number> {
  const fields = new Fields(body, 'currency', 'set', 'add');
  const currency = fields.text('currency') ?? 'usd';
  const target = fields.integer('set');
  const added = fields.integer('add');
  if ((added === undefined) === (target === undefined)) throw new ControlError('Send either set or add');
  const delta = added ?? (target ?? 0) - (platform(core).balance[currency] ?? 0);
  changeByControl(core, (change) =>
    move(change, added === undefined ? 'adjustment' : 'topup', currency, delta, null),
  );
  return platform(core).balance;
}

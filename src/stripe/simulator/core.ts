// What the simulator's parts share: the clock, the state, and the one way to change it. A change collects
// the webhook deliveries that its events cause, so that they start only once it stands in the journal.
import type { Clock } from './clock.js';
import type { Faults } from './faults.js';
import { newId } from './ids.js';
import type { RequestLog } from './request-log.js';
import type { PlatformRow } from './rows.js';
import type { Store, Tx } from './store.js';
import type { SimulatorOptions } from './types.js';
import type { Waits } from './waits.js';
import type { Webhooks } from './webhooks.js';

export interface Core {
  options: SimulatorOptions;
  clock: Clock;
  store: Store;
  faults: Faults;
  requests: RequestLog;
  waits: Waits;
  webhooks: Webhooks;
  /** Where people reach the simulator, for onboarding links. */
  publicUrl: string;
  /** Keys whose first request has not ended; in memory, since a killed process has no request in flight. */
  keysInFlight: Map<string, string>;
}

/** The API request that causes a change; nulls when Stripe itself (here: control) is the cause. */
export interface Cause {
  id: string | null;
  idempotencyKey: string | null;
}

export const BY_CONTROL: Cause = { id: null, idempotencyKey: null };

/** A transaction, its cause, and the deliveries that its events are owed. */
export interface Change {
  core: Core;
  tx: Tx;
  cause: Cause;
  deliveries: string[];
}

/** Runs the work as one transaction. The caller schedules the deliveries when it sees fit. */
export function change<T>(
  core: Core,
  cause: Cause,
  work: (change: Change) => T,
): { result: T; deliveries: string[] } {
  const deliveries: string[] = [];
  const result = core.store.transact((tx) => work({ core, tx, cause, deliveries }));
  return { result, deliveries };
}

/** Runs the work as Stripe's own doing and sends its events. */
export function changeByControl<T>(core: Core, work: (change: Change) => T): T {
  const { result, deliveries } = change(core, BY_CONTROL, work);
  core.webhooks.schedule(deliveries);
  return result;
}

const OPENING_BALANCE = { usd: 100_000_000 };

/** The platform's country, two capital letters. */
export function countryOf(core: Core): string {
  return core.options.country ?? 'US';
}

/** The platform's account and balances; made at the first start and after a reset. */
export function platform(core: Core): PlatformRow {
  const row = core.store.get('platform', 'platform');
  if (!row) throw new Error('The simulator has no platform row');
  return row;
}

/** Puts the rows without which nothing works; a state that has them is left alone. */
export function ensurePlatform(
  core: Core,
  open: (change: Change, balance: Record<string, number>) => void,
): void {
  if (core.store.get('platform', 'platform')) return;
  const { balance = OPENING_BALANCE } = core.options;
  change(core, BY_CONTROL, (made) => {
    made.tx.put('platform', {
      id: 'platform',
      created: core.clock.seconds(),
      balance: {},
      accountId: newId('acct', 16),
    });
    open(made, balance);
  });
}

// What control has set and a restart must keep: the clock's offset, the webhooks' address and mode.
import type { Clock } from './clock.js';
import type { ControlRow } from './rows.js';
import type { Store } from './store.js';

const INITIAL: ControlRow = {
  id: 'control',
  created: 0,
  clockOffsetMs: 0,
  webhookUrl: null,
  webhookMode: 'deliver',
};

export function settings(store: Store): ControlRow {
  return store.get('control', 'control') ?? INITIAL;
}

export function updateSettings(
  store: Store,
  update: Partial<Omit<ControlRow, keyof { id: 1; created: 1 }>>,
): ControlRow {
  const row = { ...settings(store), ...update };
  store.transact((tx) => tx.put('control', row));
  return row;
}

/** Sets how far the clock is from the host's, in milliseconds, and remembers it. */
export function setClockOffset(store: Store, clock: Clock, offsetMs: number): void {
  updateSettings(store, { clockOffsetMs: offsetMs });
  clock.offsetMs = offsetMs;
}

// Whether single keys do something: a letter may be meant for somebody's own tool.
import { createStore } from '../store.js';

const KEPT = 'payouts.keys';

export const areKeysOn = createStore(localStorage.getItem(KEPT) !== 'off');

export function turnKeys(on: boolean): void {
  areKeysOn.set(on);
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, 'off');
}

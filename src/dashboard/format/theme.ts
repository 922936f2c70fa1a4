// Light or dark: as the system has it, until the reader chooses.
import { createStore } from '../store.js';

export type Theme = 'system' | 'light' | 'dark';

const KEPT = 'payouts.theme';
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

export const theme = createStore<Theme>('system');

export function startTheme(): void {
  const kept = localStorage.getItem(KEPT);
  show(kept === 'light' || kept === 'dark' ? kept : 'system');
}

export function nextTheme(): void {
  show(NEXT[theme.get()]);
  localStorage.setItem(KEPT, theme.get());
}

function show(next: Theme): void {
  theme.set(next);
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
}

// The keyboard's ways: rows of a list by j and k, the search by /, and the help by ?. Never while somebody types, and not at
// all where somebody has turned them off.
import { lazy, Suspense, useEffect } from 'react';
import { createStore, useStore } from '../store.js';
import { Button } from '../ui/button.js';
import { Icon } from '../ui/icons.js';
import { areKeysOn } from './key-switch.js';

const Help = lazy(() => import('./key-help.js'));

const help = createStore(false);

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable]') !== null;

/** The row that has the focus, or where the list begins in sight. */
function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row] [data-row-link]')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const inSight = links.findIndex((link) => link.getBoundingClientRect().top > 80);
  const next = links[at < 0 ? Math.max(0, inSight) : at + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}

const KEYS: Record<string, () => void> = {
  j: () => step(1),
  k: () => step(-1),
  '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
  '?': () => help.set(true),
};

const isMeantOtherwise = ({ ctrlKey, metaKey, altKey, target }: KeyboardEvent) =>
  ctrlKey || metaKey || altKey || isTyping(target) || document.querySelector('dialog[open]') !== null;

export function Keys() {
  const asked = useStore(help);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const does = KEYS[event.key];
      if (!does || !areKeysOn.get() || isMeantOtherwise(event)) return;
      event.preventDefault();
      does();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  return <Suspense>{asked && <Help close={() => help.set(false)} />}</Suspense>;
}

/** Of no use without a keyboard. */
export const KeysButton = () => (
  <Button
    look="bare"
    small
    className="px-2 pointer-coarse:hidden"
    aria-label="Keys"
    title="Keys"
    onClick={() => help.set(true)}
  >
    <Icon name="keys" />
  </Button>
);

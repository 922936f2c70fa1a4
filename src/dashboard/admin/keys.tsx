// The keyboard's ways: rows of a list by j and k, the search by /, and the help by ?. Never while somebody types.
import { useEffect, useState } from 'react';
import { Dialog } from '../ui/dialog.js';

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
};

const isMeantOtherwise = ({ ctrlKey, metaKey, altKey, target }: KeyboardEvent) =>
  ctrlKey || metaKey || altKey || isTyping(target) || document.querySelector('dialog[open]') !== null;

export function Keys() {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isMeantOtherwise(event)) return;
      const does = event.key === '?' ? () => setHelp(true) : KEYS[event.key];
      if (!does) return;
      event.preventDefault();
      does();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  return help ? <Help close={() => setHelp(false)} /> : null;
}

const LIST = [
  ['j', 'Next row'],
  ['k', 'Row before'],
  ['Enter', 'Open the row'],
  ['/', 'Search'],
  ['?', 'This list'],
  ['Esc', 'Close'],
] as const;

function Help({ close }: { close: () => void }) {
  return (
    <Dialog title="Keys" close={close}>
      <dl className="grid gap-2">
        {LIST.map(([key, does]) => (
          <div key={key} className="flex items-center justify-between gap-4">
            <dt>{does}</dt>
            <dd>
              <kbd className="rounded-md border border-edge bg-sunken px-2 py-0.5 font-mono text-sm">
                {key}
              </kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

// Which rows of a list: a row of buttons of which one is pressed. On a narrow screen it is moved sideways, to the pressed one.
import { type ReactNode, useEffect, useRef } from 'react';

export const TAB =
  'inline-flex min-h-9 items-center gap-2 rounded-full border border-line bg-surface px-3.5 text-sm font-medium whitespace-nowrap text-muted hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-strong';

export function Tabs({ label, children }: { label: string; children: ReactNode }) {
  const row = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    const pressed = row.current?.querySelector('[aria-pressed=true]');
    pressed?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, []);
  return (
    <fieldset
      ref={row}
      className="-mx-4 -my-1 flex min-w-0 gap-1.5 overflow-x-auto px-4 py-1.5 sm:-mx-1.5 sm:px-1.5"
    >
      <legend className="sr-only">{label}</legend>
      {children}
    </fieldset>
  );
}

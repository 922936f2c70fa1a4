// Which rows of a list: a row of buttons of which one is pressed. On a narrow screen it is moved sideways.
import type { ReactNode } from 'react';

export const TAB =
  'inline-flex min-h-9 items-center gap-2 rounded-full border border-line bg-surface px-3.5 text-sm font-medium whitespace-nowrap text-muted hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-strong';

export const Tabs = ({ label, children }: { label: string; children: ReactNode }) => (
  <fieldset className="-mx-4 flex min-w-0 gap-1.5 overflow-x-auto px-4 py-0.5 sm:mx-0 sm:px-0">
    <legend className="sr-only">{label}</legend>
    {children}
  </fieldset>
);

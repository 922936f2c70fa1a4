// What stands around every page: the way to the others, whether it is live, the theme and the way out.
import { Link, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { ZONE } from '../format/locale.js';
import { endSession } from '../session/session.js';
import { Button } from './button.js';
import { LiveSign, OfflineSign } from './connection.js';
import { Dialog } from './dialog.js';
import { keepFocus } from './focus.js';
import { Icon, type IconName } from './icons.js';
import { ThemeButton } from './theme-button.js';
import { Toasts } from './toast.js';

export interface Place {
  to: string;
  label: string;
  icon: IconName;
  /** How many things wait there for somebody. */
  count?: number;
}

interface ShellProps {
  places: readonly Place[];
  /** Under the name: whose dashboard it is. */
  whose: string;
  /** Above every page, where there is something that must not be missed. */
  banner?: ReactNode;
  /** At the foot of the menu. */
  foot?: ReactNode;
  /** Beside the theme. */
  tools?: ReactNode;
  children: ReactNode;
}

export function Shell({ places, whose, banner, foot, tools, children }: ShellProps) {
  const [open, setOpen] = useState(false);
  const { pathname } = useRouterState({ select: (state) => state.location });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setOpen(false), [pathname]);
  useEffect(keepFocus, []);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-20 rounded-field bg-surface px-4 py-2 focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the page
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface px-3 py-5 lg:flex">
        <Brand whose={whose} />
        <Menu places={places} />
        <div className="mt-auto grid gap-3 pt-6">{foot}</div>
        <Controls tools={tools} />
      </aside>
      <div className="min-w-0">
        <header className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-surface px-4 py-2 lg:hidden">
          <Button look="bare" small className="-ml-2 px-2" aria-label="Menu" onClick={() => setOpen(true)}>
            <Icon name="menu" />
          </Button>
          <Brand whose={whose} />
          <span className="ml-auto">
            <LiveSign />
          </span>
        </header>
        {banner}
        <OfflineSign />
        <main id="content" tabIndex={-1} className="mx-auto max-w-6xl px-4 py-6 sm:px-8 sm:py-9">
          {children}
        </main>
      </div>
      {open && (
        <Dialog title="Payouts" close={() => setOpen(false)} drawer>
          <Menu places={places} gone={() => setOpen(false)} />
          {foot}
          <Controls tools={tools} />
        </Dialog>
      )}
      <Toasts />
    </div>
  );
}

function Brand({ whose }: { whose: string }) {
  return (
    <div className="flex min-w-0 items-center gap-2.5 px-2">
      <svg aria-hidden="true" width="28" height="28" viewBox="0 0 32 32" className="shrink-0">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path
          d="M9 20.5 14.500 15l3.500 3.500 5.500-6M18.500 12.500h5v5"
          className="fill-none stroke-on-accent"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <div className="min-w-0 leading-tight">
        <p className="font-semibold">Payouts</p>
        <p className="truncate text-sm text-muted">{whose}</p>
      </div>
    </div>
  );
}

/** `gone`: told when one of them was chosen, also the one that is looked at. */
function Menu({ places, gone }: { places: readonly Place[]; gone?: () => void }) {
  return (
    <nav aria-label="Pages" className="mt-6">
      <ul className="grid gap-0.5">
        {places.map(({ to, label, icon, count }) => (
          <li key={to}>
            <Link
              to={to}
              onClick={gone}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className="flex min-h-10 items-center gap-3 rounded-field px-3 font-medium text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong"
            >
              <Icon name={icon} />
              {label}
              {count ? (
                <span className="ml-auto rounded-full bg-bad-soft px-2 text-sm font-semibold text-bad">
                  {count}
                  <span className="sr-only"> open</span>
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Controls({ tools }: { tools: ReactNode }) {
  return (
    <div className="mt-4 grid gap-3 border-t border-line pt-4">
      <div className="flex items-center justify-between gap-2 px-3">
        <LiveSign />
        <div className="-mr-2 flex">
          {tools}
          <ThemeButton />
          <Button
            look="bare"
            small
            className="px-2"
            aria-label="Sign out"
            title="Sign out"
            onClick={() => endSession('left')}
          >
            <Icon name="leave" />
          </Button>
        </div>
      </div>
      <p className="px-3 text-xs text-muted">Times: {ZONE.replaceAll('_', ' ')}</p>
    </div>
  );
}

// Lets nobody in without a session, sends strangers to the platform's sign-in, and begins with a new API at each sign-in.
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { Provider } from 'urql';
import { createApi } from '../api/client.js';
import { ApiProvider } from '../api/context.js';
import { useStore } from '../store.js';
import { buttonClass } from '../ui/button.js';
import { Icon } from '../ui/icons.js';
import { session, signInAddress } from './session.js';

export function Gate({ children }: { children: ReactNode }) {
  const now = useStore(session);
  return now.state === 'in' ? (
    <SignedIn key={now.token.whose}>{children}</SignedIn>
  ) : (
    <SignedOut why={now.why} />
  );
}

/** One user's: a fresh token of the same one is handed on, and nothing is read anew. */
function SignedIn({ children }: { children: ReactNode }) {
  const api = useMemo(createApi, []);
  useEffect(() => () => api.close(), [api]);
  return (
    <Provider value={api.client}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </Provider>
  );
}

const WORDS = {
  stranger: ['Sign in to see payouts', 'You will come back to this page.'],
  left: ['You are signed out', 'Nothing of your session is kept in this browser.'],
  expired: ['Your session has ended', 'Sign in again to go on where you were.'],
} as const;

const SENT = 'payouts.sent';
/** Whoever comes back without a token within this time is not sent round in circles. */
const CIRCLE_MS = 10_000;

/** A stranger goes to the sign-in at once, but for one who has just come from there. */
function useSendStranger(why: keyof typeof WORDS, address: string | null): void {
  useEffect(() => {
    if (why !== 'stranger' || !address || new URL(address).pathname === '/') return;
    const sentAt = Number(sessionStorage.getItem(SENT));
    if (Date.now() - sentAt < CIRCLE_MS) return;
    sessionStorage.setItem(SENT, String(Date.now()));
    location.assign(address);
  }, [why, address]);
}

function SignedOut({ why }: { why: keyof typeof WORDS }) {
  const address = signInAddress();
  const [title, text] = WORDS[why];
  useSendStranger(why, address);
  useEffect(() => {
    document.title = `${title} · Payouts`;
  }, [title]);
  return (
    <Notice title={title} text={text}>
      {address ? (
        <a href={address} className={buttonClass('main')}>
          Sign in
        </a>
      ) : (
        <p className="text-sm text-muted">Open this page from your platform, which signs you in.</p>
      )}
    </Notice>
  );
}

/** A page with one thing to say. */
export function Notice({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // All that was there is gone, and the focus with it.
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="card grid w-full max-w-md justify-items-center gap-2 px-8 py-10 text-center">
        <span className="mb-2 grid size-12 place-items-center rounded-full bg-accent-soft text-accent">
          <Icon name="leave" size={22} />
        </span>
        <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold tracking-tight">
          {title}
        </h1>
        <p className="mb-4 text-muted">{text}</p>
        {children}
      </div>
    </main>
  );
}

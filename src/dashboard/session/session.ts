// Who is signed in on this tab, and why nobody is. A session ends with its token, by the clock or when the server says so.
import { createStore } from '../store.js';
import { forgetToken, type Token, takeToken } from './token.js';

export type Session =
  | { state: 'in'; token: Token }
  /** `stranger`: was never in; `left`: by the button; `expired`: the token ended. */
  | { state: 'out'; why: 'stranger' | 'left' | 'expired' };

export const session = createStore<Session>({ state: 'out', why: 'stranger' });

let ending: ReturnType<typeof setTimeout> | undefined;

export function startSession(): void {
  begin();
  // The platform may bring a fresh token into a tab that is open.
  addEventListener('hashchange', begin);
}

function begin(): void {
  const token = takeToken();
  const current = session.get();
  if (!token || (current.state === 'in' && current.token.text === token.text)) return;
  session.set({ state: 'in', token });
  clearTimeout(ending);
  endAt(token.expiresAt);
}

/** Longer than a timer can wait, the end is looked for again later. */
const LONGEST_WAIT = 2 ** 31 - 1;

function endAt(time: number): void {
  const left = time - Date.now();
  if (left <= 0) endSession('expired');
  else ending = setTimeout(() => endAt(time), Math.min(left, LONGEST_WAIT));
}

export function endSession(why: 'left' | 'expired'): void {
  if (session.get().state === 'out') return;
  clearTimeout(ending);
  forgetToken();
  session.set({ state: 'out', why });
}

/** The token that holds now: a fresh one may have come since the page was opened. */
export function tokenNow(): string {
  const now = session.get();
  return now.state === 'in' ? now.token.text : '';
}

/** Where the platform signs people in, with the way back; null: nobody has said where. */
export function signInAddress(): string | null {
  const url = document.querySelector<HTMLMetaElement>('meta[name="login-url"]')?.content;
  if (!url) return null;
  const target = new URL(url, location.href);
  target.searchParams.set('return_to', location.origin + location.pathname + location.search);
  return target.href;
}

// How long to wait before the next try: twice as long each time, up to a limit, and never the same for all.

export interface Backoff {
  firstMs: number;
  mostMs: number;
}

/** An e-mail that the server puts off: a minute first, then up to six hours; the last try is within a day. */
export const MAIL_BACKOFF: Backoff = { firstMs: 60_000, mostMs: 6 * 3_600_000 };

/** Tries that the server may put off or refuse, until the e-mail is given up. */
export const MOST_REFUSALS = 12;

/** A server that cannot be used: one e-mail tries it, after half a second first, in the end each minute. */
export const SERVER_BACKOFF: Backoff = { firstMs: 500, mostMs: 60_000 };

/** Milliseconds after the `failures`th failure, a fifth more or less. */
export function waitAfter(failures: number, { firstMs, mostMs }: Backoff): number {
  const ms = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), mostMs);
  return ms * (0.8 + Math.random() * 0.4);
}

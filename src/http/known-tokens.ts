// Tokens whose signature was checked a moment ago: a client sends the same one with each request. They are kept in memory
// alone, until they expire and for a minute at most, so that a key that was withdrawn is soon one no more.
import type { Identity } from '../payouts/viewer.js';

interface KnownTokens {
  /** Undefined: the token has to be checked. */
  get(token: string): Identity | undefined;
  keep(token: string, identity: Identity): Identity;
}

const KEPT_MS = 60_000;

/** A token has some hundred bytes. */
const MOST_KEPT = 10_000;

export function createKnownTokens(): KnownTokens {
  /** The oldest comes first: each is kept equally long. */
  const known = new Map<string, { identity: Identity; until: number }>();
  return {
    get(token) {
      const found = known.get(token);
      if (!found || Date.now() < found.until) return found?.identity;
      known.delete(token);
      return undefined;
    },
    keep(token, identity) {
      const [oldest] = known.size < MOST_KEPT ? [] : known.keys();
      if (oldest !== undefined) known.delete(oldest);
      known.set(token, { identity, until: Math.min(Date.now() + KEPT_MS, identity.expiresAt) });
      return identity;
    },
  };
}

// Who asks for a file or brings one: by a bearer token in the header, never in the address, and within its rate.
import type { IncomingMessage } from 'node:http';
import type { Identity, Viewer } from '../payouts/viewer.js';
import type { AddressOf } from './address.js';
import type { RateLimits } from './rate-limit.js';
import { Refusal } from './refusal.js';

export interface Door {
  /** @throws an error with the code `INVALID_TOKEN` */
  identify(authorization: string | undefined): Promise<Identity | null>;
  take: RateLimits['take'];
  addressOf: AddressOf;
}

/** What it is counted as. */
export interface Price {
  kind: 'query' | 'mutation';
  points: number;
}

/** Charges the caller, whoever it is. @throws Refusal */
export async function signedIn(
  { identify, take, addressOf }: Door,
  request: IncomingMessage,
  { kind, points }: Price,
): Promise<Viewer> {
  const identity = await identify(request.headers.authorization).catch((error: { code?: unknown }) => {
    if (error.code === 'INVALID_TOKEN') return null;
    throw error;
  });
  const caller = identity ? `user:${identity.viewer.sub}` : `address:${addressOf(request)}`;
  const seconds = await take(caller, kind, identity ? points : 1);
  if (seconds > 0) {
    const headers = { 'retry-after': String(seconds) };
    throw new Refusal('RATE_LIMITED', `Too many requests: try again in ${seconds} s.`, headers);
  }
  if (identity) return identity.viewer;
  throw new Refusal('UNAUTHENTICATED', 'This needs a bearer token.', { 'www-authenticate': 'Bearer' });
}

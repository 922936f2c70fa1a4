// Tokens of the two who ask: an admin, and a creator with many payouts.
import { signToken } from '../src/http/identity.js';
import type { Viewer } from '../src/payouts/viewer.js';
import { BUSY_CREATOR } from './fill.js';
import type { Who } from './lists.js';

/** Who signs tokens and for whom, where no setting says otherwise. */
export const ISSUER = 'payouts';

const AN_HOUR = 3_600;

/** An `Authorization` header. */
export async function authorizationOf(viewer: Viewer, secret: string): Promise<string> {
  return `Bearer ${await signToken({ secret, issuer: ISSUER, audience: ISSUER }, viewer, AN_HOUR)}`;
}

export async function whoOf(secret: string): Promise<Who> {
  const creator = { role: 'CREATOR', sub: 'bench', creatorId: BUSY_CREATOR } as const;
  return {
    admin: await authorizationOf({ role: 'ADMIN', sub: 'bench' }, secret),
    creator: await authorizationOf(creator, secret),
  };
}

// Who a bearer token belongs to: signature, issuer, audience, expiry and role, all of it or nothing.
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Identity, Viewer } from '../payouts/viewer.js';
import { createKnownTokens } from './known-tokens.js';

export interface TokenSettings {
  /** HS256 with this secret … */
  secret?: string | undefined;
  /** … or the algorithms below with the keys published here. */
  jwksUrl?: string | undefined;
  issuer: string;
  audience: string;
}

/** The token does not hold, whatever the reason: callers learn no more. */
export class InvalidTokenError extends Error {
  readonly code = 'INVALID_TOKEN';
}

/** No control characters, and no half ones: these names go into rows and logs, where each must stay what it is. */
const Name = z.string().regex(/^[^\p{Cc}\p{Cs}]+$/u);

const Claims = z.discriminatedUnion('role', [
  z.object({ role: z.literal('ADMIN'), sub: Name, exp: z.number() }),
  z.object({
    role: z.literal('CREATOR'),
    sub: Name,
    exp: z.number(),
    creator_id: Name,
  }),
]);

/**
 * Checks an `Authorization` header; null where there is none.
 * @throws InvalidTokenError
 */
export function createIdentify(settings: TokenSettings) {
  const verify = createVerify(settings);
  const known = createKnownTokens();
  return async (authorization: string | null | undefined): Promise<Identity | null> => {
    if (!authorization) return null;
    const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
    if (!token) throw new InvalidTokenError('not a bearer token');
    return known.get(token) ?? known.keep(token, toIdentity(await verify(token)));
  };
}

/** `ERR_JOSE_GENERIC`: the key set's address answered with another status than 200, or with no JSON. */
const OUR_TROUBLE: ReadonlySet<string> = new Set([
  'ERR_JWKS_TIMEOUT',
  'ERR_JWKS_INVALID',
  'ERR_JOSE_GENERIC',
]);

function createVerify({ secret, jwksUrl, issuer, audience }: TokenSettings) {
  const algorithms = secret ? ['HS256'] : ['RS256', 'ES256', 'EdDSA'];
  const key: JWTVerifyGetKey = secret
    ? async () => new TextEncoder().encode(secret)
    : createRemoteJWKSet(new URL(jwksUrl ?? ''));
  return async (token: string): Promise<JWTPayload> => {
    try {
      const options = { algorithms, issuer, audience, requiredClaims: ['exp', 'sub'] };
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      // The key set not answering, or not with keys, is our trouble and not the caller's.
      if (!(error instanceof errors.JOSEError) || OUR_TROUBLE.has(error.code)) throw error;
      throw new InvalidTokenError(error.code, { cause: error });
    }
  };
}

function toIdentity(payload: JWTPayload): Identity {
  const parsed = Claims.safeParse(payload);
  if (!parsed.success) throw new InvalidTokenError('claims are missing');
  const { data } = parsed;
  const viewer: Viewer =
    data.role === 'ADMIN'
      ? { role: 'ADMIN', sub: data.sub }
      : { role: 'CREATOR', sub: data.sub, creatorId: data.creator_id };
  return { viewer, expiresAt: data.exp * 1000 };
}

/** Makes a token: for `payouts token`, and for the sign-in links of development. */
export async function signToken(
  settings: TokenSettings & { secret: string },
  viewer: Viewer,
  expiresInSeconds: number,
): Promise<string> {
  const claims =
    viewer.role === 'CREATOR' ? { role: viewer.role, creator_id: viewer.creatorId } : { role: viewer.role };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(viewer.sub)
    .setIssuer(settings.issuer)
    .setAudience(settings.audience)
    .setIssuedAt()
    .setExpirationTime(`${expiresInSeconds}s`)
    .sign(new TextEncoder().encode(settings.secret));
}

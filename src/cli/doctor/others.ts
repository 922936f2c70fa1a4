// What else the service talks to: Redis, and the key set of tokens.
import { Redis } from 'ioredis';
import { type Finding, failed, ok, PATIENCE_MS, reasonOf } from './finding.js';

/** 6: what the commands that we send have been in for long. */
const OLDEST_REDIS = 6;

export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (!url) return [ok('redis', 'REDIS_URL is not set: this process wakes itself, and counts for itself.')];
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    retryStrategy: () => null,
  });
  // connect() says no more than that it is closed.
  let why: unknown;
  redis.on('error', (error) => {
    why ??= error;
  });
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown';
    if (Number.parseInt(version, 10) < OLDEST_REDIS) {
      return [failed('redis', `Redis is ${version}: it must be ${OLDEST_REDIS} or newer.`)];
    }
    return [ok('redis', `Redis ${version} is reachable.`)];
  } catch (error) {
    return [failed('redis', `Redis cannot be reached: ${reasonOf(why ?? error)}.`, 'Look at REDIS_URL.')];
  } finally {
    redis.disconnect();
  }
}

interface PublishedKey {
  kty?: string;
  alg?: string;
  crv?: string;
  use?: string;
}

/** RS256, ES256 and EdDSA, by what a key says of itself. */
const isTaken = ({ kty, alg, crv, use = 'sig' }: PublishedKey): boolean => {
  if (use !== 'sig') return false;
  if (kty === 'RSA') return (alg ?? 'RS256') === 'RS256';
  if (kty === 'EC') return (crv ?? 'P-256') === 'P-256' && (alg ?? 'ES256') === 'ES256';
  return kty === 'OKP' && (crv ?? 'Ed25519') === 'Ed25519';
};

export async function checkKeySet(url: string | undefined): Promise<Finding[]> {
  if (!url) return [ok('tokens', 'Tokens are signed with JWT_SECRET.')];
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { keys } = (await response.json()) as { keys?: PublishedKey[] };
    const usable = (keys ?? []).filter(isTaken).length;
    if (response.ok && usable > 0) return [ok('tokens', `The key set at JWT_JWKS_URL has ${usable} keys.`)];
    const fix = 'It must publish a key for RS256, ES256 or EdDSA.';
    return [
      failed('tokens', 'The key set at JWT_JWKS_URL has no key that we take: nobody can sign in.', fix),
    ];
  } catch (error) {
    return [
      failed(
        'tokens',
        `The key set at JWT_JWKS_URL cannot be read: ${reasonOf(error)}.`,
        'Nobody can sign in.',
      ),
    ];
  }
}

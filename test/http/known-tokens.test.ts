// Tokens that were checked a moment ago: known until they expire, for a minute at most, and not more than memory allows.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createIdentify, signToken } from '../../src/http/identity.js';
import { createKnownTokens } from '../../src/http/known-tokens.js';
import type { Identity } from '../../src/payouts/viewer.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-31T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const identity = (sub: string, seconds: number): Identity => ({
  viewer: { role: 'ADMIN', sub },
  expiresAt: Date.now() + seconds * 1_000,
});

describe('a token that was checked', () => {
  test('is known for a minute', () => {
    const known = createKnownTokens();
    const anna = known.keep('a', identity('anna', 3_600));
    vi.advanceTimersByTime(59_999);
    expect(known.get('a')).toBe(anna);
    vi.advanceTimersByTime(1);
    expect(known.get('a')).toBeUndefined();
  });

  test('is not known any more when it has expired', () => {
    const known = createKnownTokens();
    known.keep('a', identity('anna', 5));
    vi.advanceTimersByTime(5_000);
    expect(known.get('a')).toBeUndefined();
  });

  test('is nobody else’s', () => {
    const known = createKnownTokens();
    known.keep('a', identity('anna', 60));
    known.keep('b', identity('berta', 60));
    expect(known.get('b')?.viewer.sub).toBe('berta');
    expect(known.get('c')).toBeUndefined();
  });

  test('goes when ten thousand others have come', () => {
    const known = createKnownTokens();
    for (let i = 0; i <= 10_000; i += 1) known.keep(`token ${i}`, identity(`${i}`, 60));
    expect(known.get('token 0')).toBeUndefined();
    expect(known.get('token 1')?.viewer.sub).toBe('1');
  });
});

test('who has expired is refused though it was known', async () => {
  const settings = {
    secret: 'a secret of the tests, 32 characters long',
    issuer: 'payouts',
    audience: 'payouts',
  };
  const identify = createIdentify(settings);
  const token = `Bearer ${await signToken(settings, { role: 'ADMIN', sub: 'anna' }, 30)}`;
  const first = await identify(token);
  expect(await identify(token)).toBe(first);
  vi.advanceTimersByTime(30_000);
  await expect(identify(token)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
});

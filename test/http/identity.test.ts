// Tokens: what holds, and everything that must not, with a shared secret and with a key set that is really served.
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createIdentify, InvalidTokenError, signToken } from '../../src/http/identity.js';

const SECRET = 'a secret of the tests, 32 characters long';
const WHO = { issuer: 'us', audience: 'payouts' };
const identify = createIdentify({ secret: SECRET, ...WHO });

const ADMIN = { sub: 'ann', role: 'ADMIN' };
const CREATOR = { sub: 'cleo', role: 'CREATOR', creator_id: 'c1' };
const soon = () => Math.floor(Date.now() / 1000) + 60;
const GOOD = () => ({ ...ADMIN, iss: 'us', aud: 'payouts', exp: soon() });

const hs256 = (claims: JWTPayload, header: JWTHeaderParameters = { alg: 'HS256' }, secret = SECRET) =>
  new SignJWT(claims).setProtectedHeader(header).sign(new TextEncoder().encode(secret));

const bearer = (token: string) => `Bearer ${token}`;

/** A token with any header, signed with HMAC or with nothing. */
function forge(header: object, claims: object, hmacKey?: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part(header)}.${part(claims)}`;
  const signature = hmacKey ? createHmac('sha256', hmacKey).update(body).digest('base64url') : '';
  return `${body}.${signature}`;
}

describe('with a secret', () => {
  test('an admin and a creator are known by their token, and until when', async () => {
    const exp = soon();
    expect(await identify(bearer(await hs256({ ...GOOD(), exp })))).toEqual({
      viewer: { role: 'ADMIN', sub: 'ann' },
      expiresAt: exp * 1000,
    });
    expect((await identify(bearer(await hs256({ ...GOOD(), ...CREATOR }))))?.viewer).toEqual({
      role: 'CREATOR',
      sub: 'cleo',
      creatorId: 'c1',
    });
  });

  test('what signToken makes holds', async () => {
    const settings = { secret: SECRET, ...WHO };
    const viewer = { role: 'CREATOR', sub: 'cleo', creatorId: 'c1' } as const;
    const identity = await identify(bearer(await signToken(settings, viewer, 60)));
    expect(identity?.viewer).toEqual(viewer);
  });

  test('no header is nobody, and no error', async () => {
    expect(await identify(null)).toBeNull();
    expect(await identify(undefined)).toBeNull();
    expect(await identify('')).toBeNull();
  });

  test('as many spaces as one likes stand behind the scheme, in letters of any size', async () => {
    const token = await hs256(GOOD());
    for (const scheme of ['Bearer ', 'Bearer   ', 'bearer ']) {
      expect(await identify(scheme + token)).not.toBeNull();
    }
  });

  test.each([
    ['another scheme', async () => 'Basic YTpi'],
    ['no token', async () => 'Bearer '],
    ['two tokens', async () => `Bearer ${await hs256(GOOD())} ${await hs256(GOOD())}`],
    ['no space', async () => `Bearer${await hs256(GOOD())}`],
    ['a tab', async () => `Bearer\t${await hs256(GOOD())}`],
    ['what is no token at all', async () => 'Bearer abc'],
    ['alg none', async () => bearer(forge({ alg: 'none' }, GOOD()))],
    ['alg none, with the right signature', async () => bearer(forge({ alg: 'none' }, GOOD(), SECRET))],
    ['HS512', async () => bearer(await hs256(GOOD(), { alg: 'HS512' }))],
    ['another secret', async () => bearer(await hs256(GOOD(), { alg: 'HS256' }, `${SECRET}!`))],
    ['claims changed after signing', async () => bearer(tampered(await hs256({ ...GOOD(), ...CREATOR })))],
    ['another issuer', async () => bearer(await hs256({ ...GOOD(), iss: 'them' }))],
    ['no issuer', async () => bearer(await hs256(without('iss')))],
    ['another audience', async () => bearer(await hs256({ ...GOOD(), aud: 'mails' }))],
    ['no audience', async () => bearer(await hs256(without('aud')))],
    ['no expiry', async () => bearer(await hs256(without('exp')))],
    ['expired', async () => bearer(await hs256({ ...GOOD(), exp: soon() - 61 }))],
    ['not valid yet', async () => bearer(await hs256({ ...GOOD(), nbf: soon() }))],
    ['no subject', async () => bearer(await hs256(without('sub')))],
    ['an empty subject', async () => bearer(await hs256({ ...GOOD(), sub: '' }))],
    ['a subject with NUL', async () => bearer(await hs256({ ...GOOD(), sub: 'a\0b' }))],
    ['a subject of two lines', async () => bearer(await hs256({ ...GOOD(), sub: 'ann\nbob' }))],
    [
      'a subject of half a character',
      async () => bearer(forge({ alg: 'HS256' }, { ...GOOD(), sub: 'a\ud800' }, SECRET)),
    ],
    [
      'a creator id with NUL',
      async () => bearer(await hs256({ ...GOOD(), role: 'CREATOR', creator_id: 'c1\0' })),
    ],
    ['no role', async () => bearer(await hs256(without('role')))],
    ['an unknown role', async () => bearer(await hs256({ ...GOOD(), role: 'OWNER' }))],
    ['a role in small letters', async () => bearer(await hs256({ ...GOOD(), role: 'admin' }))],
    ['a creator without an id', async () => bearer(await hs256({ ...GOOD(), role: 'CREATOR' }))],
    [
      'a creator with an empty id',
      async () => bearer(await hs256({ ...GOOD(), role: 'CREATOR', creator_id: '' })),
    ],
    [
      'a creator id that is no text',
      async () => bearer(await hs256({ ...GOOD(), role: 'CREATOR', creator_id: { not: 'c1' } })),
    ],
    ['a critical extension', async () => bearer(forge({ alg: 'HS256', crit: ['x'], x: 1 }, GOOD(), SECRET))],
  ])('refused: %s', async (_, authorization) => {
    await expect(identify(await authorization())).rejects.toBeInstanceOf(InvalidTokenError);
  });
});

function without(claim: string): JWTPayload {
  return Object.fromEntries(Object.entries(GOOD()).filter(([name]) => name !== claim));
}

function tampered(token: string): string {
  const [header, , signature] = token.split('.');
  return `${header}.${Buffer.from(JSON.stringify(GOOD())).toString('base64url')}.${signature}`;
}

interface SigningKey {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

describe('with a key set', () => {
  const keys: SigningKey[] = [];
  let server: Server;
  let answer: () => { status: number; body: string };
  let published: { keys: JWK[] };
  let jwksUrl: string;

  beforeAll(async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA']) keys.push(await newKey(alg));
    published = { keys: await Promise.all(keys.map(toJwk)) };
    server = createServer((_, response) => {
      const { status, body } = answer();
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterEach(() => {
    answer = publish;
  });
  afterAll(() => server.close());

  const publish = () => ({ status: 200, body: JSON.stringify(published) });
  answer = publish;
  const fresh = () => createIdentify({ jwksUrl, ...WHO });

  test.each(['RS256', 'ES256', 'EdDSA'])('%s holds', async (alg) => {
    const key = keyOf(keys, alg);
    expect((await fresh()(bearer(await signed(key, GOOD()))))?.viewer).toEqual({ role: 'ADMIN', sub: 'ann' });
  });

  test('a key that nobody published is refused, whatever it calls itself', async () => {
    const stranger = await newKey('RS256');
    await expect(fresh()(bearer(await signed(stranger, GOOD())))).rejects.toBeInstanceOf(InvalidTokenError);
    const kid = keyOf(keys, 'RS256').kid;
    const disguised = bearer(await signed({ ...stranger, kid }, GOOD()));
    await expect(fresh()(disguised)).rejects.toBeInstanceOf(InvalidTokenError);
  });

  test('HS256 with a published key as its secret is refused', async () => {
    const { publicKey, kid } = keyOf(keys, 'RS256');
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(published.keys[0])]) {
      const token = forge({ alg: 'HS256', kid }, GOOD(), secret);
      await expect(fresh()(bearer(token))).rejects.toBeInstanceOf(InvalidTokenError);
    }
  });

  test('an algorithm that is not on the list is refused, also with a published key', async () => {
    const key = await newKey('PS256');
    published = { keys: [...published.keys, await toJwk(key)] };
    await expect(fresh()(bearer(await signed(key, GOOD())))).rejects.toBeInstanceOf(InvalidTokenError);
    await expect(fresh()(bearer(forge({ alg: 'none' }, GOOD())))).rejects.toBeInstanceOf(InvalidTokenError);
  });

  test('claims are held to as with a secret', async () => {
    const key = keyOf(keys, 'ES256');
    for (const claims of [without('exp'), { ...GOOD(), iss: 'them' }, { ...GOOD(), role: 'CREATOR' }]) {
      await expect(fresh()(bearer(await signed(key, claims)))).rejects.toBeInstanceOf(InvalidTokenError);
    }
  });

  test.each([
    ['an error', () => ({ status: 503, body: 'no' })],
    ['no JSON', () => ({ status: 200, body: '<html>' })],
    ['no key set', () => ({ status: 200, body: '{"keys": 5}' })],
  ])('a key set that answers %s is our trouble and not the token’s', async (_, broken) => {
    const token = await signed(keyOf(keys, 'RS256'), GOOD());
    answer = broken;
    const error = await fresh()(bearer(token)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(InvalidTokenError);
  });

  test('a key set that cannot be reached is our trouble too', async () => {
    const token = await signed(keyOf(keys, 'RS256'), GOOD());
    const away = createIdentify({ jwksUrl: 'http://127.0.0.1:1/jwks', ...WHO });
    const error = await away(bearer(token)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(InvalidTokenError);
  });
});

async function newKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid: `${alg} of ${Math.random()}`, privateKey, publicKey };
}

const toJwk = async ({ publicKey, alg, kid }: SigningKey): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  alg,
  kid,
});

const signed = ({ alg, kid, privateKey }: SigningKey, claims: JWTPayload) =>
  new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey);

function keyOf(keys: readonly SigningKey[], alg: string): SigningKey {
  const key = keys.find((k) => k.alg === alg);
  if (!key) throw new Error(`no key for ${alg}`);
  return key;
}

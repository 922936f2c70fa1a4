// Signatures of webhooks: only what Stripe signed, with a secret of ours, within five minutes of now.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createVerifier, InvalidSignatureError } from '../../src/stripe/webhooks.js';

const OLD = 'whsec_old';
const NEW = 'whsec_new';
const CONNECT = 'whsec_connect';
const verify = createVerifier([NEW, OLD, CONNECT]);

const EVENT = {
  id: 'evt_1',
  object: 'event',
  type: 'transfer.created',
  livemode: true,
  data: { object: { id: 'tr_1' } },
};
const BODY = Buffer.from(JSON.stringify(EVENT));

const now = () => Math.floor(Date.now() / 1000);

/** A `v1` by this project's own arithmetic, not by the SDK that is under test. */
const v1 = (secret: string, timestamp: number, body = BODY) =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;

const signed = (secret: string, timestamp = now(), body = BODY) =>
  `t=${timestamp},${v1(secret, timestamp, body)}`;

describe('a signature is taken', () => {
  it.each([
    ['the platform endpoint, by its new secret', NEW],
    ['the platform endpoint, by the secret that is being replaced', OLD],
    ['the Connect endpoint', CONNECT],
  ])('of %s', (_what, secret) => {
    expect(verify(BODY, signed(secret))).toEqual({
      id: 'evt_1',
      type: 'transfer.created',
      livemode: true,
      account: null,
      payload: EVENT,
    });
  });

  it('that is one of several, as Stripe sends them while a secret is rotated', () => {
    const timestamp = now();
    const header = `t=${timestamp},${v1('whsec_unknown', timestamp)},v0=0,${v1(OLD, timestamp)}`;
    expect(verify(BODY, header).id).toBe('evt_1');
  });

  it('whose clock differs a little from ours, to either side', () => {
    for (const seconds of [-290, 290]) expect(verify(BODY, signed(NEW, now() + seconds)).id).toBe('evt_1');
  });

  it('and the account that it came from is told', () => {
    const body = Buffer.from(JSON.stringify({ ...EVENT, account: 'acct_1' }));
    expect(verify(body, signed(CONNECT, now(), body)).account).toBe('acct_1');
  });

  it('over the raw bytes, whatever JSON they are', () => {
    const body = Buffer.from(JSON.stringify({ ...EVENT, name: 'Zoë  ' }, null, 2));
    expect(verify(body, signed(NEW, now(), body)).id).toBe('evt_1');
  });
});

describe('a signature is refused', () => {
  const stale = now() - 310;
  it.each<[string, string | undefined]>([
    ['that is missing', undefined],
    ['that is empty', ''],
    ['that is nonsense', 'nonsense'],
    ['without a timestamp', v1(NEW, now())],
    ['without a v1', `t=${now()}`],
    ['of another scheme only', `t=${now()},${v1(NEW, now()).replace('v1', 'v0')}`],
    ['by an unknown secret', signed('whsec_unknown')],
    ['that is too old', signed(NEW, stale)],
    ['that is too old, under a newer timestamp', `t=${now()},${v1(NEW, stale)}`],
    ['from the future', signed(NEW, now() + 310)],
    ['from the far future', signed(NEW, now() + 10 ** 9)],
    ['from the future, behind a timestamp of now', `t=${now()},${signed(NEW, now() + 310)}`],
    ['of another body', signed(NEW, now(), Buffer.from('{}'))],
    ['that is cut short', signed(NEW).slice(0, -1)],
  ])('%s', (_what, header) => {
    expect(() => verify(BODY, header)).toThrow(InvalidSignatureError);
  });

  it('when a single byte of the body was changed', () => {
    const header = signed(NEW);
    const changed = Buffer.from(BODY.toString().replace('tr_1', 'tr_2'));
    expect(() => verify(changed, header)).toThrow(InvalidSignatureError);
  });

  it('when there is no secret', () => {
    expect(() => createVerifier([])(BODY, signed(NEW))).toThrow(InvalidSignatureError);
  });

  it.each(['', 'no JSON', 'null', '[]', '{}', '{"id":"evt_1"}'])('of a body that is no event: %j', (text) => {
    const body = Buffer.from(text);
    expect(() => verify(body, signed(NEW, now(), body))).toThrow(InvalidSignatureError);
  });

  it('without telling which secret was nearly right', () => {
    for (const secret of [NEW, CONNECT, 'whsec_unknown']) {
      expect(() => verify(BODY, signed(secret, stale))).toThrow(
        'does not match any webhook secret, or is too old',
      );
    }
  });
});

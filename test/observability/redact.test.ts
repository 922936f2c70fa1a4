// What is written to the log holds no secret, wherever it stood; and what an operator needs is still there.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/observability/logger.js';
import { redactText, redactValue } from '../../src/observability/redact.js';

const SECRETS: Readonly<Record<string, string>> = {
  'a secret key': 'sk_live_abcDEF123',
  'a restricted key': 'rk_test_abcDEF123',
  "a webhook's secret": 'whsec_abc123',
  'a bearer token': 'Bearer abc.def-123=',
  'a JSON Web Token': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl',
  'an e-mail address': 'artist.one+x@mail.example.com',
  'an IBAN': 'DE89370400440532013000',
  'an IBAN in groups': 'GB29 NWBK 6016 1331 9268 19',
  'a card': '4242424242424242',
  'a card in groups': '4242 4242 4242 4242',
  'a card with dashes': '4242-4242-4242-4242',
  'an account': '000123456789',
  "Redis' login": 'redis://default:hunter2@10.0.0.7:6379/0',
  "Postgres' login": 'postgres://payouts:hunter2@db.internal:5432/payouts',
  "Sentry's key": 'https://0123abcd@o1.ingest.sentry.io/7',
  "Slack's address": 'hooks.slack.com/services/T00/B00/XXXX',
};

const all = Object.entries(SECRETS);

/** Lines of JSON, as they are written. */
function written(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('debug', { write: (line) => void lines.push(line) }));
  for (const line of lines) JSON.parse(line);
  return lines.join('');
}

describe('in a text', () => {
  test.for(all)('%s is taken out, and nothing else', ([, secret]) => {
    expect(redactText(`no ${secret} here`)).toBe('no [redacted] here');
    expect(redactText(`"${secret}"`)).toBe('"[redacted]"');
  });

  test.for([
    'ck12abcdefghijklmnopqrst',
    'payout_ck1234567890abcdef_1',
    'tr_1NvAbCdEfGh12345 of acct_1NvAbCdEfGh12345',
    'evt_1NvAbCdEfGh12345',
    '550e8400-e29b-41d4-a716-446655440000',
    '2026-08-31T10:30:00.123Z, 12345678 cents',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'https://api.stripe.com/v1/transfers?limit=100',
    '',
  ])('what an operator needs stays: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('it takes no long time, however the text is made', () => {
    for (const part of ['a', '1', '.', 'a.', 'eyJ', 'Bearer ', '://', 'a@', 'AA11', '1111 ']) {
      const began = performance.now();
      redactText(part.repeat(10_000));
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  });
});

describe('in a line of the log', () => {
  test.for(all)('%s is nowhere: message, fields, errors, causes, bindings', ([, secret]) => {
    const error = Object.assign(new Error(`said ${secret}`, { cause: new Error(`because of ${secret}`) }), {
      hint: secret,
      errors: [new Error(secret)],
    });
    const text = written((log) => {
      log.info(`said ${secret}`);
      log.error(error);
      log.error({ err: error, url: secret, deep: { in: [{ a: { list: [secret] } }] } }, 'failed');
      log.error({ err: new AggregateError([error], secret), error }, 'failed: %s', secret);
      log.warn({ reason: secret, [secret]: 1 }, secret);
      log
        .child({ who: secret })
        .child({ again: { who: secret } })
        .info('child');
    });
    expect(text).not.toContain(secret);
    expect(text.split('\n')).toHaveLength(7);
    expect(text).toContain('redact.test.ts');
  });

  test.for([
    'authorization',
    'token',
    'accessToken',
    'JWT_SECRET',
    'password',
    'Set-Cookie',
    'email',
    'creatorEmail',
    'iban',
    'accountNumber',
    'apiKey',
    'connectionString',
    'detail',
    'where',
  ])('what is called %s is not written, whatever it looks like', (name) => {
    const text = written((log) => {
      log.info({ [name]: 'plain', a: { b: { c: { [name]: { of: ['plain'] } } } } }, 'x');
      log.error({ err: Object.assign(new Error('x'), { [name]: 'plain' }) });
      log.child({ [name]: 'plain' }).info('x');
    });
    expect(text).not.toContain('plain');
  });

  test('ids, codes and amounts are', () => {
    const fields = {
      payoutId: 'ck12abcdefghijklmnopqrst',
      requestId: '550e8400-e29b-41d4-a716-446655440000',
      code: '23505',
    };
    const line = JSON.parse(
      written((log) =>
        log.child({ job: 'sweep' }).warn({ ...fields, amountCents: 1_000_000, since: new Date(0) }, 'x'),
      ),
    );
    expect(line).toMatchObject({
      level: 'warn',
      job: 'sweep',
      ...fields,
      amountCents: 1_000_000,
      since: '1970-01-01T00:00:00.000Z',
      msg: 'x',
    });
  });

  test('circles, depths and bytes have an end', () => {
    const circle: Record<string, unknown> = { bytes: Buffer.alloc(9), big: 12n, map: new Map([['a', 1]]) };
    circle['self'] = circle;
    const line = JSON.parse(written((log) => log.info(circle, 'x')));
    expect(line).toMatchObject({ bytes: '9 bytes', big: '12', map: { a: 1 }, self: { bytes: '9 bytes' } });
  });

  test('nothing is looked through that is not written', () => {
    const log = createLogger('info', { write: () => undefined });
    const trap = {
      get a(): never {
        throw new Error('was read');
      },
    };
    expect(() => log.debug(trap, 'x')).not.toThrow();
  });
});

describe('of any value', () => {
  const secret = fc.constantFrom(...Object.values(SECRETS));
  const words = fc
    .array(fc.oneof(fc.string(), secret), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(' '));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      words,
      words.map((text) => new Error(text)),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
    ),
  }));

  test('no secret is left, and looking once more finds nothing', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const once = JSON.stringify(redactValue(value)) ?? '';
        for (const one of Object.values(SECRETS)) expect(once).not.toContain(one);
        expect(JSON.stringify(redactValue(redactValue(value)))).toBe(JSON.stringify(redactValue(value)));
      }),
      { numRuns: 300 },
    );
  });

  test('a text that holds none is left as it is', () => {
    const plain = fc.stringMatching(/^[a-z ,.!]{0,60}$/);
    fc.assert(
      fc.property(plain, (text) => {
        expect(redactText(text)).toBe(text);
      }),
    );
  });
});

// What an error of the mail server's means, and that none of its words go on.
import { expect, test } from 'vitest';
import { deliveryOf } from '../../src/notify/refusal.js';

const answered = (responseCode: number, response: string, command: string, code = 'EENVELOPE') => ({
  code,
  responseCode,
  response: `${responseCode} ${response} <maya@example.com>`,
  command,
  permanent: responseCode >= 500 && responseCode !== 503,
  message: 'maya@example.com',
});

test.each([
  ['a mailbox that is full', answered(452, '4.2.2', 'RCPT TO'), 'deferred', '452 4.2.2 on RCPT TO'],
  ['greylisting', answered(450, 'try later', 'RCPT TO'), 'deferred', '450 on RCPT TO'],
  ['an unknown user', answered(550, '5.1.1', 'RCPT TO'), 'refused', '550 5.1.1 on RCPT TO'],
  ['a filter', answered(554, '5.7.1', 'DATA', 'EMESSAGE'), 'refused', '554 5.7.1 on DATA'],
  ['a filter in doubt', answered(451, '4.7.0', 'DATA', 'EMESSAGE'), 'deferred', '451 4.7.0 on DATA'],
  [
    'an address that is none',
    { code: 'EENVELOPE', command: 'API', message: 'maya@' },
    'refused',
    'EENVELOPE',
  ],
  ['a sender who may not', answered(553, '5.7.1', 'MAIL FROM'), 'unavailable', '553 5.7.1 on MAIL FROM'],
  ['a server that closes', answered(421, '4.3.2', 'RCPT TO'), 'unavailable', '421 4.3.2 on RCPT TO'],
  [
    'a password that is wrong',
    answered(535, '5.7.8', 'AUTH PLAIN', 'EAUTH'),
    'unavailable',
    '535 5.7.8 on AUTH PLAIN',
  ],
  [
    'nobody at the port',
    { code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' },
    'unavailable',
    'ECONNREFUSED',
  ],
  ['no such host', { code: 'EDNS', message: 'maya@example.com' }, 'unavailable', 'EDNS'],
  ['silence', { code: 'ETIMEDOUT' }, 'unavailable', 'ETIMEDOUT'],
  ['something else', new Error('maya@example.com'), 'unavailable', 'unknown error'],
  ['nothing at all', undefined, 'unavailable', 'unknown error'],
])('%s', (_, error, kind, told) => {
  expect(deliveryOf(error)).toEqual({ kind, error: told });
});

// What Stripe says is kept and shown without what must not be: keys, tokens, addresses, bank details.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redact } from '../../src/stripe/redact.js';
import { expectInvariants } from '../payouts/invariants.js';
import { openAlerts, pay, payoutOf, resolve, resume, spoil, work } from '../payouts/support.js';
import { createWorld, type World } from '../support/world.js';

describe('redact', () => {
  it.each([
    ['a secret key', 'No such key: sk_live_abcDEF123', 'No such key: [redacted]'],
    ['a restricted key', 'rk_test_abc123 may not do this', '[redacted] may not do this'],
    ['a public key', 'use pk_live_abc123.', 'use [redacted].'],
    [
      'a key that Stripe has masked',
      'Invalid API Key provided: sk_test_****orld',
      'Invalid API Key provided: [redacted]',
    ],
    ["a webhook's secret", 'whsec_abc123 does not fit', '[redacted] does not fit'],
    ['a token', 'Authorization: Bearer abc.def-123=', 'Authorization: [redacted]'],
    ['a JSON Web Token', 'sent eyJhbGciOi.eyJzdWIi.c2ln', 'sent [redacted]'],
    ['a login in an address', 'at postgres://me:secret@db.internal:5432/x now', 'at [redacted] now'],
    ['an e-mail address', 'for artist.one+x@mail.example.com today', 'for [redacted] today'],
    ['an IBAN', 'IBAN DE89370400440532013000 is closed', 'IBAN [redacted] is closed'],
    ["an account's number", 'account 000123456789 is closed', 'account [redacted] is closed'],
    ['several', 'a@b.cc and sk_live_1 and a@b.cc', '[redacted] and [redacted] and [redacted]'],
    ['a NUL, which no text may hold', 'a\u0000b', 'ab'],
  ])('takes out %s', (_what, words, left) => {
    expect(redact(words)).toBe(left);
  });

  it.each([
    'No such destination: acct_1NvAbCdEfGh12345',
    'tr_1NvAbCdEfGh12345 was reversed on 2026-08-31',
    'Insufficient funds: 12345678 cents at 10:30',
    'payout_ck1234567890abcdef_1',
    '',
  ])('leaves what tells what went wrong: %s', (words) => {
    expect(redact(words)).toBe(words);
  });
});

describe("Stripe's words of a payout", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  /** What was kept of a payout that was refused in these words. */
  async function refusedWith(message: string) {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'stripe_error', code: 'parameter_invalid', message });
    await work(world);
    const { rows } = await world.db.pool.query<{ message: string }>(
      'SELECT error_message AS message FROM payout_attempts WHERE payout_id = $1',
      [id],
    );
    return { payout: await payoutOf(world, id), attempt: rows[0]?.message };
  }

  it('are stored without addresses, keys and bank details', async () => {
    const { payout, attempt } = await refusedWith(
      'No artist@example.com for sk_live_abcdef123, IBAN DE89370400440532013000',
    );
    const left = 'No [redacted] for [redacted], IBAN [redacted]';
    expect(payout).toMatchObject({ status: 'FAILED', failureCode: 'parameter_invalid', failedReason: left });
    expect(attempt).toBe(left);
    await expectInvariants(world);
  });

  it('with a NUL fail the payout like any others', async () => {
    const { payout, attempt } = await refusedWith('a\u0000b');
    expect(payout).toMatchObject({ status: 'FAILED', failureCode: 'parameter_invalid', failedReason: 'ab' });
    expect(attempt).toBe('ab');
    await expectInvariants(world);
  });

  it('are thrown without them where they answer a question, since what is thrown is logged', async () => {
    await world.simulator.fault({
      fault: 'stripe_error',
      message: 'No artist@example.com here',
      match: { method: 'GET', path: '/v1/transfers' },
    });
    const thrown = await world.deps.transfers.findByPayout('p1').catch((error: Error) => error);
    expect(thrown).toMatchObject({ message: 'No [redacted] here' });
    // Its first line is the message once more.
    expect((thrown as Error).stack).toMatch(/^\w*Error: No \[redacted\] here\n/);
  });

  it('of our key are told of without it', async () => {
    const { id } = await pay(world);
    const message = 'Invalid API Key provided: sk_live_abcdef123';
    await spoil(world, id, { fault: 'stripe_error', status: 401, type: 'authentication_error', message });
    await work(world);
    const alerts = await openAlerts(world, 'stripe');
    const { rows } = await world.db.pool.query(
      'SELECT reason FROM processing_switch UNION ALL SELECT details::text FROM alerts',
    );
    const kept = JSON.stringify([alerts, rows]);
    expect(kept).toContain('Invalid API Key provided: [redacted]');
    expect(kept).not.toContain('abcdef123');
    await resume(world);
    await resolve(world);
    await expectInvariants(world);
  });
});

// What e-mails say, in the reader's own way of writing amounts and dates.
import { describe, expect, it } from 'vitest';
import type { ClaimedEmail } from '../../src/notify/mail-outbox.js';
import { wordsOf } from '../../src/notify/mail-words.js';

const ACME = { brand: 'Acme', locale: 'en-US' };

function emailOf(snapshot: Record<string, unknown>, over: Partial<ClaimedEmail> = {}): ClaimedEmail {
  const times = { createdAt: '2026-11-23T09:05:00.000Z', updatedAt: '2026-11-23T09:05:00.000Z' };
  const none = { lastRetryAt: null, nextAttemptAt: null, processedAt: null, failureCode: null };
  return {
    id: '1',
    attempt: 1,
    refusals: 0,
    template: 'PAYOUT_INITIATED',
    payoutId: 'p',
    creatorId: 'c',
    creatorName: 'Maya',
    address: 'maya@example.com',
    locale: null,
    version: 1,
    occurredAt: new Date('2026-11-23T09:05:00Z'),
    snapshot: {
      id: 'p',
      amountCents: 123_456,
      currency: 'usd',
      status: 'PENDING',
      ...none,
      ...times,
      ...snapshot,
    },
    periodStart: null,
    periodEnd: null,
    ...over,
  };
}

/** Spaces that do not break are spaces. */
const plain = (text: string | null) => text?.replace(/[\u00a0\u202f\u2009]/g, ' ');

describe('amounts', () => {
  it.each([
    ['en-US', 'usd', 123_456, '$1,234.56'],
    ['de-DE', 'eur', 123_456, '1.234,56 €'],
    ['fr-FR', 'eur', 123_456, '1 234,56 €'],
    ['en-IN', 'inr', 12_345_678, '₹1,23,456.78'],
    ['pt-BR', 'brl', 123_456, 'R$ 1.234,56'],
    // Currencies without cents: Stripe's smallest unit is the yen itself.
    ['ja-JP', 'jpy', 123_456, '￥123,456'],
    ['en-US', 'jpy', 123_456, '¥123,456'],
    ['en-US', 'kwd', 123_456, 'KWD 123.456'],
    ['ar-EG', 'usd', 123_456, '‏١٬٢٣٤٫٥٦ US$'],
  ])('in %s, of %s', (locale, currency, amountCents, written) => {
    const { props } = wordsOf(emailOf({ currency, amountCents }, { locale }), ACME);
    expect(plain(props.amount)).toBe(written);
  });

  it('are as the settings say where the creator has not said', () => {
    expect(plain(wordsOf(emailOf({}), { ...ACME, locale: 'de-DE' }).props.amount)).toBe('1.234,56 $');
  });
});

describe('times', () => {
  it.each([
    ['en-US', 'Nov 23, 2026, 9:05 AM UTC'],
    ['en-GB', '23 Nov 2026, 09:05 UTC'],
    ['de-DE', '23. Nov. 2026, 09:05 UTC'],
    ['ja-JP', '2026年11月23日 9:05 UTC'],
  ])('in %s', (locale, written) => {
    expect(plain(wordsOf(emailOf({}, { locale }), ACME).props.date)).toBe(written);
  });

  it('name the days of the statement', () => {
    const period = { periodStart: '2026-10-01', periodEnd: '2026-10-31' };
    expect(plain(wordsOf(emailOf({}, period), ACME).props.period)).toBe('Oct 1 – 31, 2026');
    expect(wordsOf(emailOf({}), ACME).props.period).toBeNull();
  });
});

describe('a reason', () => {
  const failed = {
    status: 'FAILED',
    failureCode: 'resource_missing',
    failedReason: 'No such destination: acct_1',
  };

  it('is ours, with what to do, and never what Stripe wrote', () => {
    const words = wordsOf(emailOf(failed, { template: 'PAYOUT_FAILED' }), ACME);
    expect(words.props).toMatchObject({
      reason: { what: 'Your Stripe account could not be found.', todo: 'Please connect it again.' },
    });
    expect(JSON.stringify(words)).not.toContain('acct_');
  });

  it('of a code that we know nothing of says that the payment could not be made', () => {
    const words = wordsOf(emailOf({ ...failed, failureCode: 'new' }, { template: 'PAYOUT_FAILED' }), ACME);
    expect(words.props).toMatchObject({ reason: { what: 'The payment could not be made.', todo: null } });
  });

  it('with a time is a delay; without one, and PENDING, it is tried at once', () => {
    const template = 'PAYOUT_RETRYING';
    const later = wordsOf(
      emailOf({ ...failed, nextAttemptAt: '2026-11-23T09:35:00.000Z' }, { template }),
      ACME,
    );
    expect(later.props).toMatchObject({ nextAttempt: 'Nov 23, 2026, 9:35 AM UTC' });
    const now = wordsOf(emailOf({ status: 'PENDING' }, { template }), ACME);
    expect(now.props).toMatchObject({ nextAttempt: null, reason: null });
  });
});

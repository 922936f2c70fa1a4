// payouts run: the period that is asked for, and what it prints.
import { describe, expect, it } from 'vitest';
import { periodOf } from '../../../src/cli/run.js';
import { formatPreview, formatProgress } from '../../../src/cli/run-report.js';

describe('the period', () => {
  it.each([
    ['2026-08', '2026-08-01', '2026-08-31'],
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['2028-02', '2028-02-01', '2028-02-29'],
    ['2026-08-01..2026-09-15', '2026-08-01', '2026-09-15'],
  ])('%s is %s to %s', (text, periodStart, periodEnd) => {
    expect(periodOf(text)).toEqual({ periodStart, periodEnd });
  });

  it.each(['August', '2026', '2026-13', '2026-02-30..2026-03-01', '2026-08-01', ''])(
    'refuses “%s”',
    (text) => {
      expect(() => periodOf(text)).toThrow(/^period: .*is not a period such as 2026-08/);
    },
  );
});

const PREVIEW = {
  periodStart: '2026-08-01',
  periodEnd: '2026-08-31',
  payoutCount: 2,
  totalCents: 700_000,
  currency: 'usd',
  needsApprovalCount: 1,
  needsApprovalCents: 600_000,
  digest: 'of nothing',
  excluded: [{ reason: 'HELD' as const, statementCount: 1, totalCents: 5_000 }],
  platformBalanceCents: 650_000,
};

describe('the report', () => {
  it('says what would be paid, what waits, what is missing and what is left out', () => {
    expect(formatPreview(PREVIEW)).toBe(
      [
        '2026-08-01 to 2026-08-31: 2 payouts, $7,000.00.',
        'Of these wait for an approval: 1 payout, $6,000.00.',
        'At Stripe: $6,500.00, $500.00 too little.',
        'Left out:',
        '  1 statement, $50.00: held by an admin',
      ].join('\n'),
    );
  });

  it('says no more than there is', () => {
    const plain = { ...PREVIEW, needsApprovalCount: 0, excluded: [], platformBalanceCents: null };
    expect(formatPreview(plain)).toBe(
      '2026-08-01 to 2026-08-31: 2 payouts, $7,000.00.\nAt Stripe: unknown, since Stripe does not say at the moment.',
    );
  });

  it('says where the payouts stand', () => {
    const stages = [
      { stage: 'PENDING' as const, payoutCount: 0, totalCents: 0 },
      { stage: 'COMPLETED' as const, payoutCount: 1, totalCents: 100_000 },
      { stage: 'AWAITING_APPROVAL' as const, payoutCount: 1, totalCents: 600_000 },
    ];
    expect(formatProgress({ stages, endedCount: 1, finished: false }, 'usd')).toBe(
      '1 payout, $1,000.00: paid\n1 payout, $6,000.00: wait for an approval',
    );
  });
});

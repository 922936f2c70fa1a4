// The comparison, pure: each kind by the smallest books that have it, and what holds for any books.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/payouts/attempts.js';
import { compare } from '../../src/reconciliation/compare.js';
import {
  type Difference,
  keyOf,
  type OurPayout,
  type TheirTransfer,
} from '../../src/reconciliation/difference.js';
import { explain } from '../../src/reconciliation/explain.js';
import { DIFFERENCE_KINDS } from '../../src/reconciliation/kinds.js';

const SINCE = new Date('2026-08-02T10:00:00Z');
const MADE = new Date('2026-08-02T09:59:00Z');

const attempt = (over: Partial<Attempt> = {}): Attempt => ({
  id: 'a1',
  number: 1,
  idempotencyKey: 'payout_p1_1',
  destination: 'acct_1',
  outcome: 'STARTED',
  transferId: null,
  amountReversedCents: 0,
  finishedAt: null,
  leased: false,
  ...over,
});

const underWay = (over: Partial<OurPayout> = {}): OurPayout => ({
  id: 'p1',
  status: 'PROCESSING',
  amountCents: 500,
  currency: 'usd',
  stripeTransferId: null,
  amountReversedCents: 0,
  version: 2,
  since: SINCE,
  overdue: false,
  attempts: [attempt()],
  ...over,
});

const succeeded = attempt({ outcome: 'SUCCEEDED', transferId: 'tr_1', finishedAt: SINCE });
const completed = (over: Partial<OurPayout> = {}): OurPayout =>
  underWay({ status: 'COMPLETED', stripeTransferId: 'tr_1', attempts: [succeeded], ...over });

const refused = attempt({ outcome: 'REJECTED', finishedAt: SINCE });
const failed = (over: Partial<OurPayout> = {}): OurPayout =>
  underWay({ status: 'FAILED', attempts: [refused], ...over });

const transfer = (over: Partial<TheirTransfer> = {}): TheirTransfer => ({
  id: 'tr_1',
  amountCents: 500,
  currency: 'usd',
  destination: 'acct_1',
  transferGroup: 'payout_p1',
  payoutId: 'p1',
  idempotencyKey: 'payout_p1_1',
  amountReversedCents: 0,
  createdAt: MADE,
  ...over,
});

const found = (ours: OurPayout[], theirs: TheirTransfer[]) => compare(ours, theirs).map(keyOf);
const retried = attempt({ id: 'a2', number: 2, idempotencyKey: 'payout_p1_2' });

describe('the books agree', () => {
  it.each<[string, OurPayout, TheirTransfer[]]>([
    ['COMPLETED by its transfer', completed(), [transfer()]],
    [
      'COMPLETED, a part taken back, as we know',
      completed({ amountReversedCents: 200 }),
      [transfer({ amountReversedCents: 200 })],
    ],
    ['under way, and nothing is there yet', underWay(), []],
    ['FAILED without a transfer', failed(), []],
    [
      'FAILED, its transfer taken back',
      failed({ stripeTransferId: 'tr_1' }),
      [transfer({ amountReversedCents: 500 })],
    ],
    ['PENDING', underWay({ status: 'PENDING', attempts: [] }), []],
    [
      'tried anew after its first transfer was taken back',
      underWay({ attempts: [retried, succeeded] }),
      [transfer({ amountReversedCents: 500 })],
    ],
    [
      'paid anew after its first transfer was taken back',
      completed({ stripeTransferId: 'tr_2', attempts: [{ ...retried, finishedAt: SINCE }, succeeded] }),
      [transfer({ amountReversedCents: 500 }), transfer({ id: 'tr_2', idempotencyKey: 'payout_p1_2' })],
    ],
    [
      'FAILED by a reversal that the list did not know yet',
      failed({ stripeTransferId: 'tr_1', attempts: [{ ...succeeded, amountReversedCents: 500 }] }),
      [transfer()],
    ],
    ['COMPLETED before there were attempts', completed({ attempts: [] }), [transfer()]],
  ])('%s', (_what, payout, transfers) => {
    expect(compare([payout], transfers)).toEqual([]);
  });

  it('a stranger of which everything was taken back', () => {
    expect(compare([], [transfer({ amountReversedCents: 500 })])).toEqual([]);
  });
});

describe('each kind of difference', () => {
  it.each<[string, OurPayout, TheirTransfer[], string[]]>([
    ['under way, and its transfer is there', underWay(), [transfer()], ['unrecorded_transfer:tr_1']],
    [
      'under way, its transfer there and partly taken back',
      underWay(),
      [transfer({ amountReversedCents: 499 })],
      ['unrecorded_transfer:tr_1'],
    ],
    [
      'under way, its transfer made and taken back',
      underWay(),
      [transfer({ amountReversedCents: 500 })],
      ['unrecorded_reversal:tr_1'],
    ],
    [
      'all of it taken back',
      completed(),
      [transfer({ amountReversedCents: 500 })],
      ['unrecorded_reversal:tr_1'],
    ],
    [
      'one cent more taken back than we know',
      completed({ amountReversedCents: 200 }),
      [transfer({ amountReversedCents: 201 })],
      ['unrecorded_reversal:tr_1'],
    ],
    ['COMPLETED, and nothing is there', completed(), [], ['missing_transfer:p1']],
    ['amount', completed({ amountCents: 501 }), [transfer()], ['amount_mismatch:tr_1']],
    ['currency', completed({ currency: 'eur' }), [transfer()], ['currency_mismatch:tr_1']],
    ['destination', completed(), [transfer({ destination: 'acct_2' })], ['destination_mismatch:tr_1']],
    ['amount, under way', underWay({ amountCents: 501 }), [transfer()], ['amount_mismatch:tr_1']],
    [
      'everything at once',
      completed(),
      [transfer({ amountCents: 1, currency: 'eur', destination: 'acct_2' })],
      ['amount_mismatch:tr_1', 'currency_mismatch:tr_1', 'destination_mismatch:tr_1'],
    ],
    ['two that live', completed(), [transfer(), transfer({ id: 'tr_2' })], ['duplicate_transfer:p1']],
    [
      'two that live, under way: neither is taken',
      underWay(),
      [transfer(), transfer({ id: 'tr_2' })],
      ['duplicate_transfer:p1'],
    ],
    ['another one than ours lives', completed(), [transfer({ id: 'tr_2' })], ['wrong_transfer_recorded:p1']],
    [
      'ours was taken back and another one lives: it must not become FAILED',
      completed(),
      [transfer({ amountReversedCents: 500 }), transfer({ id: 'tr_2' })],
      ['wrong_transfer_recorded:p1'],
    ],
    ['FAILED', failed(), [transfer()], ['transfer_of_failed_payout:tr_1']],
    [
      'never tried',
      underWay({ status: 'PENDING', attempts: [] }),
      [transfer()],
      ['transfer_of_failed_payout:tr_1'],
    ],
    [
      'under no key of ours',
      underWay(),
      [transfer({ idempotencyKey: 'another' })],
      ['unknown_transfer:tr_1'],
    ],
    ['for too long', underWay({ overdue: true }), [], ['outcome_overdue:p1']],
    [
      'for too long, in a second attempt',
      underWay({ overdue: true, attempts: [retried, succeeded] }),
      [transfer({ amountReversedCents: 500 })],
      ['outcome_overdue:p1'],
    ],
  ])('%s', (_what, payout, transfers, keys) => {
    expect(found([payout], transfers)).toEqual(keys);
  });

  it('a transfer that names no payout of ours', () => {
    const [difference] = compare(
      [completed()],
      [transfer(), transfer({ id: 'tr_9', payoutId: 'p9', transferGroup: null })],
    );
    expect(difference).toEqual({
      kind: 'unknown_transfer',
      payoutId: null,
      transferId: 'tr_9',
      occurredAt: MADE,
      details: { amountCents: 500, currency: 'usd', destination: 'acct_1', names: 'p9', transferGroup: null },
    });
  });

  it.each<[string, Partial<TheirTransfer>]>([
    ['its group', { payoutId: null }],
    ['its metadata', { transferGroup: null }],
    ['our record of its id', { payoutId: null, transferGroup: null }],
  ])('a transfer is known by %s', (_what, over) => {
    expect(found([completed()], [transfer(over)])).toEqual([]);
  });

  it('tells when it happened, and what both sides say', () => {
    expect(compare([completed({ amountCents: 501 })], [transfer()])).toMatchObject([
      { occurredAt: MADE, details: { ours: 501, stripe: 500 } },
    ]);
    expect(compare([completed()], [])).toMatchObject([{ occurredAt: SINCE, transferId: 'tr_1' }]);
  });

  it.each(DIFFERENCE_KINDS)('%s is explained', (kind) => {
    const difference: Difference = {
      kind,
      payoutId: 'p1',
      transferId: 'tr_1',
      occurredAt: MADE,
      details: { status: 'FAILED' },
    };
    expect(explain(difference)).toMatch(/^[A-Z].{20,}\.$/);
    expect(explain(difference)).not.toMatch(/undefined|null/);
  });
});

/** Books of payouts in any status, each with what Stripe would have of it. */
const agreeing = fc
  .array(
    fc.record({
      status: fc.constantFrom(
        'PENDING' as const,
        'PROCESSING' as const,
        'COMPLETED' as const,
        'FAILED' as const,
      ),
      amountCents: fc.integer({ min: 1, max: 1_000_000 }),
      takenBack: fc.double({ min: 0, max: 0.999, noNaN: true }),
      reversedBefore: fc.boolean(),
    }),
    { maxLength: 20 },
  )
  .map((rows) => rows.map((row, i) => booksOf(`p${i}`, row)));

interface Row {
  status: OurPayout['status'];
  amountCents: number;
  takenBack: number;
  reversedBefore: boolean;
}

function booksOf(id: string, { status, amountCents, takenBack, reversedBefore }: Row) {
  const amountReversedCents = Math.floor(amountCents * takenBack);
  const key = `payout_${id}_2`;
  const named = { transferGroup: `payout_${id}`, payoutId: id, amountCents };
  const earlier = { ...succeeded, id: `${id}_1`, idempotencyKey: `payout_${id}_1`, transferId: `tr_${id}_1` };
  const done = status === 'COMPLETED';
  const last = {
    ...retried,
    id: `${id}_2`,
    idempotencyKey: key,
    finishedAt: status === 'PROCESSING' ? null : SINCE,
  };
  const attempts = [...(status === 'PENDING' ? [] : [last]), ...(reversedBefore ? [earlier] : [])];
  const recorded = done ? { stripeTransferId: `tr_${id}_2`, amountReversedCents } : {};
  const theirs = [
    ...(done ? [transfer({ ...named, id: `tr_${id}_2`, idempotencyKey: key, amountReversedCents })] : []),
    ...(reversedBefore
      ? [
          transfer({
            ...named,
            id: `tr_${id}_1`,
            idempotencyKey: `payout_${id}_1`,
            amountReversedCents: amountCents,
          }),
        ]
      : []),
  ];
  return { ours: underWay({ id, status, amountCents, attempts, ...recorded }), theirs };
}

/** Any books: the same few payouts and transfers, agreeing or not. */
const anyBooks = fc.record({
  ours: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('p1', 'p2', 'p3'),
      status: fc.constantFrom(
        'PENDING' as const,
        'PROCESSING' as const,
        'COMPLETED' as const,
        'FAILED' as const,
      ),
      amountCents: fc.constantFrom(500, 501),
      overdue: fc.boolean(),
    }),
    { selector: ({ id }) => id },
  ),
  recorded: fc.shuffledSubarray(['tr_1', 'tr_2', 'tr_3'], { minLength: 3 }),
  theirs: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('tr_1', 'tr_2', 'tr_3', 'tr_4'),
      payoutId: fc.constantFrom('p1', 'p2', 'p9', null),
      transferGroup: fc.constantFrom('payout_p1', 'payout_p2', null),
      amountReversedCents: fc.constantFrom(0, 200, 500),
      idempotencyKey: fc.constantFrom('payout_p1_1', 'another', null),
    }),
    { selector: ({ id }) => id },
  ),
});

describe('any books', () => {
  it('that agree have no difference', () => {
    fc.assert(
      fc.property(agreeing, (books) => {
        expect(
          compare(
            books.map(({ ours }) => ours),
            books.flatMap(({ theirs }) => theirs),
          ),
        ).toEqual([]);
      }),
    );
  });

  it('give the same differences in whatever order they are read, each once', () => {
    fc.assert(
      fc.property(anyBooks, (books) => {
        const ours = books.ours.map((over, i) =>
          underWay({
            ...over,
            stripeTransferId: over.status === 'COMPLETED' ? (books.recorded[i] ?? null) : null,
          }),
        );
        const theirs = books.theirs.map((over) => transfer(over));
        const differences = compare(ours, theirs);
        expect(compare([...ours].reverse(), [...theirs].reverse())).toEqual(differences);
        expect(new Set(differences.map(keyOf)).size).toBe(differences.length);
      }),
    );
  });
});

// A payout as this module reads it: one shape for lists, changes, the event log and GraphQL.
import type { PayoutControl, PayoutStatus } from '../generated/prisma/enums.js';

/**
 * Columns of `payouts` by the names of the Prisma model. Amounts are cents of `currency`, times are UTC: a `Date`, or in
 * lists the text that it becomes in the answer.
 */
export interface PayoutRow<Time = Date> {
  id: string;
  creatorId: string;
  royaltyStatementId: string | null;
  amountCents: number;
  currency: string;
  status: PayoutStatus;
  stripeTransferId: string | null;
  failureCode: string | null;
  /** Stripe's own words, for admins; creators read `explainFailure`. */
  failedReason: string | null;
  retryCount: number;
  amountReversedCents: number;
  version: number;
  /** What an admin has decided; null: it goes its way. */
  control: PayoutControl | null;
  /** Why, in the admin's words: for admins alone. */
  controlReason: string | null;
  lastRetryAt: Time | null;
  nextAttemptAt: Time | null;
  processedAt: Time | null;
  createdAt: Time;
  updatedAt: Time;
}

/** Where each of them lies. */
const COLUMNS = {
  id: 'id',
  creatorId: 'creator_id',
  royaltyStatementId: 'royalty_statement_id',
  amountCents: 'amount_cents',
  currency: 'currency',
  status: 'status',
  stripeTransferId: 'stripe_transfer_id',
  failureCode: 'failure_code',
  failedReason: 'failed_reason',
  retryCount: 'retry_count',
  amountReversedCents: 'amount_reversed_cents',
  version: 'version',
  control: 'control',
  controlReason: 'control_reason',
  lastRetryAt: 'last_retry_at',
  nextAttemptAt: 'next_attempt_at',
  processedAt: 'processed_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof PayoutRow, string>;

export const PAYOUT_PROPERTIES = Object.keys(COLUMNS) as readonly (keyof PayoutRow)[];

/** Select list that yields these properties of a `PayoutRow`; a property that is there twice is read once. */
export function payoutColumns(wanted: Iterable<keyof PayoutRow> = PAYOUT_PROPERTIES): string {
  return [...new Set(wanted)].map((property) => `${COLUMNS[property]} AS "${property}"`).join(', ');
}

/** Select list that yields a `PayoutRow`. */
export const PAYOUT_COLUMNS = payoutColumns();

/** The row that an event's snapshot tells of. */
export function rowOfSnapshot(snapshot: Readonly<Record<string, unknown>>): PayoutRow {
  // JSON has no dates: they stand there as text.
  const s = snapshot as unknown as PayoutRow<string>;
  return {
    ...s,
    // What was not decided is not in it.
    control: s.control ?? null,
    controlReason: s.controlReason ?? null,
    lastRetryAt: date(s.lastRetryAt),
    nextAttemptAt: date(s.nextAttemptAt),
    processedAt: date(s.processedAt),
    createdAt: new Date(s.createdAt),
    updatedAt: new Date(s.updatedAt),
  };
}

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

// A payout as this module reads it: one shape for lists, changes, the event log and GraphQL.
import type { PayoutStatus } from '../generated/prisma/enums.js';

/** Columns of `payouts` by the names of the Prisma model. Amounts are cents of `currency`, times are UTC. */
export interface PayoutRow {
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
  lastRetryAt: Date | null;
  nextAttemptAt: Date | null;
  processedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Select list that yields a `PayoutRow`. */
export const PAYOUT_COLUMNS = `id, creator_id AS "creatorId", royalty_statement_id AS "royaltyStatementId",
  amount_cents AS "amountCents", currency, status, stripe_transfer_id AS "stripeTransferId",
  failure_code AS "failureCode", failed_reason AS "failedReason", retry_count AS "retryCount",
  amount_reversed_cents AS "amountReversedCents", version, last_retry_at AS "lastRetryAt",
  next_attempt_at AS "nextAttemptAt", processed_at AS "processedAt", created_at AS "createdAt",
  updated_at AS "updatedAt"`;

/** JSON has no dates: they stand there as text. */
type Snapshot = {
  [K in keyof PayoutRow]: PayoutRow[K] extends Date
    ? string
    : PayoutRow[K] extends Date | null
      ? string | null
      : PayoutRow[K];
};

/** The row that an event's snapshot tells of. */
export function rowOfSnapshot(snapshot: Readonly<Record<string, unknown>>): PayoutRow {
  const s = snapshot as Snapshot;
  return {
    ...s,
    lastRetryAt: date(s.lastRetryAt),
    nextAttemptAt: date(s.nextAttemptAt),
    processedAt: date(s.processedAt),
    createdAt: new Date(s.createdAt),
    updatedAt: new Date(s.updatedAt),
  };
}

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

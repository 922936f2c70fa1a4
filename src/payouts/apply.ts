// The one place that writes a payout's status. A change, its audit row, its event row, its figures, its alert and what
// it does to the Stripe attempts are one SQL statement: all or nothing, also when the process dies in the middle.
import type { Queryable } from '../db/connect.js';
import type { AttemptOutcome, PayoutStatus } from '../generated/prisma/enums.js';
import { traceParent } from '../observability/tracing.js';
import type { Actor } from './actor.js';
import type { AlertRule } from './alerts.js';
import { APPLY_SQL, INSERT_SQL, PART_REVERSAL_SQL, RELEASE_SQL } from './apply-sql.js';
import type { PayoutRow } from './row.js';
import { type TransitionCause, transitionFor } from './transitions.js';

export interface Change {
  payoutId: string;
  /** The status the payout must have; if it has another by now, nothing happens. */
  from: PayoutStatus;
  reason?: string;
  transferId?: string;
  failure?: { code: string; reason: string };
  /** Milliseconds from now until the automatic retry; absent: none. */
  retryInMs?: number | undefined;
  /** This change begins a retry: it counts. */
  startsRetry?: boolean;
  /** Of the transfer: how much of it was taken back, as far as anybody ever told us. */
  amountReversedCents?: number;
  /** Opens an attempt with this id, leased for so many milliseconds. */
  opens?: { attemptId: string; leaseMs: number };
  /** Ends this attempt. A refusal of one that has ended already changes nothing. */
  closes?: AttemptEnd;
  /** A decision that ends the payout. */
  control?: 'REJECTED';
  /** Of a retry that an admin asks for: the limit of now, which counts where it is lower than that of before. */
  approvalAboveCents?: number | null;
  /** Raised with the change; it stays open for as long as the payout stays in the status. */
  alert?: { rule: AlertRule; message: string };
}

export interface AttemptEnd {
  attemptId: string;
  outcome: Extract<AttemptOutcome, 'SUCCEEDED' | 'REJECTED'>;
  transferId?: string;
  errorCode?: string;
  errorMessage?: string;
  requestId?: string | null;
}

/** An attempt that a claim opened: what to send, and under which key. */
export interface OpenedAttempt {
  id: string;
  number: number;
  idempotencyKey: string;
  destination: string;
}

export interface Applied {
  payout: PayoutRow;
  attempt: OpenedAttempt | null;
}

/**
 * Applies one kind of change to any number of payouts and returns those that were changed. A payout that has left
 * `from`, whose attempt has ended, or that must not be sent any more is passed over: somebody else was first.
 * @throws Error when the table of transitions does not allow the change: a fault in the code, never in the data.
 */
export async function applyTransition(
  db: Queryable,
  on: TransitionCause,
  changes: readonly Change[],
  actor: Actor,
): Promise<Applied[]> {
  const input = JSON.stringify(changes.map((change) => toInput(on, { ...withReason(actor), ...change })));
  const { rows } = await db.query<PayoutRow & { attempt: OpenedAttempt | null }>({
    name: 'apply-transition',
    text: APPLY_SQL,
    values: [input, on, actor.name, actor.requestId ?? null],
  });
  return rows.map(({ attempt, ...payout }) => ({ payout, attempt }));
}

/** Where the change does not say itself why it is. */
const withReason = ({ reason }: Actor): Pick<Change, 'reason'> => (reason ? { reason } : {});

function toInput(on: TransitionCause, change: Change) {
  const transition = transitionFor(on, change.from);
  if (!transition) throw new Error(`illegal transition: ${change.from} on ${on}`);
  return {
    payout_id: change.payoutId,
    from_status: change.from,
    to_status: transition.to,
    reason: change.reason,
    transfer_id: change.transferId,
    failure_code: change.failure?.code,
    failed_reason: change.failure?.reason,
    retry_in_ms: change.retryInMs,
    starts_retry: change.startsRetry ?? false,
    amount_reversed_cents: change.amountReversedCents ?? 0,
    opens_attempt_id: change.opens?.attemptId,
    lease_ms: change.opens?.leaseMs,
    closes_attempt_id: change.closes?.attemptId,
    outcome: change.closes?.outcome,
    attempt_transfer_id: change.closes?.transferId,
    error_code: change.closes?.errorCode,
    error_message: change.closes?.errorMessage,
    request_id: change.closes?.requestId,
    alert_rule: change.alert?.rule,
    alert_message: change.alert?.message,
    control: change.control,
    approval_above_cents: change.approvalAboveCents,
  };
}

export interface NewPayout {
  id: string;
  creatorId: string;
  royaltyStatementId: string | null;
  amountCents: number;
  currency: string;
  /** An amount above it waits for an approval; null: none does. */
  approvalAboveCents: number | null;
  /** The run that makes it; absent: none. */
  runId?: string;
}

/** Writes new payouts, PENDING, with their audit and event rows. */
export async function insertPayouts(
  db: Queryable,
  payouts: readonly NewPayout[],
  actor: Actor,
): Promise<PayoutRow[]> {
  const { rows } = await db.query<PayoutRow>({
    name: 'insert-payouts',
    text: INSERT_SQL,
    values: [
      JSON.stringify(payouts),
      'created',
      actor.name,
      actor.requestId ?? null,
      traceParent(),
      actor.reason ?? null,
    ],
  });
  return rows;
}

/** Makes due at once what failed for this reason and waits for its time. @returns the payouts' ids */
export async function releasePayouts(db: Queryable, creatorId: string, code: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(RELEASE_SQL, [creatorId, code]);
  return rows.map(({ id }) => id);
}

/** A part of the completed payout's transfer was taken back. @returns false where that was known, or more */
export async function applyPartReversal(
  db: Queryable,
  { id, stripeTransferId }: Pick<PayoutRow, 'id' | 'stripeTransferId'>,
  reversedCents: number,
  actor: Actor,
): Promise<boolean> {
  const { name, requestId = null } = actor;
  const applied = await db.query(PART_REVERSAL_SQL, [id, reversedCents, stripeTransferId, name, requestId]);
  return applied.rowCount === 1;
}

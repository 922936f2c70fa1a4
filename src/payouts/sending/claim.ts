// A worker takes payouts up: PROCESSING, with an attempt, its key and a lease, all committed before Stripe is called.
import cuid from '@bugsnag/cuid';
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import { checkpoint } from '../../observability/checkpoints.js';
import { SYSTEM } from '../actor.js';
import { type Applied, applyTransition, type Change } from '../apply.js';
import { requireApproval } from '../control/require-approval.js';
import type { AmountLimits } from '../money.js';
import type { Signals, TransferRequest } from '../ports.js';
import { NOT_PAUSED } from '../processing.js';
import { STOOD_IN_BACKUP } from '../restored.js';
import { MAY_BE_SENT } from '../sendable.js';
import type { TransitionCause } from '../transitions.js';

/** A request that this worker alone may send until its lease ends. */
export interface LeasedRequest {
  attemptId: string;
  /** The payout's first attempt is 1. */
  number: number;
  request: TransferRequest;
  /** `performance.now()` after which it must not be sent any more: another worker may have it. */
  deadline: number;
  /** Where its payout's trace goes on; absent where nothing is traced. */
  traceParent?: string | null;
}

export interface ClaimedRequest extends LeasedRequest {
  /** Something may have been sent before: Stripe is asked before this is. */
  looksFirst: boolean;
}

export interface ClaimDeps {
  pool: pg.Pool;
  /** Of this worker: an amount above it is not sent without an approval, whatever it was asked for under. */
  limits: Pick<AmountLimits, 'approvalAboveCents'>;
  signals: Pick<Signals, 'changed'>;
}

/** Which payouts wait for a worker. Both are found by an index, oldest first. */
export const WAITING = {
  claimed: {
    from: 'PENDING',
    where: `p.status = 'PENDING' AND (p.next_attempt_at IS NULL OR p.next_attempt_at <= now())`,
    order: 'p.created_at, p.id',
  },
  retry_claimed: {
    from: 'FAILED',
    where: `p.status = 'FAILED' AND p.next_attempt_at <= now()`,
    order: 'p.next_attempt_at, p.id',
  },
} as const satisfies Partial<Record<TransitionCause, unknown>>;

export type ClaimCause = keyof typeof WAITING;

/**
 * Claims up to `limit` payouts and leases each for `leaseMs`. Any number of workers may claim at once: each payout
 * goes to one of them, and none while processing is paused. What is held, rejected or not approved waits on.
 */
export async function claimPayouts(
  deps: ClaimDeps,
  cause: ClaimCause,
  limit: number,
  leaseMs: number,
): Promise<ClaimedRequest[]> {
  for (;;) {
    // Read before the lease begins, so that our deadline is never later than the lease's end.
    const deadline = performance.now() + leaseMs;
    const { claims, kept } = await inTransaction(deps.pool, (db) =>
      claimInside(db, deps, { cause, limit, leaseMs, deadline }),
    );
    if (claims.length > 0) checkpoint('claim.after_commit');
    if (kept > 0) deps.signals.changed();
    // What waits for an approval from now on must not hide what may go behind it.
    if (claims.length > 0 || kept === 0) return claims;
  }
}

interface Turn {
  cause: ClaimCause;
  limit: number;
  leaseMs: number;
  /** `performance.now()` at which the leases end, or sooner. */
  deadline: number;
}

/** @returns what was taken up, and of how many a first approval is missing */
async function claimInside(
  db: Queryable,
  { limits }: ClaimDeps,
  { cause, limit, leaseMs, deadline }: Turn,
): Promise<{ claims: ClaimedRequest[]; kept: number }> {
  const { where, order, from } = WAITING[cause];
  const { rows } = await db.query<{ id: string; restored: boolean }>(
    `SELECT p.id, ${STOOD_IN_BACKUP} AS restored FROM payouts p JOIN creators c ON c.id = p.creator_id
     WHERE ${where} AND ${MAY_BE_SENT} AND ${NOT_PAUSED}
     ORDER BY ${order} LIMIT $1 FOR UPDATE OF p SKIP LOCKED`,
    [limit],
  );
  if (rows.length === 0) return { claims: [], kept: 0 };
  const ids = rows.map(({ id }) => id);
  const kept = await requireApproval(db, from, ids, limits);
  const changes = ids.map((id) => claimOf(id, cause, from, leaseMs));
  const applied = await applyTransition(db, cause, changes, SYSTEM);
  if (applied.length > 0) checkpoint('claim.before_commit');
  const restored = new Set(rows.filter((row) => row.restored).map(({ id }) => id));
  return { claims: applied.map((one) => toLeased(one, deadline, restored.has(one.payout.id))), kept };
}

function claimOf(payoutId: string, cause: ClaimCause, from: Change['from'], leaseMs: number): Change {
  const opens = { attemptId: cuid(), leaseMs };
  return { payoutId, from, opens, startsRetry: cause === 'retry_claimed' };
}

/** @param restored it may have been sent after the backup that it comes from */
function toLeased({ payout, attempt }: Applied, deadline: number, restored: boolean): ClaimedRequest {
  if (!attempt) throw new Error(`claimed payout ${payout.id} has no attempt`);
  const { id: payoutId, amountCents, currency } = payout;
  const { idempotencyKey, destination } = attempt;
  const request = { payoutId, idempotencyKey, amountCents, currency, destination };
  const looksFirst = attempt.number > 1 || payout.retryCount > 0 || restored;
  return { attemptId: attempt.id, number: attempt.number, looksFirst, request, deadline };
}

// A new key for a payout whose old one made nothing and never will: the old attempt ends as unknown, the next one
// begins, in one statement. The payout itself does not change: it is PROCESSING all the while. A new request goes to
// the account that the creator has now, and to none where it has none, or another than was approved: then the old one
// waits, and an alert tells of it.
import cuid from '@bugsnag/cuid';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import { checkpoint } from '../../observability/checkpoints.js';
import { requireApproval } from '../control/require-approval.js';
import { MAY_BE_SENT } from '../sendable.js';
import type { ClaimDeps, LeasedRequest } from './claim.js';

/** The new attempt, leased to the caller; none where the old one has ended meanwhile. */
export async function renewAttempt(
  deps: ClaimDeps,
  old: LeasedRequest,
  leaseMs: number,
): Promise<LeasedRequest[]> {
  const renewed = await inTransaction(deps.pool, (db) => renewInside(db, deps, old, leaseMs));
  checkpoint('renew.after_commit');
  if (renewed.length === 0) deps.signals.changed();
  return renewed;
}

interface NewAttempt {
  id: string;
  number: number;
  idempotency_key: string;
  destination: string;
}

async function renewInside(
  db: Queryable,
  { limits }: ClaimDeps,
  old: LeasedRequest,
  leaseMs: number,
): Promise<LeasedRequest[]> {
  const deadline = performance.now() + leaseMs;
  // The payout before its attempts, as everybody locks them.
  await db.query('SELECT 1 FROM payouts WHERE id = $1 FOR UPDATE', [old.request.payoutId]);
  await requireApproval(db, 'PROCESSING', [old.request.payoutId], limits);
  const { rows } = await db.query<NewAttempt>({
    name: 'renew-attempt',
    text: `WITH ended AS (
        UPDATE payout_attempts a SET outcome = 'UNKNOWN', finished_at = now()
        FROM payouts p JOIN creators c ON c.id = p.creator_id AND ${MAY_BE_SENT}
        WHERE a.id = $1 AND a.finished_at IS NULL AND p.id = a.payout_id AND p.status = 'PROCESSING'
          AND p.amount_cents = a.amount_cents
        RETURNING a.payout_id, a.number, a.amount_cents, a.currency, c.stripe_account_id AS destination,
          p.version)
      INSERT INTO payout_attempts
        (id, payout_id, number, idempotency_key, amount_cents, currency, destination, lease_until, payout_version)
      SELECT $2, payout_id, number + 1, 'payout_' || payout_id || '_' || (number + 1), amount_cents, currency,
        destination, now() + $3 * interval '1 millisecond', version
      FROM ended RETURNING id, number, idempotency_key, destination`,
    values: [old.attemptId, cuid(), leaseMs],
  });
  return rows.map(({ id, number, idempotency_key, destination }) => ({
    attemptId: id,
    number,
    request: { ...old.request, idempotencyKey: idempotency_key, destination },
    deadline,
  }));
}

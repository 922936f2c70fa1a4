// Finds out what became of attempts whose lease ended without an answer: the worker died, or Stripe's answer never
// came. Stripe is asked first; only if it has no transfer is the request sent again: under the same key, and under a
// new one only when it is certain that the old one made nothing.
import type { Queryable } from '../../db/connect.js';
import { checkpoint } from '../../observability/checkpoints.js';
import { inSpan } from '../../observability/tracing.js';
import { processingState } from '../processing.js';
import { inTraces } from '../trace.js';
import type { LeasedRequest } from './claim.js';
import { settleFound } from './found.js';
import { renewAttempt } from './renew.js';
import { giveBack, SPENT_KEY, type SubmitDeps, sendAll, sendingLeaseMs } from './submit.js';

/** Stripe keeps a key for at least 24 hours; after that the same key would make a second transfer. */
const KEY_LIVES_FOR = "interval '23 hours'";

interface OpenRequest extends LeasedRequest {
  next: 'resend' | 'renew' | 'wait';
}

/** Looks once at each attempt whose lease has ended by now. @returns how many they were */
export async function resolveOpenAttempts(deps: SubmitDeps, signal: AbortSignal): Promise<number> {
  const endedBy = await databaseTime(deps.pool);
  let total = 0;
  while (!signal.aborted) {
    const open = await inTraces(deps.pool, await leaseExpired(deps, endedBy));
    if (open.length === 0) break;
    total += open.length;
    await Promise.all(open.map((one) => resolveLogged(deps, one)));
  }
  return total;
}

async function databaseTime(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ now: string }>('SELECT now()::timestamp::text AS now');
  return rows[0]?.now ?? '';
}

async function resolveLogged(deps: SubmitDeps, one: OpenRequest): Promise<void> {
  const { payoutId } = one.request;
  const attributes = { 'payout.id': payoutId, 'payout.attempt': one.number, 'payout.next': one.next };
  try {
    await inSpan('resolve payout', { parent: one.traceParent, attributes }, () => resolveOne(deps, one));
  } catch (error) {
    deps.log.warn({ err: error, payoutId }, 'outcome still unknown; asking again later');
  }
}

async function resolveOne(deps: SubmitDeps, one: OpenRequest): Promise<void> {
  checkpoint('resolve.after_lease');
  if ((await settleFound(deps, one.request)) !== 'absent') return;
  // Looking is allowed while processing is paused; sending is not.
  if ((await processingState(deps.pool)).paused) return giveBack(deps.pool, one.attemptId);
  if (one.next === 'resend' && (await markSent(deps.pool, one.attemptId))) await sendAll(deps, [one]);
  if (one.next === 'renew') await sendAll(deps, await renewAttempt(deps, one, await sendingLeaseMs(deps)));
}

async function markSent(db: Queryable, attemptId: string): Promise<boolean> {
  const marked = await db.query(
    'UPDATE payout_attempts SET sends = sends + 1, sent_at = now() WHERE id = $1 AND finished_at IS NULL',
    [attemptId],
  );
  checkpoint('resolve.after_mark');
  return marked.rowCount === 1;
}

/** A lease, $2: the longest that a worker may take from its mark to its last answer. */
const LEASE = "($2 * interval '1 millisecond')";

/** Half of the grace, $4, as an interval. */
const HALF = "($4 * interval '0.5 millisecond')";

/**
 * What to do if Stripe has no transfer. The same key is sent again while it is young; in the second half of the grace
 * it is left alone, and for a whole lease however short the grace is set, so that no request of it can still be on
 * its way when its absence counts as proven; one that was spent on another request is not sent at all. After that the
 * payout gets a new key: nothing was made under the old one, or it answers for good with an error that proves nothing.
 */
const NEXT = `CASE
  WHEN a.error_code IS DISTINCT FROM '${SPENT_KEY}' AND a.started_at > now() - ${KEY_LIVES_FOR}
    AND (a.outcome = 'STARTED' OR a.started_at > now() - ${HALF}) THEN 'resend'
  WHEN a.sent_at <= now() - GREATEST(${HALF}, ${LEASE}) AND a.started_at <= now() - 2 * ${HALF} THEN 'renew'
  ELSE 'wait' END`;

/** Takes over what nobody holds any more: each open attempt goes to one worker. */
async function leaseExpired(deps: SubmitDeps, endedBy: string): Promise<OpenRequest[]> {
  const leaseMs = await sendingLeaseMs(deps);
  const deadline = performance.now() + leaseMs;
  const { rows } = await deps.pool.query<
    LeasedRequest['request'] & Pick<OpenRequest, 'attemptId' | 'number' | 'next'>
  >({
    name: 'lease-expired',
    // MATERIALIZED: taken once, whatever the plan, so that never more than the limit are leased.
    text: `WITH ended AS MATERIALIZED (
        SELECT o.id FROM payout_attempts o JOIN payouts p ON p.id = o.payout_id AND p.status = 'PROCESSING'
        WHERE o.finished_at IS NULL AND o.lease_until < $3::timestamp
        ORDER BY o.lease_until LIMIT $1 FOR UPDATE OF o SKIP LOCKED)
      UPDATE payout_attempts a
      SET lease_until = now() + $2 * interval '1 millisecond'
      FROM ended WHERE a.id = ended.id
      RETURNING a.id AS "attemptId", a.payout_id AS "payoutId", a.idempotency_key AS "idempotencyKey",
        a.amount_cents AS "amountCents", a.currency, a.destination, a.number, ${NEXT} AS next`,
    values: [deps.concurrency, leaseMs, endedBy, deps.unknownGraceMs],
  });
  return rows.map(({ attemptId, number, next, ...request }) => ({
    attemptId,
    number,
    next,
    request,
    deadline,
  }));
}

// Finds out what became of attempts whose lease ended without an answer: the worker died, or Stripe's answer never
// came. Stripe is asked first; only if it has no transfer is the request sent again, under the same key.
import type { Queryable } from '../db/connect.js';
import { SYSTEM } from './apply.js';
import type { LeasedRequest } from './claim.js';
import { reservePace } from './pace.js';
import type { TransferFact } from './ports.js';
import { settleTransfer } from './settle.js';
import { leaseMsOf, type SubmitDeps, sendAll, sleep } from './submit.js';

/** Stripe keeps a key for at least 24 hours; after that the same key would make a second transfer. */
const KEY_LIVES_FOR = "interval '23 hours'";

interface OpenRequest extends LeasedRequest {
  /** The key is young enough to be sent again. */
  resendable: boolean;
}

/** Looks once at each attempt whose lease has ended by now. @returns how many they were */
export async function resolveOpenAttempts(deps: SubmitDeps, signal: AbortSignal): Promise<number> {
  const endedBy = await databaseTime(deps.pool);
  let total = 0;
  while (!signal.aborted) {
    const open = await leaseExpired(deps, endedBy);
    if (open.length === 0) break;
    total += open.length;
    const waits = await reservePace(deps.pool, 'transfers.list', deps.maxRps, open.length);
    await Promise.all(open.map((one, i) => resolveLogged(deps, one, waits[i] ?? 0)));
  }
  return total;
}

async function databaseTime(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ now: string }>('SELECT now()::timestamp::text AS now');
  return rows[0]?.now ?? '';
}

async function resolveLogged(deps: SubmitDeps, one: OpenRequest, waitMs: number): Promise<void> {
  try {
    await sleep(waitMs);
    await resolveOne(deps, one);
  } catch (error) {
    deps.log.warn(
      { err: error, payoutId: one.request.payoutId },
      'outcome still unknown; asking again later',
    );
  }
}

async function resolveOne(deps: SubmitDeps, one: OpenRequest): Promise<void> {
  const { payoutId } = one.request;
  const transfers = await deps.transfers.findByPayout(payoutId);
  const live = transfers.find(isLive);
  if (live) {
    const settled = await settleTransfer(deps.pool, payoutId, live, SYSTEM);
    if (settled.kind === 'mismatch') deps.log.error({ payoutId, why: settled.why }, 'unexpected transfer');
    deps.signals.changed();
    return;
  }
  // A transfer that was reversed is no absence: under the same key Stripe would tell us of it once more as if it lived.
  if (one.resendable && transfers.length === 0) await sendAll(deps, [one]);
}

const isLive = (transfer: TransferFact) => transfer.amountReversedCents < transfer.amountCents;

/** Takes over what nobody holds any more: each open attempt goes to one worker. */
async function leaseExpired(deps: SubmitDeps, endedBy: string): Promise<OpenRequest[]> {
  const leaseMs = leaseMsOf(deps);
  const deadline = performance.now() + leaseMs;
  const { rows } = await deps.pool.query<
    LeasedRequest['request'] & { attemptId: string; resendable: boolean }
  >({
    name: 'lease-expired',
    // MATERIALIZED: taken once, whatever the plan, so that never more than the limit are leased.
    text: `WITH ended AS MATERIALIZED (
        SELECT o.id FROM payout_attempts o JOIN payouts p ON p.id = o.payout_id AND p.status = 'PROCESSING'
        WHERE o.finished_at IS NULL AND o.lease_until < $3::timestamp
        ORDER BY o.lease_until LIMIT $1 FOR UPDATE OF o SKIP LOCKED)
      UPDATE payout_attempts a
      SET lease_until = now() + $2 * interval '1 millisecond', sends = a.sends + 1
      FROM ended WHERE a.id = ended.id
      RETURNING a.id AS "attemptId", a.payout_id AS "payoutId", a.idempotency_key AS "idempotencyKey",
        a.amount_cents AS "amountCents", a.currency, a.destination,
        a.started_at > now() - ${KEY_LIVES_FOR} AS resendable`,
    values: [deps.concurrency, leaseMs, endedBy],
  });
  return rows.map(({ attemptId, resendable, ...request }) => ({ attemptId, resendable, request, deadline }));
}

// Sends a leased request to Stripe and does what the answer says. Nothing here decides by itself that a payout failed:
// only Stripe's definite word does.
import type { Queryable } from '../../db/connect.js';
import { checkpoint } from '../../observability/checkpoints.js';
import { inSpan, type Span } from '../../observability/tracing.js';
import { SYSTEM } from '../actor.js';
import { paceQueueMs, reservePace, sleep } from '../pace.js';
import type { TransferAnswer } from '../ports.js';
import { NOT_PAUSED, pauseForConfiguration } from '../processing.js';
import { settleTransfer } from '../settle.js';
import { inTraces, spanOfClaim, timeOfClaim } from '../trace.js';
import {
  type ClaimCause,
  type ClaimDeps,
  type ClaimedRequest,
  claimPayouts,
  type LeasedRequest,
} from './claim.js';
import { alertUnexpected, type FindDeps, settleFound } from './found.js';
import { refuseTransfer } from './refuse.js';
import type { RetryPolicy } from './retries.js';

export interface SubmitDeps extends FindDeps {
  retries: RetryPolicy;
  limits: ClaimDeps['limits'];
  /** Milliseconds that Stripe may take to answer. */
  stripeTimeoutMs: number;
  /** Requests under way at once in this process. */
  concurrency: number;
  /** Milliseconds until an attempt whose outcome is unknown, or that Stripe did not start on, is taken up again. */
  resolveAfterMs: number;
  /** Milliseconds that an outcome may stay unknown before its absence at Stripe counts as proven. */
  unknownGraceMs: number;
}

/** Stripe's code where the key was used for another request before: it will never make this one. */
export const SPENT_KEY = 'idempotency_error';

/** Sends all that waits, in batches, until nothing does or `signal` says stop. @returns how many were taken up */
export async function processDue(deps: SubmitDeps, cause: ClaimCause, signal: AbortSignal): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const leaseMs = await sendingLeaseMs(deps);
    const began = timeOfClaim();
    const claimed = await claimPayouts(deps, cause, deps.concurrency, leaseMs);
    if (claimed.length === 0) break;
    const leased = await inTraces(deps.pool, claimed);
    spanOfClaim(leased, cause, began);
    total += leased.length;
    deps.signals.changed();
    await sendAll(deps, await withoutTransfer(deps, leased));
  }
  return total;
}

/**
 * Those that may be sent. Before any attempt but the first Stripe is asked whether a transfer is there after all: it
 * costs a request for each retry, and no mistake about an earlier attempt can pay twice.
 */
async function withoutTransfer(
  deps: SubmitDeps,
  leased: readonly ClaimedRequest[],
): Promise<LeasedRequest[]> {
  const looked = leased.map(async (one) => {
    if (!one.looksFirst) return one;
    const found = await inSpan('look for transfer', spanOf(one), () => settleFound(deps, one.request)).catch(
      (err: unknown) => {
        // Where Stripe does not answer, the sweep takes it up when the lease ends.
        deps.log.warn({ err, payoutId: one.request.payoutId }, 'not sent: Stripe does not say what is there');
      },
    );
    return found === 'absent' ? one : null;
  });
  return (await Promise.all(looked)).filter((one) => one !== null);
}

/** Long enough for a whole batch to wait its turn and for the slowest answer. */
export function leaseMsOf(deps: Pick<SubmitDeps, 'concurrency' | 'maxRps' | 'stripeTimeoutMs'>): number {
  return (deps.concurrency / deps.maxRps) * 1000 + 2 * deps.stripeTimeoutMs + 5_000;
}

/** The same, behind all that other workers have reserved. */
export async function sendingLeaseMs(deps: SubmitDeps): Promise<number> {
  const queues = ['transfers.list', 'transfers.create'].map((name) => paceQueueMs(deps.pool, name));
  const [list = 0, create = 0] = await Promise.all(queues);
  return leaseMsOf(deps) + list + create;
}

/** Sends each request when the shared pace allows it. One that goes wrong is logged and left to the sweep. */
export async function sendAll(deps: SubmitDeps, leased: readonly LeasedRequest[]): Promise<void> {
  const waits = await reservePace(deps.pool, 'transfers.create', deps.maxRps, leased.length);
  await Promise.all(
    leased.map(async (one, i) => {
      await sendInTurn(deps, one, waits[i] ?? 0).catch((error: unknown) => {
        deps.log.error({ err: error, payoutId: one.request.payoutId }, 'the transfer could not be recorded');
      });
    }),
  );
}

async function sendInTurn(deps: SubmitDeps, one: LeasedRequest, waitMs: number): Promise<void> {
  // Others came between the lease and the reservation: its turn is too late for this lease.
  if (performance.now() + waitMs + deps.stripeTimeoutMs > one.deadline) {
    return giveBack(deps.pool, one.attemptId);
  }
  await sleep(waitMs);
  await processTransfer(deps, one);
}

/** Sends one request and records what became of it. */
export function processTransfer(deps: SubmitDeps, leased: LeasedRequest): Promise<void> {
  return inSpan('submit payout', spanOf(leased), (span) => processInside(deps, leased, span));
}

/** In its payout's trace, whatever job it is sent by. */
const spanOf = ({ traceParent: parent, number, request: { payoutId } }: LeasedRequest) => ({
  parent,
  attributes: { 'payout.id': payoutId, 'payout.attempt': number },
});

async function processInside(deps: SubmitDeps, leased: LeasedRequest, span: Span): Promise<void> {
  if (!(await mayStillSend(deps, leased))) return;
  checkpoint('send.before_request');
  const answer = await deps.transfers.create(leased.request);
  checkpoint('send.after_request');
  span.setAttribute('payout.answer', answer.kind);
  await recordAnswer(deps, leased, answer);
}

/**
 * Looked at last of all. A worker that was stopped for longer than its lease must not send: another one has the request
 * by now, or the payout has its transfer. Ours is the clock of this process, which stands still while its host does, and
 * the database's. While processing is paused nothing new leaves; what waits goes back at once.
 */
async function mayStillSend(deps: SubmitDeps, { attemptId, deadline }: LeasedRequest): Promise<boolean> {
  const { rows } = await deps.pool.query<{ paused: boolean }>({
    name: 'may-still-send',
    text: `SELECT NOT (${NOT_PAUSED}) AS paused FROM payout_attempts
      WHERE id = $1 AND finished_at IS NULL AND lease_until > now() + $2 * interval '1 millisecond'`,
    values: [attemptId, deps.stripeTimeoutMs],
  });
  if (rows[0]?.paused) await giveBack(deps.pool, attemptId);
  const inTime = performance.now() + deps.stripeTimeoutMs <= deadline;
  return inTime && rows[0]?.paused === false;
}

/** So that a worker may take it up as soon as processing is resumed, rather than when our lease ends. */
export async function giveBack(db: Queryable, attemptId: string): Promise<void> {
  await db.query('UPDATE payout_attempts SET lease_until = now() WHERE id = $1 AND finished_at IS NULL', [
    attemptId,
  ]);
}

/** Handles what Stripe answered; exhaustive, so that a new kind of answer cannot be forgotten. */
export async function recordAnswer(
  deps: SubmitDeps,
  leased: LeasedRequest,
  answer: TransferAnswer,
): Promise<void> {
  const { payoutId } = leased.request;
  switch (answer.kind) {
    case 'succeeded': {
      const settled = await settleTransfer(deps.pool, payoutId, answer.transfer, SYSTEM, answer.requestId);
      if (settled.kind === 'mismatch') {
        await alertUnexpected(deps, payoutId, answer.transfer.id, settled.why);
      }
      break;
    }
    case 'refused': {
      const applied = await refuseTransfer(
        deps.pool,
        payoutId,
        leased.attemptId,
        answer,
        deps.retries,
        SYSTEM,
      );
      if (applied) tellRefused(deps, payoutId, answer.code, applied.payout.nextAttemptAt);
      break;
    }
    case 'unknown':
      await postpone(deps.pool, leased, { outcome: 'UNKNOWN', ...answer, forMs: deps.resolveAfterMs });
      break;
    case 'not_executed':
      await postpone(deps.pool, leased, { ...answer, forMs: deps.resolveAfterMs });
      break;
    case 'misconfigured':
      deps.log.error({ payoutId, code: answer.code }, 'Stripe refuses our configuration');
      await pauseForConfiguration(deps.pool, answer);
      await postpone(deps.pool, leased, {
        ...answer,
        // Something else was asked under this key before, and nobody knows what became of that.
        ...(answer.code === SPENT_KEY && { outcome: 'UNKNOWN' }),
        // Nothing is sent until processing is resumed, and then at once.
        forMs: 0,
      });
      break;
    default:
      answer satisfies never;
  }
  deps.signals.changed();
}

/** An operator looks for these when many fail; what it means for the payout stands in its row. */
function tellRefused({ log }: SubmitDeps, payoutId: string, code: string, nextAttemptAt: Date | null): void {
  log.info({ payoutId, code, nextAttemptAt }, 'payout refused');
}

interface Postponed {
  outcome?: 'UNKNOWN';
  code?: string;
  message: string;
  /** Milliseconds until the sweep takes it up. */
  forMs: number;
}

/** Stays PROCESSING under the same key. */
async function postpone(db: Queryable, { attemptId }: LeasedRequest, postponed: Postponed): Promise<void> {
  const { outcome = null, code = null, message, forMs } = postponed;
  // Once unknown, always unknown until it is resolved: a later "not executed" says nothing of the earlier sending.
  await db.query(
    `UPDATE payout_attempts SET outcome = COALESCE($2::"AttemptOutcome", outcome), error_message = $3,
       error_code = CASE WHEN error_code = '${SPENT_KEY}' THEN error_code ELSE $5 END,
       lease_until = now() + $4 * interval '1 millisecond'
     WHERE id = $1 AND finished_at IS NULL`,
    [attemptId, outcome, message, forMs, code],
  );
  checkpoint('postpone.after_commit');
}

// What admins decide about a payout before its money leaves: hold and release it, approve a large one, reject it. Each
// decision is one transaction with its audit row and its event; made again it changes nothing.
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import { checkpoint } from '../../observability/checkpoints.js';
import type { Actor } from '../actor.js';
import { applyTransition } from '../apply.js';
import {
  ApproverIsRequesterError,
  CreatorNotReadyError,
  InvalidTransitionError,
  NotFoundError,
} from '../errors.js';
import { REJECTED } from '../explain.js';
import { findPayoutRow } from '../find.js';
import type { Signals } from '../ports.js';
import { requiredReason } from '../reason.js';
import type { PayoutRow } from '../row.js';
import {
  type ApprovalOf,
  checkCompared,
  checkDecision,
  checkLost,
  checkSeen,
  checkUnsent,
  type Decision,
  MAY_BE_PAID,
  type Standing,
} from './checks.js';
import { DECISION_SQL, REQUESTER_SQL, STANDING_SQL } from './decide-sql.js';
import { awaitsTransfer } from './untold.js';

export interface ControlDeps {
  pool: pg.Pool;
  signals: Signals;
}

/**
 * It is not sent by any path until it is released. Holding it again changes the reason.
 * @throws InvalidInputError, NotFoundError, InvalidTransitionError when its request is under way, or it has ended
 */
export function holdPayout(deps: ControlDeps, decision: Decision, actor: Actor): Promise<PayoutRow> {
  return decide(deps, decision, async (db, standing, reason) => {
    checkDecision('held', standing);
    if (standing.control === 'HELD' && standing.controlReason === reason) return null;
    return record(db, 'held', decision.payoutId, reason, actor);
  });
}

/**
 * It goes on from where it was held.
 * @throws InvalidInputError, NotFoundError, InvalidTransitionError when it is not held and never was released
 */
export function releasePayout(deps: ControlDeps, decision: Decision, actor: Actor): Promise<PayoutRow> {
  return decide(deps, decision, async (db, standing, reason) => {
    if (standing.control === 'HELD') return record(db, 'released', decision.payoutId, reason, actor);
    if (await wasReleased(db, decision.payoutId)) return null;
    throw new InvalidTransitionError(standing.status, 'The payout is not held: there is nothing to release.');
  });
}

/**
 * Lets a payout be sent that is above the limit: this amount, to the account that the creator has now. A change of
 * either voids the approval. Where it is said what the admin saw, nothing else is approved.
 * @throws InvalidInputError, also when it is not what the admin saw any more, NotFoundError, ApproverIsRequesterError, CreatorNotReadyError where there is no account,
 * InvalidTransitionError when it needs no approval, or has ended
 */
export function approvePayout(deps: ControlDeps, decision: ApprovalOf, actor: Actor): Promise<PayoutRow> {
  return decide(deps, decision, async (db, standing, reason) => {
    checkDecision('approved', standing);
    if (!standing.needsApproval) {
      throw new InvalidTransitionError(
        standing.status,
        'The payout needs no approval: it is not above the limit.',
      );
    }
    if (await isRequester(db, decision.payoutId, actor)) throw new ApproverIsRequesterError();
    if (standing.account === null) throw new CreatorNotReadyError();
    checkSeen(decision, standing);
    if (standing.isApproved) return null;
    return record(db, 'approved', decision.payoutId, reason, actor, [standing.account]);
  });
}

/**
 * The payout ends, unsent: FAILED, and never tried again, by itself or by an admin. What it had of its statement is free.
 * @throws InvalidInputError, NotFoundError, InvalidTransitionError when its request is under way, or was given up without
 * an answer and could still arrive; when Stripe tells of a transfer of it that nobody has settled yet, or was not asked since a
 * restore; or it has ended
 */
export function rejectPayout(deps: ControlDeps, decision: Decision, actor: Actor): Promise<PayoutRow> {
  return decide(deps, decision, async (db, standing, reason) => {
    if (standing.control === 'REJECTED') return null;
    checkUnsent(standing);
    if (await awaitsTransfer(db, decision.payoutId))
      throw new InvalidTransitionError(standing.status, MAY_BE_PAID);
    checkLost(standing);
    checkCompared(standing);
    const change = {
      payoutId: decision.payoutId,
      from: standing.status,
      reason,
      control: 'REJECTED' as const,
    };
    const [applied] = await applyTransition(
      db,
      'rejected',
      [{ ...change, failure: { code: REJECTED, reason } }],
      actor,
    );
    return applied?.payout ?? null;
  });
}

type AdminsDecision = keyof typeof DECISION_SQL;

/** @param work what it changes, under the payout's lock; null: nothing, since it was decided so before */
async function decide(
  deps: ControlDeps,
  { payoutId, reason }: Decision,
  work: (db: Queryable, standing: Standing, reason: string) => Promise<PayoutRow | null>,
): Promise<PayoutRow> {
  const why = requiredReason(reason);
  const { payout, changed } = await inTransaction(deps.pool, async (db) => {
    const decided = await work(db, await standingOf(db, payoutId), why);
    if (decided) checkpoint('control.before_commit');
    return { payout: decided ?? (await findPayoutRow(db, payoutId)), changed: decided !== null };
  });
  if (changed) {
    checkpoint('control.after_commit');
    announce(deps.signals);
  }
  return payout;
}

/** Whatever it waited for may be over. */
function announce(signals: Signals): void {
  signals.changed();
  signals.due();
  signals.retriesDue();
  signals.outcomesDue();
}

async function standingOf(db: Queryable, payoutId: string): Promise<Standing> {
  const { rows } = await db.query<Standing>(STANDING_SQL, [payoutId]);
  if (!rows[0]) throw new NotFoundError('payout');
  return rows[0];
}

async function record(
  db: Queryable,
  on: AdminsDecision,
  payoutId: string,
  reason: string,
  actor: Actor,
  boundTo: readonly string[] = [],
): Promise<PayoutRow> {
  const values = [payoutId, on, actor.name, actor.requestId ?? null, reason, ...boundTo];
  const { rows } = await db.query<PayoutRow>(DECISION_SQL[on], values);
  if (!rows[0]) throw new Error(`payout ${payoutId} was not ${on}`);
  return rows[0];
}

async function wasReleased(db: Queryable, payoutId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT 1 FROM audit_events WHERE payout_id = $1 AND action = 'released' LIMIT 1`,
    [payoutId],
  );
  return rowCount === 1;
}

async function isRequester(db: Queryable, payoutId: string, actor: Actor): Promise<boolean> {
  const { rowCount } = await db.query(REQUESTER_SQL, [payoutId, actor.name]);
  return rowCount === 1;
}

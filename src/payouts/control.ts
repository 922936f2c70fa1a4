// What admins decide about a payout before its money leaves: hold and release it, approve a large one, reject it. Each
// decision is one transaction with its audit row and its event; made again it changes nothing.
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import type { PayoutControl, PayoutStatus } from '../generated/prisma/enums.js';
import { checkpoint } from '../observability/checkpoints.js';
import type { Actor } from './actor.js';
import { applyTransition } from './apply.js';
import { DECISION_SQL, REQUESTER_SQL, STANDING_SQL } from './control-sql.js';
import {
  ApproverIsRequesterError,
  CreatorNotReadyError,
  InvalidInputError,
  InvalidTransitionError,
  NotFoundError,
} from './errors.js';
import { REJECTED } from './explain.js';
import { findPayoutRow } from './find.js';
import { formatCents } from './money.js';
import type { Signals } from './ports.js';
import { requiredReason } from './reason.js';
import type { PayoutRow } from './row.js';
import { canDecide } from './transitions.js';
import { awaitsTransfer } from './untold.js';

export interface ControlDeps {
  pool: pg.Pool;
  signals: Signals;
}

export interface Decision {
  payoutId: string;
  /** Why, in the admin's words: 1 to 1000 characters. Creators never read it. */
  reason: string;
}

/** What the admin saw; absent: not looked at. */
export interface ApprovalOf extends Decision {
  /** Cents of the payout's currency. */
  expectedAmountCents?: number | null | undefined;
  /** The creator's account at Stripe. */
  expectedDestination?: string | null | undefined;
}

interface Standing {
  status: PayoutStatus;
  control: PayoutControl | null;
  controlReason: string | null;
  amountCents: number;
  waitsForRetry: boolean;
  needsApproval: boolean;
  isApproved: boolean;
  currency: string;
  /** The creator's at Stripe, as it is now. */
  account: string | null;
  /** Until then a request that was given up without an answer could still make its transfer; null: none could. */
  mayArriveUntil: Date | null;
  /** It stood in this backup, and may have been paid after it for all that we know; null: it was not. */
  uncomparedBackup: Date | null;
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

function checkDecision(on: AdminsDecision, { status, control }: Standing): void {
  if (control !== 'REJECTED' && canDecide(on, status)) return;
  throw new InvalidTransitionError(status, whyNot(status, control));
}

const MAY_BE_PAID =
  'Stripe tells of a transfer of this payout, which an earlier request may have made. A worker looks at it before it sends ' +
  'anything: let the payout go on, or hold it and compare both by hand.';

/** Between the look and the click somebody may have changed it: what nobody has seen is not approved. */
function checkSeen(seen: ApprovalOf, { amountCents, currency, account }: Standing): void {
  const { expectedAmountCents = null, expectedDestination = null } = seen;
  const again = 'Look at the payout again before you approve it.';
  if (expectedAmountCents !== null && expectedAmountCents !== amountCents) {
    const [now, then] = [amountCents, expectedAmountCents].map((cents) => formatCents(cents, currency));
    throw new InvalidInputError(['expectedAmountCents'], `it is ${now} now, not ${then}. ${again}`);
  }
  if (expectedDestination !== null && expectedDestination !== account) {
    const message = `the creator has another Stripe account by now. ${again}`;
    throw new InvalidInputError(['expectedDestination'], message);
  }
}

/** A rejection frees the statement: no transfer may turn up beside it. */
function checkLost({ status, mayArriveUntil }: Standing): void {
  if (mayArriveUntil === null) return;
  throw new InvalidTransitionError(
    status,
    'An earlier request of this payout was given up without an answer, and could still make its transfer: hold the payout, ' +
      `so that nothing else is sent, and reject it after ${mayArriveUntil.toISOString()}.`,
  );
}

/** The transfer that a restored database has forgotten would live beside the rejection. */
function checkCompared({ status, uncomparedBackup }: Standing): void {
  if (uncomparedBackup === null) return;
  const at = uncomparedBackup.toISOString();
  throw new InvalidTransitionError(
    status,
    `The database was restored, and this payout may have been paid after the backup of ${at}: hold it, reconcile with Stripe ` +
      'from before that time, and reject it then.',
  );
}

/** What may still be sent: it was not, or it waits for its next attempt. */
function checkUnsent({ status, control, waitsForRetry }: Standing): void {
  if (status === 'PENDING' || (status === 'FAILED' && waitsForRetry)) return;
  throw new InvalidTransitionError(status, whyNot(status, control));
}

function whyNot(status: PayoutStatus, control: Standing['control']): string {
  if (control === 'REJECTED') return 'The payout was rejected: it has ended.';
  if (status === 'PROCESSING') {
    return 'The payout is being sent, and the transfer may be made already: it cannot be kept back. Wait for its outcome.';
  }
  return status === 'COMPLETED'
    ? 'The payout is paid: there is nothing left to decide.'
    : 'The payout has failed and is not tried again: there is nothing left to decide.';
}

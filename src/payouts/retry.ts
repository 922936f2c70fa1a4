// An admin asks for one more attempt of a payout that failed.
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import type { Actor } from './actor.js';
import { applyTransition } from './apply.js';
import { InvalidTransitionError, StatementOverdrawnError } from './errors.js';
import { findPayoutRow } from './find.js';
import type { Signals } from './ports.js';
import type { PayoutRow } from './row.js';
import { lockStatement } from './statement.js';

export interface RetryDeps {
  pool: pg.Pool;
  signals: Signals;
}

/**
 * FAILED → PENDING: it is sent again as soon as a worker is free, under a new key.
 * @throws NotFoundError, InvalidTransitionError when it has not failed, StatementOverdrawnError when its statement was
 * paid otherwise in the meantime
 */
export async function retryPayout(deps: RetryDeps, payoutId: string, actor: Actor): Promise<PayoutRow> {
  const retried = await inTransaction(deps.pool, (db) => retryInside(db, payoutId, actor));
  checkpoint('retry.after_commit');
  deps.signals.changed();
  deps.signals.due();
  return retried;
}

async function retryInside(db: Queryable, payoutId: string, actor: Actor): Promise<PayoutRow> {
  const payout = await findPayoutRow(db, payoutId);
  await checkStatement(db, payout);
  const change = { payoutId, from: 'FAILED' as const, startsRetry: true };
  const [applied] = await applyTransition(db, 'retry_requested', [change], actor);
  checkpoint('retry.before_commit');
  if (applied) return applied.payout;
  const { status } = await findPayoutRow(db, payoutId);
  throw new InvalidTransitionError(status, `Only a failed payout can be retried; this one is ${status}.`);
}

/** A payout that failed for good gave its part of the statement back; it needs it again. */
async function checkStatement(db: Queryable, payout: PayoutRow): Promise<void> {
  if (!payout.royaltyStatementId) return;
  const statement = await lockStatement(db, payout.royaltyStatementId);
  const { status, nextAttemptAt } = await findPayoutRow(db, payout.id);
  const holdsItsPart = status !== 'FAILED' || nextAttemptAt !== null;
  if (!statement || holdsItsPart) return;
  if (statement.availableCents < payout.amountCents) {
    throw new StatementOverdrawnError(statement.availableCents, payout.currency);
  }
}

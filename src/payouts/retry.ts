// An admin asks for one more attempt of payouts that failed: one, or many at once.
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import { inSpan } from '../observability/tracing.js';
import type { Actor } from './actor.js';
import { type Applied, applyTransition } from './apply.js';
import {
  InvalidTransitionError,
  NotFoundError,
  type PayoutError,
  StatementOverdrawnError,
} from './errors.js';
import type { AmountLimits } from './money.js';
import type { Signals } from './ports.js';
import { PAYOUT_COLUMNS, type PayoutRow } from './row.js';
import { type LockedStatement, lockStatements } from './statement.js';
import { beginNewTraces } from './trace.js';
import { checkRowCount, invalid, isGood, orError } from './upsert/rows.js';

export interface RetryDeps {
  pool: pg.Pool;
  limits: Pick<AmountLimits, 'approvalAboveCents'>;
  signals: Signals;
}

/**
 * FAILED → PENDING: it is sent again as soon as a worker is free, under a new key. Above the limit of now it waits for an
 * approval first, unless it has one that was not used up by a payment.
 * @throws NotFoundError, InvalidTransitionError when it has not failed, is held or was rejected, StatementOverdrawnError
 * when its statement was paid otherwise in the meantime
 */
export async function retryPayout(deps: RetryDeps, payoutId: string, actor: Actor): Promise<PayoutRow> {
  const [retried] = await retryPayouts(deps, [payoutId], actor);
  if (!retried || !isGood(retried)) throw retried ?? new NotFoundError('payout');
  return retried;
}

/**
 * The same for each of them, in one transaction: a result for each, in their order. One that cannot be retried has its
 * error for a result and keeps none of the others from it.
 * @throws InvalidInputError for none at all, or too many
 */
export async function retryPayouts(
  deps: RetryDeps,
  payoutIds: readonly string[],
  actor: Actor,
): Promise<(PayoutRow | PayoutError)[]> {
  checkRowCount('payoutIds', payoutIds);
  const results = await inSpan('retry payouts', { attributes: { 'payout.count': payoutIds.length } }, () =>
    inTransaction(deps.pool, (db) => retryInside(db, deps, payoutIds, actor)),
  );
  checkpoint('retry.after_commit');
  if (results.some(isGood)) {
    deps.signals.changed();
    deps.signals.due();
  }
  return results;
}

async function retryInside(
  db: Queryable,
  { limits: { approvalAboveCents } }: RetryDeps,
  payoutIds: readonly string[],
  actor: Actor,
): Promise<(PayoutRow | PayoutError)[]> {
  const statements = await lockStatements(db, await statementsOf(db, payoutIds));
  const plan = planRetries(payoutIds, await lockPayouts(db, payoutIds), statements);
  const changes = plan
    .filter(isGood)
    .map(({ id }) => ({ payoutId: id, from: 'FAILED' as const, startsRetry: true, approvalAboveCents }));
  const applied = await applyTransition(db, 'retry_requested', changes, actor);
  await beginNewTraces(db, payoutsOf(applied));
  checkpoint('retry.before_commit');
  const retried = new Map(payoutsOf(applied).map((payout) => [payout.id, payout]));
  return plan.map((one) => (isGood(one) ? (retried.get(one.id) ?? movedOn(one)) : one));
}

const payoutsOf = (applied: readonly Applied[]) => applied.map(({ payout }) => payout);

/** Held by nobody else, and yet it has not changed: a fault of ours. */
function movedOn({ id }: PayoutRow): never {
  throw new Error(`payout ${id} was not retried`);
}

/** Statements before payouts, as everybody locks them. */
async function statementsOf(db: Queryable, payoutIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT DISTINCT royalty_statement_id AS id FROM payouts
     WHERE id = ANY($1::text[]) AND royalty_statement_id IS NOT NULL`,
    [payoutIds],
  );
  return rows.map(({ id }) => id);
}

async function lockPayouts(db: Queryable, ids: readonly string[]): Promise<Map<string, PayoutRow>> {
  const { rows } = await db.query<PayoutRow>(
    `SELECT ${PAYOUT_COLUMNS} FROM payouts WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** In the order of the ids: what one of them takes of a statement the next one has not. */
function planRetries(
  payoutIds: readonly string[],
  payouts: ReadonlyMap<string, PayoutRow>,
  statements: ReadonlyMap<string, LockedStatement>,
): (PayoutRow | PayoutError)[] {
  const left = new Map([...statements].map(([id, { availableCents }]) => [id, availableCents]));
  const first = new Map<string, number>();
  return payoutIds.map((id, i) =>
    orError(() => {
      const before = first.get(id);
      if (before !== undefined) throw invalid(['payoutIds'], String(i), `stands in row ${before} already`);
      first.set(id, i);
      const payout = payouts.get(id);
      if (!payout) throw new NotFoundError('payout');
      checkStanding(payout);
      takeBack(left, payout, statements);
      return payout;
    }),
  );
}

/** @throws InvalidTransitionError when it has not failed, is held or was rejected */
export function checkStanding({ status, control }: PayoutRow): void {
  if (control === 'REJECTED') {
    throw new InvalidTransitionError(status, 'The payout was rejected: create a new one if it is owed.');
  }
  if (status !== 'FAILED') {
    throw new InvalidTransitionError(status, `Only a failed payout can be retried; this one is ${status}.`);
  }
  if (control === 'HELD') {
    throw new InvalidTransitionError(status, 'The payout is held: release it, then retry it.');
  }
}

/** A payout that failed for good gave its part of the statement back; it needs it again, unless it has kept it. */
function takeBack(
  left: Map<string, number>,
  payout: PayoutRow,
  statements: ReadonlyMap<string, LockedStatement>,
): void {
  const { id, royaltyStatementId, nextAttemptAt, amountCents, currency } = payout;
  const available = royaltyStatementId === null ? undefined : left.get(royaltyStatementId);
  if (royaltyStatementId === null || available === undefined || nextAttemptAt !== null) return;
  const keepsItsPart = statements.get(royaltyStatementId)?.keepTheirPart.includes(id);
  const neededCents = keepsItsPart ? 0 : amountCents;
  if (available < neededCents) throw new StatementOverdrawnError(Math.max(0, available), currency);
  left.set(royaltyStatementId, available - neededCents);
}

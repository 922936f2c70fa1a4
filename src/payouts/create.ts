// Creates a payout: checks it, and writes it PENDING with its audit row, its event and the client's key in one
// transaction. Paying it is a worker's business.
import cuid from '@bugsnag/cuid';
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import { inSpan } from '../observability/tracing.js';
import type { Actor } from './actor.js';
import { insertPayouts } from './apply.js';
import {
  AmountAboveMaximumError,
  AmountBelowMinimumError,
  CreatorNotReadyError,
  InvalidInputError,
  NotFoundError,
  StatementOverdrawnError,
} from './errors.js';
import { findPayoutRow } from './find.js';
import { keepResult, takeKey } from './idempotency.js';
import type { AmountLimits } from './money.js';
import type { Signals } from './ports.js';
import type { PayoutRow } from './row.js';
import { type LockedStatement, lockStatement } from './statement.js';

export interface CreateDeps {
  pool: pg.Pool;
  limits: AmountLimits;
  signals: Signals;
}

export interface CreatePayoutInput {
  creatorId: string;
  amountCents: number;
  /** The statement that it is paid from; absent: a payment beside the statements. */
  royaltyStatementId?: string | null;
  idempotencyKey: string;
}

export interface CreatedPayout {
  payout: PayoutRow;
  /** The key was used before: this is the payout that it made then. */
  replayed: boolean;
}

/**
 * @throws InvalidInputError, NotFoundError, AmountBelowMinimumError, AmountAboveMaximumError, CreatorNotReadyError,
 * StatementOverdrawnError, IdempotencyConflictError; none of them uses up the key
 */
export async function createPayout(
  deps: CreateDeps,
  input: CreatePayoutInput,
  actor: Actor,
): Promise<CreatedPayout> {
  const created = await inSpan('create payout', {}, async (span) => {
    const made = await inTransaction(deps.pool, (db) => createInside(db, deps.limits, input, actor));
    span.setAttributes({ 'payout.id': made.payout.id, 'payout.replayed': made.replayed });
    return made;
  });
  checkpoint('create.after_commit');
  if (!created.replayed) announce(deps.signals);
  return created;
}

function announce(signals: Signals): void {
  signals.changed();
  signals.due();
}

async function createInside(
  db: Queryable,
  limits: AmountLimits,
  input: CreatePayoutInput,
  actor: Actor,
): Promise<CreatedPayout> {
  const { idempotencyKey, ...request } = { ...input, royaltyStatementId: input.royaltyStatementId ?? null };
  const keyed = { key: idempotencyKey, operation: 'createPayout', actor: actor.name, request };
  const before = await takeKey<{ payoutId: string }>(db, keyed);
  if (before) return { payout: await findPayoutRow(db, before.payoutId), replayed: true };
  checkAmount(input.amountCents, limits);
  await checkCreator(db, input.creatorId);
  if (request.royaltyStatementId !== null)
    checkSpends(await lockStatement(db, request.royaltyStatementId), input, limits.currency);
  const payout = await insertOne(db, { ...request, ...limitsOf(limits) }, actor);
  await keepResult(db, idempotencyKey, { payoutId: payout.id });
  checkpoint('create.before_commit');
  return { payout, replayed: false };
}

/** What a new payout takes from the settings. */
export const limitsOf = ({ currency, approvalAboveCents }: AmountLimits) => ({
  currency,
  approvalAboveCents,
});

async function insertOne(
  db: Queryable,
  payout: Omit<Parameters<typeof insertPayouts>[1][number], 'id'>,
  actor: Actor,
): Promise<PayoutRow> {
  const [row] = await insertPayouts(db, [{ id: cuid(), ...payout }], actor);
  if (!row) throw new Error('the new payout was not returned');
  return row;
}

/** @throws InvalidInputError, AmountBelowMinimumError, AmountAboveMaximumError */
export function checkAmount(amountCents: number, limits: AmountLimits, path: readonly string[] = []): void {
  if (!Number.isSafeInteger(amountCents)) {
    throw new InvalidInputError([...path, 'amountCents'], 'must be a whole number of cents');
  }
  if (amountCents < limits.minimumCents) {
    throw new AmountBelowMinimumError(limits.minimumCents, limits.currency);
  }
  if (amountCents > limits.maximumCents) {
    throw new AmountAboveMaximumError(limits.maximumCents, limits.currency);
  }
}

async function checkCreator(db: Queryable, creatorId: string): Promise<void> {
  const { rows } = await db.query<{ ready: boolean }>(
    `SELECT stripe_account_id IS NOT NULL AND transfers_enabled AS ready FROM creators WHERE id = $1`,
    [creatorId],
  );
  checkReady(rows[0]?.ready);
}

/** @param ready undefined: there is no such creator @throws NotFoundError, CreatorNotReadyError */
export function checkReady(ready: boolean | undefined): void {
  if (ready === undefined) throw new NotFoundError('creator');
  if (!ready) throw new CreatorNotReadyError();
}

/**
 * @param statement held; none: there is no such statement
 * @throws NotFoundError, InvalidInputError, StatementOverdrawnError
 */
export function checkSpends(
  statement: LockedStatement | null | undefined,
  { creatorId, amountCents }: Pick<CreatePayoutInput, 'creatorId' | 'amountCents'>,
  currency: string,
  path: readonly string[] = [],
): LockedStatement {
  if (statement?.creatorId !== creatorId) throw new NotFoundError('royalty statement of this creator');
  if (statement.currency !== currency) {
    throw new InvalidInputError([...path, 'royaltyStatementId'], `the statement is in ${statement.currency}`);
  }
  if (amountCents > statement.availableCents) {
    throw new StatementOverdrawnError(Math.max(0, statement.availableCents), currency);
  }
  return statement;
}

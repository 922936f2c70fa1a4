// A payout run: pays what is left of every payable statement of a period, all of it or nothing, and only if the total
// is still what the admin saw.
import cuid from '@bugsnag/cuid';
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { inSpan } from '../observability/tracing.js';
import type { Actor } from './actor.js';
import { insertPayouts, type NewPayout } from './apply.js';
import { type CreateDeps, limitsOf } from './create.js';
import { InvalidInputError, TotalChangedError } from './errors.js';
import { keepResult, takeKey } from './idempotency.js';
import type { AmountLimits } from './money.js';
import { SPENDS_STATEMENT } from './statement.js';

/** Statements that lie in the period as a whole; both days included, `YYYY-MM-DD`. */
export interface RunPeriod {
  periodStart: string;
  periodEnd: string;
}

export type ExclusionReason = 'CREATOR_NOT_READY' | 'BELOW_MINIMUM' | 'ABOVE_MAXIMUM' | 'ALREADY_PAID';

export interface RunPreview extends RunPeriod {
  payoutCount: number;
  totalCents: number;
  currency: string;
  /** Statements that the run would leave out, by the reason, with what is left of them. */
  excluded: { reason: ExclusionReason; statementCount: number; totalCents: number }[];
}

export interface CreateRunInput extends RunPeriod {
  /** The total of the preview: the run pays exactly that or refuses. */
  expectedTotalCents: number;
  idempotencyKey: string;
}

export interface CreatedRun {
  payoutCount: number;
  totalCents: number;
  replayed: boolean;
}

interface Candidate {
  statementId: string;
  creatorId: string;
  leftCents: number;
  excluded: ExclusionReason | null;
}

/** @throws InvalidInputError when the period ends before it begins */
export async function previewRun(
  deps: { pool: pg.Pool; limits: AmountLimits },
  period: RunPeriod,
): Promise<RunPreview> {
  checkPeriod(period);
  const candidates = await candidatesOf(deps.pool, period, deps.limits);
  const payable = candidates.filter((c) => c.excluded === null);
  return {
    ...period,
    payoutCount: payable.length,
    totalCents: sum(payable),
    currency: deps.limits.currency,
    excluded: countByReason(candidates),
  };
}

/** @throws InvalidInputError, TotalChangedError, IdempotencyConflictError; none of them uses up the key */
export async function createRun(deps: CreateDeps, input: CreateRunInput, actor: Actor): Promise<CreatedRun> {
  checkPeriod(input);
  const run = await inSpan('create payout run', {}, () =>
    inTransaction(deps.pool, (db) => createInside(db, deps.limits, input, actor)),
  );
  if (!run.replayed) {
    deps.signals.changed();
    deps.signals.due();
  }
  return run;
}

async function createInside(
  db: Queryable,
  limits: AmountLimits,
  input: CreateRunInput,
  actor: Actor,
): Promise<CreatedRun> {
  const { idempotencyKey, ...request } = input;
  const keyed = { key: idempotencyKey, operation: 'createPayoutRun', actor: actor.name, request };
  const before = await takeKey<Omit<CreatedRun, 'replayed'>>(db, keyed);
  if (before) return { ...before, replayed: true };
  const locked = await lockStatements(db, input);
  const payable = (await candidatesOf(db, input, limits)).filter(
    (c) => c.excluded === null && locked.has(c.statementId),
  );
  const totalCents = sum(payable);
  if (totalCents !== input.expectedTotalCents) throw new TotalChangedError(totalCents, limits.currency);
  await insertPayouts(
    db,
    payable.map((c) => newPayout(c, limits)),
    actor,
  );
  const result = { payoutCount: payable.length, totalCents };
  await keepResult(db, idempotencyKey, result);
  return { ...result, replayed: false };
}

function newPayout(candidate: Candidate, limits: AmountLimits): NewPayout {
  return {
    id: cuid(),
    creatorId: candidate.creatorId,
    royaltyStatementId: candidate.statementId,
    amountCents: candidate.leftCents,
    ...limitsOf(limits),
  };
}

const IN_PERIOD = 's.period_start >= $1::date AND s.period_end <= $2::date';

/**
 * In one order for everybody, so that two runs wait for each other and do not deadlock.
 * @returns the ids: only these may be spent; one that is imported meanwhile is nobody's yet
 */
async function lockStatements(db: Queryable, period: RunPeriod): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT s.id FROM royalty_statements s WHERE ${IN_PERIOD} ORDER BY s.id FOR UPDATE`,
    [period.periodStart, period.periodEnd],
  );
  return new Set(rows.map(({ id }) => id));
}

async function candidatesOf(db: Queryable, period: RunPeriod, limits: AmountLimits): Promise<Candidate[]> {
  const { rows } = await db.query<Candidate>(
    `SELECT id AS "statementId", creator_id AS "creatorId", left_cents AS "leftCents", CASE
        WHEN left_cents <= 0 AND amount_cents > 0 THEN 'ALREADY_PAID'
        WHEN left_cents < $3 THEN 'BELOW_MINIMUM'
        WHEN left_cents > $4 THEN 'ABOVE_MAXIMUM'
        WHEN NOT ready THEN 'CREATOR_NOT_READY'
      END AS excluded
     FROM (
       SELECT s.id, s.creator_id, s.amount_cents,
         c.stripe_account_id IS NOT NULL AND c.transfers_enabled AS ready,
         s.amount_cents - COALESCE((
           SELECT sum(p.amount_cents)::int FROM payouts p
           WHERE p.royalty_statement_id = s.id AND ${SPENDS_STATEMENT}), 0) AS left_cents
       FROM royalty_statements s JOIN creators c ON c.id = s.creator_id
       WHERE ${IN_PERIOD} AND s.currency = $5
       ORDER BY s.id) candidate`,
    [period.periodStart, period.periodEnd, limits.minimumCents, limits.maximumCents, limits.currency],
  );
  return rows;
}

function countByReason(candidates: readonly Candidate[]): RunPreview['excluded'] {
  const reasons = new Set(candidates.map((c) => c.excluded).filter((reason) => reason !== null));
  return [...reasons].sort().map((reason) => {
    const left = candidates.filter((c) => c.excluded === reason);
    return { reason, statementCount: left.length, totalCents: sum(left) };
  });
}

const sum = (candidates: readonly Candidate[]) => candidates.reduce((total, c) => total + c.leftCents, 0);

function checkPeriod({ periodStart, periodEnd }: RunPeriod): void {
  if (periodEnd < periodStart) throw new InvalidInputError(['periodEnd'], 'lies before periodStart');
}

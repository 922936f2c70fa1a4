// A payout run: pays what is left of every payable statement of a period, all of it or nothing, and only if that is
// still what the admin saw. It is one transaction; what becomes of its payouts is theirs.
import cuid from '@bugsnag/cuid';
import { recordAudit } from '../../db/audit.js';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import { checkpoint } from '../../observability/checkpoints.js';
import { inSpan } from '../../observability/tracing.js';
import { type Actor, askedBy } from '../actor.js';
import { insertPayouts, type NewPayout } from '../apply.js';
import { type CreateDeps, limitsOf } from '../create.js';
import { type RunTotals, TotalChangedError } from '../errors.js';
import { keepResult, takeKey } from '../idempotency.js';
import type { AmountLimits } from '../money.js';
import { optionalReason } from '../reason.js';
import { type Candidate, digestOf, IN_PERIOD, payableOf, type RunPeriod } from './candidates.js';
import { checkPeriod } from './preview.js';

export interface CreateRunInput extends RunPeriod {
  /** The total of the preview: the run pays exactly that or refuses. */
  expectedTotalCents: number;
  /** The count of the preview, where it is to be held to as well. */
  expectedPayoutCount?: number | null | undefined;
  /** The digest of the preview, where it is to be the same statements too, and the same of each. */
  expectedDigest?: string | null | undefined;
  /** Why, in the admin's words; at most 1000 characters. */
  reason?: string | null | undefined;
  idempotencyKey: string;
}

export interface CreatedRun extends RunTotals {
  /** Null: of a key that was used before runs were kept. */
  runId: string | null;
  replayed: boolean;
}

/** @throws InvalidInputError, TotalChangedError, IdempotencyConflictError; none of them uses up the key */
export async function createRun(deps: CreateDeps, input: CreateRunInput, actor: Actor): Promise<CreatedRun> {
  checkPeriod(input);
  const reason = optionalReason(input.reason);
  const by = { ...actor, ...(reason && { reason }) };
  const run = await inSpan('create payout run', {}, async (span) => {
    const made = await inTransaction(deps.pool, (db) => createInside(db, deps.limits, input, by));
    span.setAttributes({ 'run.payouts': made.payoutCount, 'run.replayed': made.replayed });
    return made;
  });
  checkpoint('run.after_commit');
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
  const keyed = {
    key: input.idempotencyKey,
    operation: 'createPayoutRun',
    actor: actor.name,
    request: requestOf(input),
  };
  const before = await takeKey<RunTotals & { runId?: string }>(db, keyed);
  if (before) return { runId: null, ...before, replayed: true };
  const locked = await lockStatements(db, input);
  const payable = (await payableOf(db, input, limits)).filter((c) => locked.has(c.statementId));
  const totals = { payoutCount: payable.length, totalCents: sum(payable) };
  checkTotals(totals, input, limits.currency);
  checkStatements(payable, totals, input, limits.currency);
  const runId = await insertRun(db, { ...input, ...totals, currency: limits.currency }, actor);
  await insertAll(db, payable, { runId, ...limitsOf(limits) }, actor);
  await keepResult(db, input.idempotencyKey, { runId, ...totals });
  checkpoint('run.before_commit');
  return { runId, ...totals, replayed: false };
}

/** What is not said is left out: the keys of those who never said it stay good. */
function requestOf({
  idempotencyKey: _,
  expectedPayoutCount,
  expectedDigest,
  reason,
  ...request
}: CreateRunInput) {
  return {
    ...request,
    ...(expectedPayoutCount != null && { expectedPayoutCount }),
    ...(expectedDigest != null && { expectedDigest }),
    ...(reason != null && { reason }),
  };
}

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

function checkTotals(totals: RunTotals, expected: CreateRunInput, currency: string): void {
  const { expectedTotalCents, expectedPayoutCount } = expected;
  if (
    totals.totalCents !== expectedTotalCents ||
    (expectedPayoutCount ?? totals.payoutCount) !== totals.payoutCount
  )
    throw new TotalChangedError(totals, currency);
}

/** The sum may be the same by chance: one statement is held meanwhile, and another one of as much was imported. */
function checkStatements(
  payable: readonly Candidate[],
  totals: RunTotals,
  { expectedDigest }: CreateRunInput,
  currency: string,
): void {
  if (expectedDigest == null || digestOf(payable) === expectedDigest) return;
  throw new TotalChangedError(totals, currency, 'statements');
}

type NewRun = RunPeriod & RunTotals & Pick<CreateRunInput, 'idempotencyKey'> & { currency: string };

async function insertRun(db: Queryable, run: NewRun, actor: Actor): Promise<string> {
  const { periodStart, periodEnd, currency, payoutCount, totalCents, idempotencyKey } = run;
  const id = cuid();
  await db.query(
    `INSERT INTO payout_runs (id, period_start, period_end, currency, payout_count, total_cents, requested_by, reason,
       idempotency_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      id,
      periodStart,
      periodEnd,
      currency,
      payoutCount,
      totalCents,
      actor.name,
      actor.reason ?? null,
      idempotencyKey,
    ],
  );
  await recordAudit(db, {
    chain: `run:${id}`,
    ...askedBy(actor),
    action: 'run_created',
    after: { runId: id, periodStart, periodEnd, currency, payoutCount, totalCents },
  });
  return id;
}

/** Payouts that one statement inserts: however many a run has, each statement of it is short. */
const AT_ONCE = 1_000;

async function insertAll(
  db: Queryable,
  payable: readonly Candidate[],
  common: Omit<NewPayout, 'id' | 'creatorId' | 'royaltyStatementId' | 'amountCents'>,
  actor: Actor,
): Promise<void> {
  const payouts = payable.map((one) => ({
    id: cuid(),
    creatorId: one.creatorId,
    royaltyStatementId: one.statementId,
    amountCents: one.leftCents,
    ...common,
  }));
  for (let i = 0; i < payouts.length; i += AT_ONCE)
    await insertPayouts(db, payouts.slice(i, i + AT_ONCE), actor);
}

const sum = (candidates: readonly Candidate[]) => candidates.reduce((total, c) => total + c.leftCents, 0);

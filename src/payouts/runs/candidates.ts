// The statements of a period as a run sees them: what is left of each, and why it is left out. One query says it for the
// preview's sums, for a page of the preview, and for the run itself, so that the three cannot differ.
import { createHash } from 'node:crypto';
import type { Queryable } from '../../db/connect.js';
import type { AmountLimits } from '../money.js';
import { MAY_BE_PAID_ALL_THE_SAME, SPENDS_STATEMENT } from '../statement.js';

/** Statements that lie in the period as a whole; both days included, `YYYY-MM-DD`. */
export interface RunPeriod {
  periodStart: string;
  periodEnd: string;
}

export const EXCLUSION_REASONS = [
  'ABOVE_MAXIMUM',
  'ALREADY_PAID',
  'BELOW_MINIMUM',
  'CREATOR_NOT_READY',
  'HELD',
  'REJECTED',
  'TAKEN_BACK',
] as const;

export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

export interface Candidate {
  statementId: string;
  creatorId: string;
  /** What no payout has of it, nor may still take; of one that is held also what its held payouts have. */
  leftCents: number;
  /** Null: the run pays what is left. */
  excluded: ExclusionReason | null;
}

/** Of a statement `s` of the period $1 to $2. */
export const IN_PERIOD = 's.period_start >= $1::date AND s.period_end <= $2::date';

/**
 * $1 and $2 the period, $3 and $4 the smallest and largest payout, $5 the currency. A hold is the admin's word about the
 * statement, not about a part of it, also where the payout that is held has failed and gave its part back. What an admin has
 * rejected, or somebody has taken back at Stripe, no run pays behind their back: `createPayout` does, or a retry.
 */
const CANDIDATES = `
SELECT id AS "statementId", creator_id AS "creatorId", GREATEST(left_cents, 0) + held_cents AS "leftCents", CASE
    WHEN held_cents > 0 THEN 'HELD'
    WHEN left_cents <= 0 AND amount_cents > 0 THEN 'ALREADY_PAID'
    WHEN held THEN 'HELD'
    WHEN undone IS NOT NULL THEN undone
    WHEN left_cents < $3::int THEN 'BELOW_MINIMUM'
    WHEN left_cents > $4::int THEN 'ABOVE_MAXIMUM'
    WHEN NOT ready THEN 'CREATOR_NOT_READY'
  END AS excluded
FROM (
  SELECT s.id, s.creator_id, s.amount_cents, s.amount_cents - taken.cents AS left_cents, taken.held_cents,
    taken.held, taken.undone, c.stripe_account_id IS NOT NULL AND c.transfers_enabled AS ready
  FROM royalty_statements s JOIN creators c ON c.id = s.creator_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(sum(p.amount_cents) FILTER (
        WHERE ${SPENDS_STATEMENT} OR ${MAY_BE_PAID_ALL_THE_SAME}), 0)::int AS cents,
      COALESCE(sum(p.amount_cents) FILTER (
        WHERE p.control = 'HELD' AND p.status <> 'COMPLETED' AND ${SPENDS_STATEMENT}), 0)::int AS held_cents,
      COALESCE(bool_or(p.control = 'HELD' AND p.status <> 'COMPLETED'), false) AS held,
      (array_agg(CASE WHEN p.control = 'REJECTED' THEN 'REJECTED'
          WHEN p.status = 'FAILED' AND p.failure_code = 'transfer_reversed' THEN 'TAKEN_BACK' END
        ORDER BY p.created_at DESC, p.id DESC))[1] AS undone
    FROM payouts p WHERE p.royalty_statement_id = s.id) taken
  WHERE ${IN_PERIOD} AND s.currency = $5) of_period`;

const valuesOf = (
  { periodStart, periodEnd }: RunPeriod,
  { minimumCents, maximumCents, currency }: AmountLimits,
) => [periodStart, periodEnd, minimumCents, maximumCents, currency];

/** What the run pays, in the order of the statements' ids. */
export async function payableOf(
  db: Queryable,
  period: RunPeriod,
  limits: AmountLimits,
): Promise<Candidate[]> {
  const { rows } = await db.query<Candidate>(
    `SELECT * FROM (${CANDIDATES}) candidate WHERE excluded IS NULL ORDER BY "statementId"`,
    valuesOf(period, limits),
  );
  return rows;
}

/** Statements, by why they are left out; null: the run pays them. */
export interface CandidateSum {
  excluded: ExclusionReason | null;
  statementCount: number;
  totalCents: number;
  /** Those above the limit of `PAYOUT_APPROVAL_ABOVE_CENTS`. */
  largeCount: number;
  largeCents: number;
  /** Which statements, and what is left of each: as `digestOf` says it. */
  digest: string;
}

/** Which statements, and what of each; in the order that the database has them in, by their ids. */
export const digestOf = (candidates: readonly Pick<Candidate, 'statementId' | 'leftCents'>[]): string =>
  createHash('sha256')
    .update(candidates.map(({ statementId, leftCents }) => `${statementId}:${leftCents}`).join(','))
    .digest('hex');

const DIGEST = `encode(sha256(convert_to(
  string_agg("statementId" || ':' || "leftCents", ',' ORDER BY "statementId"), 'UTF8')), 'hex')`;

export async function sumsOf(
  db: Queryable,
  period: RunPeriod,
  limits: AmountLimits,
): Promise<CandidateSum[]> {
  const { rows } = await db.query<Record<keyof CandidateSum, string> & Pick<CandidateSum, 'excluded'>>(
    `SELECT excluded, count(*) AS "statementCount", sum("leftCents") AS "totalCents",
       count(*) FILTER (WHERE "leftCents" > $6::int) AS "largeCount",
       COALESCE(sum("leftCents") FILTER (WHERE "leftCents" > $6::int), 0) AS "largeCents", ${DIGEST} AS digest
     FROM (${CANDIDATES}) candidate GROUP BY excluded ORDER BY excluded`,
    [...valuesOf(period, limits), limits.approvalAboveCents],
  );
  return rows.map(({ excluded, ...sums }) => ({
    excluded,
    statementCount: Number(sums.statementCount),
    totalCents: Number(sums.totalCents),
    largeCount: Number(sums.largeCount),
    largeCents: Number(sums.largeCents),
    digest: sums.digest,
  }));
}

export interface CandidateSeek {
  /** Beyond this one. */
  beyond: Pick<Candidate, 'leftCents' | 'statementId'> | null;
  direction: 'asc' | 'desc';
  take: number;
}

/** Which statements: those left out for one of these reasons; `null` among them: those that the run pays. */
export type CandidateFilter = readonly (ExclusionReason | null)[];

/** Those of which most is left come first in `desc`. */
export async function readCandidates(
  db: Queryable,
  of: { period: RunPeriod; limits: AmountLimits; filter: CandidateFilter },
  { beyond, direction, take }: CandidateSeek,
): Promise<Candidate[]> {
  const { rows } = await db.query<Candidate>(
    `SELECT * FROM (${CANDIDATES}) candidate
     WHERE COALESCE(excluded, '') = ANY($6::text[])
       AND ($8::text IS NULL OR ("leftCents", "statementId") ${direction === 'asc' ? '>' : '<'} ($7::int, $8))
     ORDER BY "leftCents" ${direction}, "statementId" ${direction} LIMIT $9`,
    [
      ...valuesOf(of.period, of.limits),
      of.filter.map((one) => one ?? ''),
      beyond?.leftCents ?? null,
      beyond?.statementId ?? null,
      take,
    ],
  );
  return rows;
}

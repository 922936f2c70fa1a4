// How far runs have come, counted from their payouts: nothing is kept of it that could be wrong.
import type { Database, Queryable } from '../../db/connect.js';
import type { PayoutRun } from '../../generated/prisma/client.js';
import { AWAITS_APPROVAL, IS_HELD } from '../standing.js';

/** Where a payout of a run stands: in one of these. */
export const RUN_STAGES = [
  'PENDING',
  'PROCESSING',
  'COMPLETED',
  'RETRYING',
  'FAILED',
  'HELD',
  'AWAITING_APPROVAL',
] as const;

export type RunStage = (typeof RUN_STAGES)[number];

export interface RunFigure {
  stage: RunStage;
  payoutCount: number;
  totalCents: number;
}

export interface RunProgress {
  /** One for each stage, in their order; together they are the whole run. */
  stages: RunFigure[];
  /** Paid, or failed for good. */
  endedCount: number;
  /** All of them have. An admin's retry makes it go on. */
  finished: boolean;
}

/** Each run's payouts are read by their own index. */
const PROGRESS = `
SELECT run.id AS "runId", counted.*
FROM unnest($1::text[]) AS run(id) CROSS JOIN LATERAL (
  SELECT CASE
      WHEN status IN ('COMPLETED', 'PROCESSING') THEN status::text
      WHEN status = 'FAILED' AND next_attempt_at IS NULL THEN 'FAILED'
      WHEN ${IS_HELD} THEN 'HELD'
      WHEN ${AWAITS_APPROVAL} THEN 'AWAITING_APPROVAL'
      WHEN status = 'FAILED' THEN 'RETRYING'
      ELSE 'PENDING'
    END AS stage, count(*) AS "payoutCount", sum(amount_cents) AS "totalCents"
  FROM payouts WHERE run_id = run.id GROUP BY 1) counted`;

interface Counted {
  runId: string;
  stage: RunStage;
  payoutCount: string;
  totalCents: string;
}

/** In the order of the ids; a run without payouts, or that is none, has finished with nothing. */
export async function progressOf(db: Queryable, ids: readonly string[]): Promise<RunProgress[]> {
  const { rows } = await db.query<Counted>({ name: 'run-progress', text: PROGRESS, values: [ids] });
  return ids.map((id) => toProgress(rows.filter(({ runId }) => runId === id)));
}

function toProgress(rows: readonly Counted[]): RunProgress {
  const stages = RUN_STAGES.map((stage) => {
    const row = rows.find((one) => one.stage === stage);
    return { stage, payoutCount: Number(row?.payoutCount ?? 0), totalCents: Number(row?.totalCents ?? 0) };
  });
  const count = (figures: RunFigure[]) => figures.reduce((sum, { payoutCount }) => sum + payoutCount, 0);
  const endedCount = count(stages.filter(({ stage }) => stage === 'COMPLETED' || stage === 'FAILED'));
  return { stages, endedCount, finished: endedCount === count(stages) };
}

/** A run and how far it has come. */
export type WatchedRun = PayoutRun & { progress: RunProgress };

/** In the order of the ids; null where there is no such run. */
export async function watchedRuns(
  { pool, prisma }: Pick<Database, 'pool' | 'prisma'>,
  ids: readonly string[],
): Promise<(WatchedRun | null)[]> {
  const runs = await prisma.payoutRun.findMany({ where: { id: { in: [...ids] } } });
  const progress = await progressOf(
    pool,
    runs.map(({ id }) => id),
  );
  const watched = runs.flatMap((run, i) => (progress[i] ? [{ ...run, progress: progress[i] }] : []));
  const byId = new Map(watched.map((run) => [run.id, run]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** The run of each payout, in the order of the payouts' ids; null where it has none. */
export async function runsOfPayouts(
  prisma: Database['prisma'],
  payoutIds: readonly string[],
): Promise<(PayoutRun | null)[]> {
  const payouts = await prisma.payout.findMany({
    where: { id: { in: [...payoutIds] } },
    select: { id: true, run: true },
  });
  const byId = new Map(payouts.map(({ id, run }) => [id, run]));
  return payoutIds.map((id) => byId.get(id) ?? null);
}

// What a run found, as data: for the command and for GraphQL.
import type { Queryable } from '../db/connect.js';
import type { ReconciliationItemState, ReconciliationStatus } from '../generated/prisma/enums.js';
import { NotFoundError } from '../payouts/errors.js';
import type { DifferenceKind } from './kinds.js';

export interface RunReport {
  id: string;
  periodStart: Date;
  periodEnd: Date;
  status: ReconciliationStatus;
  requestedBy: string;
  transfersChecked: number;
  payoutsChecked: number;
  repairedCount: number;
  openCount: number;
  error: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** What the run found or saw again; the kinds that need somebody first. */
  kinds: KindCount[];
  items: ReportedItem[];
  /** There are more items than are listed. */
  truncated: boolean;
}

export interface KindCount {
  kind: DifferenceKind;
  state: ReconciliationItemState;
  count: number;
}

export interface ReportedItem {
  id: string;
  kind: DifferenceKind;
  state: ReconciliationItemState;
  payoutId: string | null;
  transferId: string | null;
  details: Record<string, unknown>;
  occurredAt: Date;
}

const MOST_ITEMS = 1_000;

/** @throws NotFoundError */
export async function runReport(db: Queryable, runId: string): Promise<RunReport> {
  const { rows } = await db.query<Omit<RunReport, 'kinds' | 'items' | 'truncated'>>(
    `SELECT id, period_start AS "periodStart", period_end AS "periodEnd", status, requested_by AS "requestedBy",
       transfers_checked AS "transfersChecked", payouts_checked AS "payoutsChecked",
       repaired_count AS "repairedCount", open_count AS "openCount", error, created_at AS "createdAt",
       started_at AS "startedAt", finished_at AS "finishedAt"
     FROM reconciliation_runs WHERE id = $1`,
    [runId],
  );
  const run = rows[0];
  if (!run) throw new NotFoundError('reconciliation run');
  const [kinds, items] = [await kindsOf(db, runId), await itemsOf(db, runId)];
  return { ...run, kinds, items: items.slice(0, MOST_ITEMS), truncated: items.length > MOST_ITEMS };
}

const OF_RUN = '(run_id = $1 OR seen_in_run_id = $1)';

async function kindsOf(db: Queryable, runId: string): Promise<KindCount[]> {
  const { rows } = await db.query<KindCount>(
    `SELECT kind, state, count(*)::int AS count FROM reconciliation_items WHERE ${OF_RUN}
     GROUP BY state, kind ORDER BY state, kind`,
    [runId],
  );
  return rows;
}

async function itemsOf(db: Queryable, runId: string): Promise<ReportedItem[]> {
  const { rows } = await db.query<ReportedItem>(
    `SELECT id, kind, state, payout_id AS "payoutId", transfer_id AS "transferId", details,
       occurred_at AS "occurredAt"
     FROM reconciliation_items WHERE ${OF_RUN} ORDER BY state, kind, found_at, id LIMIT ${MOST_ITEMS + 1}`,
    [runId],
  );
  return rows;
}

// What the tests of reconciliation share: its dependencies on a world, a run over the last hours, and what it left.
import type { StripePeriod } from '../../src/payouts/ports.js';
import { createAsk } from '../../src/reconciliation/ask.js';
import { executeRun } from '../../src/reconciliation/execute.js';
import type { TakenRun } from '../../src/reconciliation/lease.js';
import type { ReconcileDeps } from '../../src/reconciliation/pass.js';
import { type RunReport, runReport } from '../../src/reconciliation/report.js';
import { startRun } from '../../src/reconciliation/runs.js';
import { createTransferBook } from '../../src/stripe/book.js';
import { createStripe } from '../../src/stripe/client.js';
import { createStripeReader } from '../../src/stripe/reader.js';
import { createTransferGateway } from '../../src/stripe/transfers.js';
import { NEVER } from '../payouts/support.js';
import type { World } from '../support/world.js';

export function reconcileDeps(world: World, over: Partial<ReconcileDeps> = {}): ReconcileDeps {
  const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 2_000 });
  const ask = createAsk({ pool: world.db.pool, maxRps: 10_000, retryWaitsMs: [1] });
  return {
    pool: world.db.pool,
    book: createTransferBook(stripe, ask),
    reader: createStripeReader(stripe),
    transfers: createTransferGateway(stripe),
    ask,
    signals: world.deps.signals,
    log: world.deps.log,
    staleAfterMs: 3_600_000,
    ...over,
  };
}

const HOUR_MS = 3_600_000;

export const lastHours = (): StripePeriod => ({ start: new Date(Date.now() - 2 * HOUR_MS), end: new Date() });

/** A run that this worker holds; the period may lie where Stripe's clock was moved to. */
export async function takenRun(world: World, period: StripePeriod = lastHours()): Promise<TakenRun> {
  const run = await startRun(world.db.pool, lastHours(), { name: 'system' });
  await world.db.pool.query(
    'UPDATE reconciliation_runs SET period_start = $2::timestamp, period_end = $3::timestamp WHERE id = $1',
    [run.id, period.start.toISOString(), period.end.toISOString()],
  );
  return { ...run, periodStart: period.start, periodEnd: period.end };
}

/** One run over the last hours, executed here; answers its report. */
export async function reconcileNow(
  world: World,
  over: Partial<ReconcileDeps> = {},
  period: StripePeriod = lastHours(),
): Promise<RunReport> {
  const run = await takenRun(world, period);
  await executeRun(reconcileDeps(world, over), run, NEVER);
  return runReport(world.db.pool, run.id);
}

export interface ItemRow {
  id: string;
  kind: string;
  state: string;
  payoutId: string | null;
  transferId: string | null;
  details: Record<string, unknown>;
  resolvedBy: string | null;
  resolution: string | null;
  openKey: string | null;
}

/** Items of a payout, or of a transfer, oldest first. */
export async function itemsOf(world: World, subject: string): Promise<ItemRow[]> {
  const { rows } = await world.db.pool.query<ItemRow>(
    `SELECT id, kind, state, payout_id AS "payoutId", transfer_id AS "transferId", details,
       resolved_by AS "resolvedBy", resolution, open_key AS "openKey"
     FROM reconciliation_items WHERE payout_id = $1 OR transfer_id = $1 ORDER BY found_at, id`,
    [subject],
  );
  return rows;
}

/** Keys of the open alerts of reconciliation. */
export async function openMismatches(world: World): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ key: string }>(
    `SELECT key FROM alerts WHERE rule = 'reconciliation_mismatch' AND open_key IS NOT NULL ORDER BY key`,
  );
  return rows.map(({ key }) => key);
}

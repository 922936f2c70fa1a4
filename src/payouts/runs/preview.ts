// What a run over a period would pay now, what it would leave out and why, and whether the money for it is there.
import type pg from 'pg';
import { InvalidInputError, type RunTotals } from '../errors.js';
import type { AmountLimits } from '../money.js';
import { reservePace, sleep } from '../pace.js';
import type { PlatformBalance } from '../ports.js';
import { digestOf, type ExclusionReason, type RunPeriod, sumsOf } from './candidates.js';

export interface RunPreview extends RunPeriod, RunTotals {
  currency: string;
  /** Of those: above the limit, and so sent only once a second admin has approved them. */
  needsApprovalCount: number;
  needsApprovalCents: number;
  /** Of what it would pay, statement by statement: another one where any of it is another. */
  digest: string;
  /** Statements that the run would leave out, by the reason, with what is left of them. */
  excluded: { reason: ExclusionReason; statementCount: number; totalCents: number }[];
}

/** @throws InvalidInputError when the period ends before it begins */
export async function previewRun(
  deps: { pool: pg.Pool; limits: AmountLimits },
  { periodStart, periodEnd }: RunPeriod,
): Promise<RunPreview> {
  const period = { periodStart, periodEnd };
  checkPeriod(period);
  const sums = await sumsOf(deps.pool, period, deps.limits);
  const payable = sums.find(({ excluded }) => excluded === null);
  return {
    ...period,
    payoutCount: payable?.statementCount ?? 0,
    totalCents: payable?.totalCents ?? 0,
    currency: deps.limits.currency,
    needsApprovalCount: payable?.largeCount ?? 0,
    needsApprovalCents: payable?.largeCents ?? 0,
    digest: payable?.digest ?? digestOf([]),
    excluded: sums.flatMap(({ excluded, statementCount, totalCents }) =>
      excluded === null ? [] : [{ reason: excluded, statementCount, totalCents }],
    ),
  };
}

/** @throws InvalidInputError when it ends before it begins */
export function checkPeriod({ periodStart, periodEnd }: RunPeriod): void {
  if (periodEnd < periodStart) throw new InvalidInputError(['periodEnd'], 'lies before periodStart');
}

export interface BalanceDeps {
  pool: pg.Pool;
  balance: PlatformBalance;
  /** Requests a second to each of Stripe's endpoints, of all workers together. */
  maxRps: number;
  /** Milliseconds that somebody who looks at a preview waits for Stripe. */
  patienceMs: number;
}

/** What may leave at Stripe now, in cents; null: Stripe does not say, or not in time. */
export async function balanceNow(deps: BalanceDeps, currency: string): Promise<number | null> {
  const late = sleep(deps.patienceMs).then(() => null);
  const asked = askBalance(deps, currency).catch(() => null);
  return Promise.race([asked, late]);
}

async function askBalance(
  { pool, balance, maxRps, patienceMs }: BalanceDeps,
  currency: string,
): Promise<number | null> {
  const [wait = 0] = await reservePace(pool, 'balance.retrieve', maxRps, 1);
  if (wait > patienceMs) return null;
  await sleep(wait);
  return (await balance.available())[currency] ?? 0;
}

// What the tests of summaries and analytics share: changes without a Stripe behind them, and the same sums added up the
// plain way, from every single change.
import { randomUUID } from 'node:crypto';
import cuid from '@bugsnag/cuid';
import { expect } from 'vitest';
import type { Queryable } from '../../src/db/connect.js';
import { applyTransition, type Change, insertPayouts } from '../../src/payouts/apply.js';
import { payoutAnalytics } from '../../src/payouts/figures/analytics.js';
import { type PayoutSummary, payoutSummary } from '../../src/payouts/figures/summary.js';
import type { Figures } from '../../src/payouts/rollup-figures.js';
import type { TransitionCause } from '../../src/payouts/transitions.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { advance } from '../support/clock.js';
import type { World } from '../support/world.js';
import { ADMIN } from './support.js';

export const ADMIN_VIEWER: Viewer = { role: 'ADMIN', sub: 'admin' };
export const DAY_MS = 86_400_000;

/** A creator, without an account at Stripe. */
export async function addPayee(world: World): Promise<string> {
  const id = cuid();
  await world.db.pool.query(
    `INSERT INTO creators (id, external_id, display_name, email, updated_at) VALUES ($1, $1, $1, $1, now())`,
    [id],
  );
  return id;
}

/** New payouts of these amounts, in one statement. @returns their ids */
export async function create(
  db: Queryable,
  creatorIds: readonly string[],
  amountCents = 500,
  currency = 'usd',
): Promise<string[]> {
  const payouts = creatorIds.map((creatorId) => ({
    id: cuid(),
    creatorId,
    royaltyStatementId: null,
    amountCents,
    currency,
    approvalAboveCents: null,
  }));
  return (await insertPayouts(db, payouts, ADMIN)).map(({ id }) => id);
}

/** One change of these payouts, in one statement; those in another status are passed over. */
export async function change(
  db: Queryable,
  on: TransitionCause,
  payoutIds: readonly string[],
  from: Change['from'],
  more: Partial<Change> = {},
): Promise<void> {
  const changes = payoutIds.map((payoutId) => ({
    payoutId,
    from,
    ...(on === 'transfer_settled' && { transferId: `tr_${randomUUID()}` }),
    ...((on === 'retry_claimed' || on === 'retry_requested') && { startsRetry: true }),
    ...more,
  }));
  await applyTransition(db, on, changes, ADMIN);
}

/** Lets the world's own clock stand at this moment. */
export async function moveTo(world: World, moment: string): Promise<void> {
  const { rows } = await world.db.pool.query<{ ms: number }>(
    'SELECT EXTRACT(epoch FROM $1::timestamptz - now())::float * 1000 AS ms',
    [moment],
  );
  await advance(world.databaseUrl, rows[0]?.ms ?? 0);
}

/** One change as the books tell it. */
interface Told {
  creatorId: string;
  from: string | null;
  to: string;
  at: Date;
  action: string;
  amountCents: number;
  retryCount: number;
  createdAt: string;
  nextAttemptAt: string | null;
}

const TOLD_SQL = `
SELECT e.creator_id AS "creatorId", e.from_status AS "from", e.to_status AS "to", e.occurred_at AS at, a.action,
  p.amount_cents AS "amountCents", (e.snapshot->>'retryCount')::int AS "retryCount",
  e.snapshot->>'createdAt' AS "createdAt", e.snapshot->>'nextAttemptAt' AS "nextAttemptAt"
FROM payout_events e
JOIN audit_events a ON a.payout_id = e.payout_id AND a.version = e.version
JOIN payouts p ON p.id = e.payout_id
WHERE p.currency = 'usd'`;

const sum = (told: readonly Told[]): number => told.reduce((cents, one) => cents + one.amountCents, 0);
const over = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The figures of these changes. */
function figures(told: readonly Told[]): Figures {
  const created = told.filter(({ from }) => from === null);
  const completed = told.filter(({ to }) => to === 'COMPLETED');
  const failed = told.filter(({ to, nextAttemptAt }) => to === 'FAILED' && nextAttemptAt === null);
  const reversed = told.filter(({ action }) => /^transfer_(reversed|failed)$/.test(action));
  const ms = completed.reduce((all, { at, createdAt }) => all + at.getTime() - Date.parse(createdAt), 0);
  return {
    createdCount: created.length,
    createdCents: sum(created),
    completedCount: completed.length,
    completedCents: sum(completed),
    failedCount: failed.length,
    failedCents: sum(failed),
    reversedCount: reversed.length,
    reversedCents: sum(reversed),
    refusedCount: told.filter(({ action }) => action === 'transfer_refused').length,
    retriedCount: told.filter(({ action }) => /^retry_/.test(action)).length,
    recoveredCount: completed.filter(({ retryCount }) => retryCount > 0).length,
    successRate: over(completed.length, completed.length + failed.length),
    failureRate: over(failed.length, completed.length + failed.length),
    averageProcessingSeconds: over(ms / 1_000, completed.length),
  };
}

const midnight = (moment: Date): number => moment.getTime() - (moment.getTime() % DAY_MS);

/** The beginnings of the day, the week and the month that the moment lies in. */
function beginnings(moment: Date): Record<'today' | 'thisWeek' | 'thisMonth', number> {
  const today = midnight(moment);
  return {
    today,
    // 1970 began on a Thursday.
    thisWeek: today - ((today / DAY_MS + 3) % 7) * DAY_MS,
    thisMonth: Date.parse(`${moment.toISOString().slice(0, 7)}-01`),
  };
}

async function expectedSummary(
  db: Queryable,
  told: readonly Told[],
  { creatorId, asOf }: PayoutSummary,
): Promise<PayoutSummary> {
  const { rows } = await db.query<{ status: string; count: number; amountCents: number }>(
    `SELECT status, count(*)::int, sum(amount_cents)::float AS "amountCents" FROM payouts
     WHERE creator_id = COALESCE($1, creator_id) AND currency = 'usd' GROUP BY status`,
    [creatorId],
  );
  const inStatus = (status: string) => {
    const { count = 0, amountCents = 0 } = rows.find((row) => row.status === status) ?? {};
    return { count, amountCents };
  };
  const since = (first: number) => figures(told.filter(({ at }) => at.getTime() >= first));
  const { today, thisWeek, thisMonth } = beginnings(asOf);
  return {
    creatorId,
    currency: 'usd',
    asOf,
    pending: inStatus('PENDING'),
    processing: inStatus('PROCESSING'),
    completed: inStatus('COMPLETED'),
    failed: inStatus('FAILED'),
    allTime: figures(told),
    today: since(today),
    thisWeek: since(thisWeek),
    thisMonth: since(thisMonth),
  };
}

/** Summary and analytics of the creator (null: of all) are what the single changes say, as of one moment. */
export async function expectExact(world: World, creatorId: string | null): Promise<void> {
  const client = await world.db.pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await compare(client, creatorId);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

async function compare(db: Queryable, creatorId: string | null): Promise<void> {
  const { rows } = await db.query<Told>(TOLD_SQL);
  const told = rows.filter((one) => creatorId === null || one.creatorId === creatorId);
  const summary = await payoutSummary(db, ADMIN_VIEWER, 'usd', creatorId);
  if (!summary) throw new Error('there is no summary');
  expect(summary).toEqual(await expectedSummary(db, told, summary));
  const request = {
    from: new Date(summary.asOf.getTime() - 120 * DAY_MS),
    to: new Date(summary.asOf.getTime() + 1),
    creatorId,
  };
  for (const interval of ['DAY', 'WEEK', 'MONTH'] as const) {
    const analytics = await payoutAnalytics(db, ADMIN_VIEWER, 'usd', { ...request, interval });
    const within = (from: Date, to: Date) => figures(told.filter(({ at }) => at >= from && at < to));
    expect(analytics?.buckets).toEqual(
      analytics?.buckets.map(({ from, to }) => ({ from, to, figures: within(from, to) })),
    );
    if (analytics) expect(analytics.total).toEqual(within(analytics.from, analytics.to));
  }
}

/** What a million payouts leave: 60 days of so many creators, the last of which is this one, and some days of all. */
export async function fillRollups(world: World, creatorId: string, creators: number): Promise<void> {
  await world.db.pool.query(
    `INSERT INTO payout_rollups (scope, currency, day, created_count)
     SELECT CASE n WHEN 0 THEN '*' WHEN 1 THEN $1 ELSE 'creator-' || n END, 'usd',
       '2001-01-01'::date + day, 10
     FROM generate_series(0, $2::int) n, generate_series(1, 60) day ON CONFLICT DO NOTHING`,
    [creatorId, creators],
  );
  await world.db.pool.query(
    `INSERT INTO payout_rollups (scope, currency, day, created_count)
     SELECT scope, 'usd', day::date, 10 FROM unnest(ARRAY['*', $1]) scope,
       generate_series(now() - interval '3 years', now(), '1 day') day ON CONFLICT DO NOTHING`,
    [creatorId],
  );
  await world.db.pool.query('VACUUM ANALYZE payout_rollups');
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
}

interface Plan {
  /** What was read at all, by name. */
  tables: string[];
  scans: string[];
  /** Pages of 8 kB that were looked at. */
  pages: number;
}

/** How Postgres carries out the one statement that `read` sends. */
export async function planOf(world: World, read: (db: Queryable) => Promise<unknown>): Promise<Plan> {
  const { pool } = world.db;
  const statements: { text: string; values: unknown[] }[] = [];
  const spy = {
    query(statement: { text: string; values: unknown[] }) {
      statements.push(statement);
      return pool.query(statement);
    },
  };
  await read(spy as unknown as Queryable);
  expect(statements).toHaveLength(1);
  const { text, values } = statements[0] ?? { text: '', values: [] };
  const { rows } = await pool.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  );
  const top = rows[0]?.['QUERY PLAN'][0]?.Plan;
  if (!top) throw new Error('there is no plan');
  const scans = nodesOf(top).filter((node) => node['Relation Name'] !== undefined);
  return {
    tables: [...new Set(scans.map((node) => node['Relation Name'] ?? ''))].sort(),
    scans: scans.map((node) => `${node['Node Type']} on ${node['Relation Name']}`),
    pages: (top['Shared Hit Blocks'] ?? 0) + (top['Shared Read Blocks'] ?? 0),
  };
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

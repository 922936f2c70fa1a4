// Reads what the database knows of payouts, events and alerts, for metrics and health: one statement, so that all of it is
// of one moment, over sums and indexes, so that it costs the same however many payouts there are.
import type { Queryable } from '../../db/connect.js';
import type { DatabaseFigures } from '../../observability/figures.js';
import { ALERT_RULES } from '../alerts.js';
import { EVERYBODY } from '../rollup-figures.js';
import { MAY_BE_SENT } from '../sendable.js';
import { WAITING } from '../sending/claim.js';
import { TRANSITIONS } from '../transitions.js';
import { COUNTED, countsOf, FROM_NONE } from './counted.js';

/** Types of events that have a label of their own; the others share one, so that Stripe's next type adds none. */
const TYPES: ReadonlySet<string> = new Set([
  'transfer.created',
  'transfer.updated',
  'transfer.reversed',
  'transfer.paid',
  'transfer.failed',
  'account.updated',
  'capability.updated',
  'payout.paid',
  'payout.failed',
]);

const STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;

const STOCK = STATUSES.map((status) => {
  const column = `in_${status.toLowerCase()}`;
  return { column, row: `('${status}', ${column}_count, ${column}_cents)` };
});
const STOCK_COLUMNS = STOCK.map(({ column }) => `${column}_count, ${column}_cents`).join(', ');

const ageMs = (since: string) =>
  `COALESCE(EXTRACT(epoch FROM now() AT TIME ZONE 'UTC' - ${since}) * 1000, 0)`;

const single = (name: string, value: string, from: string) => `
UNION ALL SELECT '${name}', '', '', (SELECT ${value} FROM ${from}), 0`;

/** No worker is missing for what is held, waits for an approval, or has no account to go to. */
const MAY_BE_SENT_NOW = `payouts p JOIN creators c ON c.id = p.creator_id WHERE ${MAY_BE_SENT}`;

/** $1: an id up to which events are counted, as was read before; without it the planner could not know how few are left. */
const READ_SQL = `
WITH place AS MATERIALIZED (
  SELECT counted_id, swept_at FROM metric_position
), counted AS (
  SELECT metric, first_label, second_label, count, total_ms FROM metric_counts
  UNION ALL
  SELECT * FROM (${countsOf('id > $1 AND id > (SELECT counted_id FROM place)')}) AS uncounted
  UNION ALL
  SELECT '${COUNTED.webhookEvents}', type, outcome::text, count(*), 0 FROM webhook_deltas GROUP BY type, outcome
), stock AS (
  SELECT currency, ${STOCK_COLUMNS} FROM payout_rollups WHERE scope = '${EVERYBODY}' AND day = '-infinity'
  UNION ALL
  SELECT currency, ${STOCK_COLUMNS} FROM payout_deltas WHERE scope = '${EVERYBODY}'
)
SELECT metric, first_label AS a, second_label AS b, sum(count) AS n, sum(total_ms) AS total
FROM counted GROUP BY metric, first_label, second_label
UNION ALL
SELECT 'payouts', status, currency, sum(n), sum(cents)
FROM stock CROSS JOIN LATERAL (VALUES ${STOCK.map(({ row }) => row).join(', ')}) AS v(status, n, cents)
GROUP BY status, currency
UNION ALL
SELECT 'alerts', split_part(open_key, ':', 1), '', count(*), 0 FROM alerts WHERE open_key IS NOT NULL GROUP BY 2
${single('due', 'count(*)', `${MAY_BE_SENT_NOW} AND ${WAITING.claimed.where}`)}
${single('due', 'count(*)', `${MAY_BE_SENT_NOW} AND ${WAITING.retry_claimed.where}`)}
${single('processingOldestMs', ageMs('min(updated_at)'), `payouts WHERE status = 'PROCESSING'`)}
${single('webhooksPending', 'count(*)', `webhook_events WHERE outcome = 'pending'`)}
${single('webhooksPendingOldestMs', ageMs('min(received_at)'), `webhook_events WHERE outcome = 'pending'`)}
${single('sweptMsAgo', ageMs('swept_at'), 'place')}
${single('paused', 'count(*)', 'processing_switch WHERE paused')}
${single('countedId', 'counted_id', 'place')}`;

interface Row {
  metric: string;
  a: string;
  b: string;
  n: string | null;
  total: string;
}

/**
 * @param currency of new payouts: told of even before there is one
 * @returns what reads; it remembers up to where events are counted
 */
export function createReadFigures(db: Queryable, currency: string): () => Promise<DatabaseFigures> {
  let counted: string | null = null;
  return async () => {
    counted ??= await countedId(db);
    const { rows } = await db.query<Row>(READ_SQL, [counted]);
    counted = rows.find(({ metric }) => metric === 'countedId')?.n ?? counted;
    return toFigures(rows, currency);
  };
}

async function countedId(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ counted: string }>('SELECT counted_id AS counted FROM metric_position');
  return rows[0]?.counted ?? '0';
}

function toFigures(rows: readonly Row[], currency: string): DatabaseFigures {
  const of = (metric: string) => rows.filter((row) => row.metric === metric);
  const value = (metric: string) => of(metric).reduce((sum, { n }) => sum + Math.max(0, Number(n)), 0);
  const transitions = transitionsOf(of(COUNTED.transitions));
  return {
    payouts: payoutsOf(of('payouts'), currency),
    transitions,
    completions: of(COUNTED.completions).map(({ a, n, total }) => ({
      upToSeconds: Number(a),
      count: Number(n),
      ms: Number(total),
    })),
    retries: transitions.reduce((sum, { from, count }) => (from === 'FAILED' ? sum + count : sum), 0),
    webhookEvents: webhookEventsOf(of(COUNTED.webhookEvents)),
    alertsOpen: withZeros(ALERT_RULES, of('alerts')),
    due: value('due'),
    processingOldestMs: value('processingOldestMs'),
    webhooksPending: value('webhooksPending'),
    webhooksPendingOldestMs: value('webhooksPendingOldestMs'),
    sweptMsAgo: value('sweptMsAgo'),
    paused: value('paused') > 0,
  };
}

/** Every status, also before there is a payout: what is not told at all looks as if nobody knew. */
function payoutsOf(rows: readonly Row[], currency: string): DatabaseFigures['payouts'] {
  if (rows.length === 0) return STATUSES.map((status) => ({ status, currency, count: 0, cents: 0 }));
  return rows.map(({ a, b, n, total }) => ({
    status: a,
    currency: b,
    count: Number(n),
    cents: Number(total),
  }));
}

function transitionsOf(rows: readonly Row[]): DatabaseFigures['transitions'] {
  const legal = TRANSITIONS.filter(({ from, to }) => from !== to).map(
    ({ from, to }) => `${from ?? FROM_NONE} ${to}`,
  );
  const counts = new Map<string, number>(legal.map((change) => [change, 0]));
  for (const { a, b, n } of rows) counts.set(`${a} ${b}`, Number(n));
  return [...counts].map(([change, count]) => {
    const [from = '', to = ''] = change.split(' ');
    return { from, to, count };
  });
}

function webhookEventsOf(rows: readonly Row[]): DatabaseFigures['webhookEvents'] {
  const told = new Map<string, DatabaseFigures['webhookEvents'][number]>();
  for (const { a, b: outcome, n } of rows) {
    const type = TYPES.has(a) ? a : 'other';
    const count = (told.get(`${type} ${outcome}`)?.count ?? 0) + Number(n);
    told.set(`${type} ${outcome}`, { type, outcome, count });
  }
  return [...told.values()];
}

function withZeros(rules: readonly string[], rows: readonly Row[]): DatabaseFigures['alertsOpen'] {
  const counts = new Map<string, number>(rules.map((rule) => [rule, 0]));
  for (const { a, n } of rows) counts.set(a, Number(n));
  return [...counts].map(([rule, count]) => ({ rule, count }));
}

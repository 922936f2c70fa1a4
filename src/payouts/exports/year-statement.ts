// What one creator was paid in a year (UTC): by month, payout by payout, and what went on to the bank. One statement, so
// that the sums are those of the rows beside them.
import type { Queryable } from '../../db/connect.js';
import { type Viewer, visibleTo } from '../viewer.js';

export interface YearStatement {
  creatorName: string;
  year: number;
  /** Of the completed payouts, by month and currency. */
  months: MonthTotal[];
  /** Completed in the year, the oldest first. */
  paid: StatementLine[];
  /** Created in the year and not completed, or taken back: no money that arrived. */
  unpaid: StatementLine[];
  /** What Stripe said of the bank leg. */
  bank: BankLine[];
}

export interface MonthTotal {
  /** `2026-08` */
  month: string;
  currency: string;
  payouts: number;
  /** Less what was taken back again. */
  cents: number;
}

export interface StatementLine {
  reference: string;
  /** When it was completed; of one that was not, or nobody has written down when, when it was created. RFC 3339, UTC. */
  at: string;
  status: string;
  amountCents: number;
  amountReversedCents: number;
  currency: string;
  /** Of the royalty statement that it was paid from: ISO dates. */
  periodStart: string | null;
  periodEnd: string | null;
}

export interface BankLine {
  /** When Stripe said so. */
  at: string;
  amountCents: number;
  currency: string;
  status: string;
  arrivesOn: string | null;
}

const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const line = (time: string) => `json_build_object('reference', p.id, 'at', ${iso(time)}, 'status', p.status,
  'amountCents', p.amount_cents, 'amountReversedCents', p.amount_reversed_cents, 'currency', p.currency,
  'periodStart', s.period_start, 'periodEnd', s.period_end)`;

const lines = (time: string, condition: string) => `
  SELECT COALESCE(json_agg(${line(time)} ORDER BY ${time}, p.id), '[]')
  FROM payouts p LEFT JOIN royalty_statements s ON s.id = p.royalty_statement_id
  WHERE p.creator_id = c.id AND ${time} >= $2::timestamp AND ${time} < $3::timestamp AND ${condition}`;

/** What was brought in from elsewhere as paid may not say when. */
const PAID_AT = 'COALESCE(p.processed_at, p.created_at)';

/** $1 creator, $2 and $3 the year. */
const STATEMENT = `
SELECT c.display_name AS "creatorName",
  (SELECT COALESCE(json_agg(json_build_object('month', month, 'currency', currency, 'payouts', payouts,
      'cents', cents) ORDER BY month, currency), '[]')
   FROM (SELECT to_char(${PAID_AT}, 'YYYY-MM') AS month, currency, count(*) AS payouts,
       sum(amount_cents - amount_reversed_cents) AS cents
     FROM payouts p WHERE p.creator_id = c.id AND ${PAID_AT} >= $2::timestamp AND ${PAID_AT} < $3::timestamp
       AND status = 'COMPLETED' GROUP BY 1, 2) AS totals) AS months,
  (${lines(PAID_AT, `p.status = 'COMPLETED'`)}) AS paid,
  (${lines('p.created_at', `p.status <> 'COMPLETED'`)}) AS unpaid,
  (SELECT COALESCE(json_agg(json_build_object('at', ${iso('told_at')}, 'amountCents', amount_cents,
      'currency', currency, 'status', status, 'arrivesOn', arrives_on) ORDER BY told_at, id), '[]')
   FROM bank_payouts b WHERE b.creator_id = c.id AND told_at >= $2::timestamp AND told_at < $3::timestamp) AS bank
FROM creators c WHERE c.id = $1`;

/** Null where there is no such creator, or it is not the viewer: no difference. */
export async function yearStatement(
  db: Queryable,
  viewer: Viewer,
  creatorId: string,
  year: number,
): Promise<YearStatement | null> {
  if (!visibleTo(viewer, creatorId)) return null;
  const { rows } = await db.query<Omit<YearStatement, 'year'>>(STATEMENT, [
    creatorId,
    `${year}-01-01`,
    `${year + 1}-01-01`,
  ]);
  return rows[0] ? { ...rows[0], year } : null;
}

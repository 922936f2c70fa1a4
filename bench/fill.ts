// The payouts that are listed: as many as asked for, of 10,000 creators, with the statuses of a platform that works.
import pg from 'pg';
import { foldRollups } from '../src/payouts/figures/fold.js';

export const CREATORS = 10_000;

/** Has one payout in a hundred: the creator whose own list is measured. */
export const BUSY_CREATOR = 'c000000000000000000000001';

/** The id of the creator with this number, from 1 on. */
export const creatorOf = (n: number): string => `c${String(n).padStart(24, '0')}`;

const FILL_CREATORS = `
  INSERT INTO creators (id, external_id, display_name, email, stripe_account_id, transfers_enabled, created_at, updated_at)
  SELECT 'c' || lpad(n::text, 24, '0'), 'user-' || n, 'Creator number ' || n, 'creator' || n || '@example.com',
    'acct_' || n, true, now() - interval '3 years', now()
  FROM generate_series(1, $1::int) AS n`;

/**
 * Evenly over two years, the newest now, so that the order of time is not that of the ids. In a hundred: 90 completed,
 * 5 failed, 4 pending, 1 in processing.
 */
const FILL_PAYOUTS = `
  INSERT INTO payouts (id, creator_id, amount_cents, currency, status, stripe_transfer_id, processed_at, failed_reason,
    failure_code, retry_count, last_retry_at, next_attempt_at, created_at, updated_at)
  SELECT 'p' || substr(md5(n::text), 1, 24),
    'c' || lpad((CASE WHEN n % 100 = 50 THEN 1 ELSE 1 + n::bigint * 7919 % $2::int END)::text, 24, '0'),
    100 + n % 99900, 'usd', status::"PayoutStatus",
    CASE status WHEN 'COMPLETED' THEN 'tr_' || n END,
    CASE status WHEN 'COMPLETED' THEN created + interval '2 seconds' END,
    CASE status WHEN 'FAILED' THEN 'Your destination account needs to have at least one of the following capabilities enabled: transfers' END,
    CASE status WHEN 'FAILED' THEN 'insufficient_capabilities_for_transfer' END,
    CASE status WHEN 'FAILED' THEN n % 6 ELSE 0 END,
    CASE status WHEN 'FAILED' THEN created + interval '1 hour' END,
    CASE WHEN status = 'FAILED' AND n % 3 = 0 THEN created + interval '2 hours' END,
    created, created
  FROM generate_series(1, $1::int) AS n,
    LATERAL (SELECT date_trunc('milliseconds', now() - (($1::int - n) * (63072000.0 / $1::int)) * interval '1 second') AS created,
      CASE WHEN n % 20 = 7 THEN 'FAILED' WHEN n % 25 = 3 THEN 'PENDING' WHEN n % 100 = 99 THEN 'PROCESSING'
        ELSE 'COMPLETED' END AS status) AS facts`;

/** Fills an empty, migrated database with `rows` payouts. */
export async function fill(url: string, rows: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET TIME ZONE 'UTC'");
    await client.query(FILL_CREATORS, [CREATORS]);
    await client.query(FILL_PAYOUTS, [rows, CREATORS]);
    // As the sweep of a platform that has run for a while: what is told one by one is folded.
    await foldRollups(client, 100_000);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

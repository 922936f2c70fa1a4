// What must be true at any time, after any fault: joins Stripe's transfers with payouts, attempts, audit and events.
import type Stripe from 'stripe';
import { expect } from 'vitest';
import type { World } from '../support/world.js';

/** Each finds the rows that break it, so that a failure shows them. */
const BROKEN: Record<string, string> = {
  'versions have gaps, or a version has not one event': `
    SELECT p.id, p.version, count(e.id)::int AS events FROM payouts p LEFT JOIN payout_events e ON e.payout_id = p.id
    GROUP BY p.id HAVING count(e.id) <> p.version OR max(e.version) <> p.version OR min(e.version) <> 1`,
  'a version has not one audit row, or its chain is broken': `
    SELECT r.payout_id, r.version, r.action FROM (
      SELECT a.*, audit_event_hash(a) AS computed,
        lag(a.hash, 1, '') OVER (PARTITION BY chain ORDER BY sequence) AS previous,
        count(*) OVER (PARTITION BY payout_id) AS total
      FROM audit_events a WHERE payout_id IS NOT NULL) r
    JOIN payouts p ON p.id = r.payout_id
    WHERE r.sequence <> r.version OR r.hash <> r.computed OR r.previous_hash <> r.previous OR r.total <> p.version`,
  'an event does not go on where the last one ended, or jumps': `
    SELECT * FROM (
      SELECT payout_id, version, from_status, to_status,
        lag(to_status) OVER (PARTITION BY payout_id ORDER BY version) AS previous FROM payout_events) e
    WHERE from_status IS DISTINCT FROM previous
      OR (COALESCE(from_status::text, 'none'), to_status::text) NOT IN (
        ('none', 'PENDING'), ('PENDING', 'PROCESSING'), ('FAILED', 'PROCESSING'), ('FAILED', 'PENDING'),
        ('PROCESSING', 'COMPLETED'), ('PROCESSING', 'FAILED'))`,
  'the last event does not tell of the payout as it is': `
    SELECT p.id, p.status, e.to_status FROM payouts p
    JOIN payout_events e ON e.payout_id = p.id AND e.version = p.version WHERE e.to_status <> p.status`,
  'the attempts do not fit the status': `
    SELECT p.id, p.status, a.* FROM payouts p CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE finished_at IS NULL) AS open,
        count(*) FILTER (WHERE outcome = 'SUCCEEDED') AS succeeded, count(*) AS total, max(number) AS last
      FROM payout_attempts WHERE payout_id = p.id) a
    WHERE a.open <> (p.status = 'PROCESSING')::int OR a.succeeded <> (p.status = 'COMPLETED')::int
      OR a.total <> COALESCE(a.last, 0)`,
  'more attempts than retries were counted': `
    SELECT p.id, p.retry_count FROM payouts p
    WHERE (SELECT count(*) FROM payout_attempts a WHERE a.payout_id = p.id) > 1 + p.retry_count`,
  'a statement is overdrawn': `
    SELECT s.id, s.amount_cents FROM royalty_statements s WHERE s.amount_cents < (
      SELECT sum(p.amount_cents) FROM payouts p
      WHERE p.royalty_statement_id = s.id AND (p.status <> 'FAILED' OR p.next_attempt_at IS NOT NULL))`,
  'an event was applied more than once': `SELECT id, attempts FROM webhook_events WHERE attempts > 1`,
};

export async function expectInvariants(world: World): Promise<void> {
  for (const [what, sql] of Object.entries(BROKEN)) {
    expect((await world.db.pool.query(sql)).rows, what).toEqual([]);
  }
  const { transfers, requests, balanced } = await world.simulator.state();
  expect(balanced).toBe(true);
  await expectTransfersFit(world, transfers);
  const { rows } = await world.db.pool.query<{ key: string }>(
    'SELECT idempotency_key AS key FROM payout_attempts',
  );
  const known = new Set(rows.map(({ key }) => key));
  const strangers = requests.filter((one) => one.method === 'POST' && !known.has(one.idempotencyKey ?? ''));
  expect(strangers, 'a request without an attempt').toEqual([]);
}

interface Paid {
  id: string;
  status: string;
  transferId: string | null;
  amount: number;
  destinations: string[];
}

async function expectTransfersFit(world: World, transfers: readonly Stripe.Transfer[]): Promise<void> {
  const { rows } = await world.db.pool.query<Paid>(
    `SELECT id, status, stripe_transfer_id AS "transferId", amount_cents AS amount,
       ARRAY(SELECT destination FROM payout_attempts WHERE payout_id = p.id) AS destinations FROM payouts p`,
  );
  const payoutOf = (one: Stripe.Transfer) => one.metadata.payout_id;
  for (const payout of rows) {
    const theirs = transfers.filter((one) => payoutOf(one) === payout.id);
    expectFits(payout, theirs);
  }
  const ours = new Set<string | undefined>(rows.map(({ id }) => id));
  const strangers = transfers.filter((one) => !ours.has(payoutOf(one)));
  expect(strangers, 'a transfer of no payout').toEqual([]);
}

/** Unknown may have a transfer or none; all else is certain. */
function expectFits(payout: Paid, transfers: readonly Stripe.Transfer[]): void {
  const live = transfers.filter((one) => !one.reversed);
  expect(live.length, `transfers of ${payout.id}, which is ${payout.status}`).toBeLessThanOrEqual(1);
  if (payout.status === 'PROCESSING') return;
  expect(live.length, `transfers of ${payout.id}, which is ${payout.status}`).toBe(
    payout.status === 'COMPLETED' ? 1 : 0,
  );
  const [transfer] = live;
  if (!transfer) return;
  expect(transfer).toMatchObject({ id: payout.transferId, amount: payout.amount, currency: 'usd' });
  expect(payout.destinations).toContain(transfer.destination);
}

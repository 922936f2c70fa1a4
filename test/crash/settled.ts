// When everything has come to its end: nothing waits any more, on either side.
import { expect, vi } from 'vitest';
import type { PayoutStatus } from '../../src/generated/prisma/enums.js';
import { expectInvariants } from '../payouts/invariants.js';
import type { Wish } from './clients.js';
import { PATIENCE_MS, type Site } from './site.js';

/** What still waits, so that a failure says it. */
const WAITING = `
  SELECT 'payout' AS what, id, status::text AS state FROM payouts WHERE status <> $1::"PayoutStatus"
  UNION ALL
  SELECT 'attempt', id, outcome::text FROM payout_attempts WHERE finished_at IS NULL
  UNION ALL
  SELECT 'event', id, outcome::text FROM webhook_events WHERE outcome = 'pending'
  UNION ALL
  SELECT 'reconciliation', id, status::text FROM reconciliation_runs WHERE status <> 'COMPLETED'
  UNION ALL
  SELECT 'e-mail', id::text, state::text FROM emails WHERE state <> 'CAPTURED'
  UNION ALL
  SELECT 'event to be told', e.id::text, e.to_status::text FROM payout_events e LEFT JOIN emails m ON m.event_id = e.id
  WHERE m.id IS NULL AND (e.from_status IS NULL OR e.to_status IN ('COMPLETED', 'FAILED'))`;

/** Waits until each wish is one payout that has ended so, and checks that nothing was lost and nothing doubled. */
export async function expectSettled(site: Site, wishes: readonly Wish[], ends: PayoutStatus): Promise<void> {
  const { db, simulator } = site.world;
  const check = async () => {
    expect((await db.pool.query(WAITING, [ends])).rows).toEqual([]);
    const owed = (await simulator.deliveries()).filter(({ status }) => status === 'pending');
    expect(owed.map(({ type, attempts }) => ({ type, tries: attempts.length }))).toEqual([]);
  };
  await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 100 });
  const { rows } = await db.pool.query<{ statement: string; cents: number }>(
    'SELECT royalty_statement_id AS statement, amount_cents AS cents FROM payouts',
  );
  const paid = (statement: string, cents: number) => `${statement} ${cents}`;
  expect(rows.map(({ statement, cents }) => paid(statement, cents)).sort()).toEqual(
    wishes.map(({ royaltyStatementId, amountCents }) => paid(royaltyStatementId, amountCents)).sort(),
  );
  // One for each payout; the invariants find out whose they are.
  expect(await simulator.transfers()).toHaveLength(wishes.length);
  await expectInvariants(site.world);
}

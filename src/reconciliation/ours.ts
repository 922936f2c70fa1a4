// Our side of a comparison, read in batches: a million payouts never stand in memory at once.
import type { Queryable } from '../db/connect.js';
import type { Attempt } from '../payouts/attempts.js';
import { type StripePeriod, type TransferFact, transferGroupOf } from '../payouts/ports.js';
import type { OurPayout } from './difference.js';
import { groupBy } from './group.js';

const COLUMNS = `id, status, amount_cents AS "amountCents", currency, stripe_transfer_id AS "stripeTransferId",
  amount_reversed_cents AS "amountReversedCents", version,
  CASE WHEN status = 'COMPLETED' THEN COALESCE(processed_at, updated_at) ELSE updated_at END AS since,
  status = 'PROCESSING' AND updated_at < now() - $2 * interval '1 millisecond' AS overdue`;

/** The payouts with these ids that exist. @param staleAfterMs milliseconds in PROCESSING after which one is overdue */
export async function ourPayouts(
  db: Queryable,
  ids: readonly string[],
  staleAfterMs: number,
): Promise<OurPayout[]> {
  const { rows } = await db.query<Omit<OurPayout, 'attempts'>>(
    `SELECT ${COLUMNS} FROM payouts WHERE id = ANY($1)`,
    [ids, staleAfterMs],
  );
  const attempts = await attemptsOfAll(db, ids);
  return rows.map((row) => ({ ...row, attempts: attempts.get(row.id) ?? [] }));
}

async function attemptsOfAll(db: Queryable, payoutIds: readonly string[]): Promise<Map<string, Attempt[]>> {
  const { rows } = await db.query<Attempt & { payoutId: string }>(
    `SELECT payout_id AS "payoutId", id, number, idempotency_key AS "idempotencyKey", destination, outcome,
       transfer_id AS "transferId", amount_reversed_cents AS "amountReversedCents", finished_at AS "finishedAt",
       finished_at IS NULL AND lease_until > now() AS leased
     FROM payout_attempts WHERE payout_id = ANY($1) ORDER BY number DESC`,
    [payoutIds],
  );
  return groupBy(rows, ({ payoutId }) => payoutId);
}

/** Ids of the payouts that the transfers name, or that have recorded one of them. */
export async function payoutsNamedBy(db: Queryable, transfers: readonly TransferFact[]): Promise<string[]> {
  const named = transfers.flatMap(({ payoutId, transferGroup }) => [payoutId, idInGroup(transferGroup)]);
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM payouts WHERE id = ANY($1) UNION SELECT id FROM payouts WHERE stripe_transfer_id = ANY($2)`,
    [named.filter((id) => id !== null), transfers.map(({ id }) => id)],
  );
  return rows.map(({ id }) => id);
}

const GROUP_PREFIX = transferGroupOf('');

const idInGroup = (group: string | null): string | null =>
  group?.startsWith(GROUP_PREFIX) ? group.slice(GROUP_PREFIX.length) : null;

export interface CompletedPayout {
  id: string;
  stripeTransferId: string | null;
  at: Date;
}

const BATCH = 500;

/** Those that are COMPLETED and were so in the period, oldest first. */
export async function* completedIn(
  db: Queryable,
  { start, end }: StripePeriod,
): AsyncGenerator<CompletedPayout[]> {
  let last: Pick<CompletedPayout, 'id' | 'at'> = { id: '', at: start };
  for (;;) {
    const { rows } = await db.query<CompletedPayout>(
      `SELECT id, stripe_transfer_id AS "stripeTransferId", COALESCE(processed_at, created_at) AS at FROM payouts
       WHERE status = 'COMPLETED' AND COALESCE(processed_at, created_at) < $1::timestamp
         AND (COALESCE(processed_at, created_at), id) > ($2::timestamp, $3)
       ORDER BY COALESCE(processed_at, created_at), id LIMIT $4`,
      [end.toISOString(), last.at.toISOString(), last.id, BATCH],
    );
    const newest = rows.at(-1);
    if (!newest) return;
    yield rows;
    last = newest;
  }
}

/**
 * Those that are under way and were so before `end`, but for those that a worker has at this moment; and all that are
 * overdue.
 */
export async function* underWayBefore(
  db: Queryable,
  end: Date,
  staleAfterMs: number,
): AsyncGenerator<string[]> {
  let last = '';
  for (;;) {
    const { rows } = await db.query<{ id: string }>(
      `SELECT id FROM payouts p
       WHERE status = 'PROCESSING' AND updated_at < $1::timestamp AND id > $2
         AND (updated_at < now() - $3 * interval '1 millisecond' OR NOT EXISTS (
           SELECT 1 FROM payout_attempts a
           WHERE a.payout_id = p.id AND a.finished_at IS NULL AND a.lease_until > now()))
       ORDER BY id LIMIT $4`,
      [end.toISOString(), last, staleAfterMs, BATCH],
    );
    if (rows.length === 0) return;
    yield rows.map(({ id }) => id);
    last = rows.at(-1)?.id ?? '';
  }
}

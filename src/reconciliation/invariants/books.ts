// Stripe's books in a table of their own, so that a join finds what does not fit, however many transfers there are.
import type { Queryable } from '../../db/connect.js';
import type { ListedTransfer } from '../../payouts/ports.js';

/** It lives as long as the connection. `payout_id` is what the transfer itself says. */
const CREATE = `
CREATE TEMPORARY TABLE stripe_transfers (
  id text PRIMARY KEY, payout_id text, idempotency_key text, transfer_group text,
  amount_cents bigint NOT NULL, currency text NOT NULL, destination text NOT NULL, reversed_cents bigint NOT NULL,
  created_at timestamp NOT NULL,
  -- As Stripe told us: it was made, and failed afterwards. Older API versions do not show it in a list.
  failed boolean NOT NULL DEFAULT false
)`;

const INSERT = `
INSERT INTO stripe_transfers (id, payout_id, idempotency_key, transfer_group, amount_cents, currency, destination,
  reversed_cents, created_at)
SELECT id, COALESCE("payoutId", substring("transferGroup" FROM '^payout_(.+)$')), "idempotencyKey", "transferGroup",
  "amountCents", currency, destination, "amountReversedCents", "createdAt"
FROM jsonb_to_recordset($1::jsonb) AS t(id text, "payoutId" text, "idempotencyKey" text, "transferGroup" text,
  "amountCents" bigint, currency text, destination text, "amountReversedCents" bigint, "createdAt" timestamp)
ON CONFLICT (id) DO NOTHING`;

/** Reads page by page, outside of any transaction. @returns how many transfers there are */
export async function copyTransfers(
  db: Queryable,
  pages: AsyncIterable<readonly ListedTransfer[]>,
  onProgress: (transfers: number) => void,
): Promise<number> {
  await db.query(CREATE);
  let read = 0;
  for await (const page of pages) {
    await db.query(INSERT, [JSON.stringify(page)]);
    read += page.length;
    onProgress(read);
  }
  await db.query('CREATE INDEX ON stripe_transfers (payout_id)');
  await db.query('CREATE INDEX ON stripe_transfers (idempotency_key)');
  await db.query('ANALYZE stripe_transfers');
  const { rows } = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM stripe_transfers');
  return rows[0]?.n ?? 0;
}

/** Inside the transaction of the checks: a temporary table may be written in one that only reads. */
export async function markFailed(db: Queryable): Promise<void> {
  await db.query(
    `UPDATE stripe_transfers t SET failed = true FROM audit_events a
     WHERE a.action = 'transfer_failed' AND a.payout_id = t.payout_id AND a.after->>'stripeTransferId' = t.id`,
  );
}

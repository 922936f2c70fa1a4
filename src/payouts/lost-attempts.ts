// Attempts that a restored database has forgotten: they were made after its backup, and their transfer is at Stripe. They
// are written down again, so that the transfer has the attempt that made it and no later one takes their keys.
import cuid from '@bugsnag/cuid';
import type { Queryable } from '../db/connect.js';
import { type Attempt, attemptsOf, makerOf } from './attempts.js';
import type { TransferFact } from './ports.js';
import type { PayoutRow } from './row.js';

/**
 * The payout's attempts, newest first, with those that were lost where the transfer proves that there were some. Call it
 * with the payout locked.
 */
export async function recallAttempts(
  db: Queryable,
  payout: PayoutRow,
  transfer: TransferFact,
): Promise<Attempt[]> {
  const known = await attemptsOf(db, payout.id);
  const newest = known[0]?.number ?? 0;
  const number = attemptNumberIn(transfer.idempotencyKey, payout.id);
  const lost = payout.status === 'PROCESSING' && makerOf(known, transfer) === undefined && number > newest;
  if (!lost || !fits(payout, transfer)) return known;
  const numbers = Array.from({ length: number - newest }, (_, i) => newest + 1 + i);
  await db.query(RECALL, [numbers, numbers.map(() => cuid()), payout.id, transfer.destination]);
  return attemptsOf(db, payout.id);
}

const fits = (payout: PayoutRow, { amountCents, currency }: TransferFact) =>
  amountCents === payout.amountCents && currency === payout.currency;

/** More attempts than anybody makes are not believed: somebody else wrote that key. */
const MOST = 1_000;

/** Of the attempt whose key it is; 0: it is no key of the payout's. */
export function attemptNumberIn(key: string | null, payoutId: string): number {
  const prefix = `payout_${payoutId}_`;
  const text = key?.startsWith(prefix) ? key.slice(prefix.length) : '';
  return /^[1-9]\d*$/.test(text) && Number(text) <= MOST ? Number(text) : 0;
}

/**
 * None of them is under way: whoever made them has gone with the database that was lost. They were made after the backup,
 * to the account that the creator has, or that an attempt of the payout went to before.
 */
const RECALL = `
INSERT INTO payout_attempts (id, payout_id, number, idempotency_key, amount_cents, currency, destination, outcome,
  error_message, lease_until, started_at, sent_at, finished_at)
SELECT lost.id, p.id, lost.number, 'payout_' || p.id || '_' || lost.number, p.amount_cents, p.currency, $4, 'UNKNOWN',
  'It was made after the backup that the database was restored from.', now(), since.at, since.at, now()
FROM unnest($1::int[], $2::text[]) AS lost(number, id) JOIN payouts p ON p.id = $3
JOIN creators c ON c.id = p.creator_id
CROSS JOIN LATERAL (SELECT max(r.backup_at) AS at FROM restores r) since
WHERE since.at IS NOT NULL AND (c.stripe_account_id = $4
  OR EXISTS (SELECT 1 FROM payout_attempts a WHERE a.payout_id = p.id AND a.destination = $4))`;

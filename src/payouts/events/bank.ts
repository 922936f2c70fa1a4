// The creator's bank leg: Stripe pays what stands in the creator's balance to its bank. It is kept for the creator to
// see, and never moves a payout of ours; nothing of the bank account itself is kept.
import type { Queryable } from '../../db/connect.js';
import type { BankFact } from '../facts.js';

/** Keeps the newest word on it; of one second, the failure, which may follow a `paid`. @returns whose it is */
export async function recordBankPayout(db: Queryable, fact: BankFact): Promise<'recorded' | 'nobodys'> {
  const { rows } = await db.query<{ id: string }>(
    'SELECT id FROM creators WHERE stripe_account_id = $1 ORDER BY created_at LIMIT 1',
    [fact.accountId],
  );
  const creator = rows[0];
  if (!creator) return 'nobodys';
  await db.query(
    `INSERT INTO bank_payouts AS b (id, creator_id, amount_cents, currency, status, failure_code, arrives_on, told_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamp)
     ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, failure_code = EXCLUDED.failure_code,
       arrives_on = EXCLUDED.arrives_on, told_at = EXCLUDED.told_at, updated_at = now()
     WHERE EXCLUDED.told_at > b.told_at OR (EXCLUDED.told_at = b.told_at AND EXCLUDED.status = 'failed')`,
    [
      fact.id,
      creator.id,
      fact.amountCents,
      fact.currency,
      fact.status,
      fact.failureCode,
      fact.arrivesOn,
      fact.toldAt.toISOString(),
    ],
  );
  return 'recorded';
}

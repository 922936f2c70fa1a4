// What a fact of Stripe's does to our books: one answer for each kind, inside the transaction that ends its event.
import type { Queryable } from '../../db/connect.js';
import type { Actor } from '../actor.js';
import type { CheckedFact } from '../facts.js';
import type { TransferFact } from '../ports.js';
import { settleTransfer } from '../settle.js';
import { recordBankPayout } from './bank.js';
import { hearOfFailure } from './fail.js';
import { hearOfReadiness } from './readiness.js';

export type Heard =
  | { outcome: 'applied'; released: number }
  | { outcome: 'ignored'; why: string | null }
  /** Not ours, or not what the payout asked for: it changed nothing, and somebody must look. */
  | { outcome: 'quarantined'; why: string }
  /** It will apply once the payout is further on. */
  | { outcome: 'early' };

const APPLIED: Heard = { outcome: 'applied', released: 0 };

export async function hear(db: Queryable, fact: CheckedFact, actor: Actor): Promise<Heard> {
  switch (fact.kind) {
    case 'transfer':
      return ofPayout(db, fact.transfer, (payoutId) => settleTransfer(db, payoutId, fact.transfer, actor));
    case 'transfer_failed':
      return ofPayout(db, fact.transfer, (payoutId) => hearOfFailure(db, payoutId, fact, actor));
    case 'account': {
      const { known, released } = await hearOfReadiness(db, fact, actor);
      return known ? { outcome: 'applied', released } : { outcome: 'ignored', why: NOBODYS };
    }
    case 'bank_payout':
      return (await recordBankPayout(db, fact)) === 'recorded'
        ? APPLIED
        : { outcome: 'ignored', why: NOBODYS };
    case 'foreign':
      return { outcome: 'quarantined', why: fact.why };
    case 'ignored':
      return { outcome: 'ignored', why: null };
  }
}

const NOBODYS = 'no creator of ours has this account';

/**
 * The payout that has this transfer, or else the one that it names. It is locked first, so that its events are applied
 * one after the other.
 */
async function ofPayout(
  db: Queryable,
  transfer: TransferFact,
  tell: (payoutId: string) => Promise<{ kind: string; why?: string }>,
): Promise<Heard> {
  const { id } = transfer;
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM payouts WHERE stripe_transfer_id = $1 OR id = $2
     ORDER BY stripe_transfer_id = $1 DESC NULLS LAST LIMIT 1 FOR UPDATE`,
    [id, transfer.payoutId],
  );
  const payoutId = rows[0]?.id;
  if (!payoutId) return { outcome: 'quarantined', why: `no payout of ours has transfer ${id}` };
  const { kind, why = '' } = await tell(payoutId);
  if (kind === 'mismatch') return { outcome: 'quarantined', why };
  return kind === 'early' ? { outcome: 'early' } : APPLIED;
}

// How much of a royalty statement is left to pay. Whoever wants to spend it holds its lock, so that hundreds who ask
// at once never overdraw it.
import type { Queryable } from '../db/connect.js';

/** A payout that has the statement's money or may still take it: all but those that failed for good. */
export const SPENDS_STATEMENT = `(status <> 'FAILED' OR next_attempt_at IS NOT NULL)`;

export interface LockedStatement {
  creatorId: string;
  currency: string;
  amountCents: number;
  availableCents: number;
}

/** Locks the statement until the transaction ends; null where there is none. */
export async function lockStatement(db: Queryable, id: string): Promise<LockedStatement | null> {
  const locked = await db.query<Omit<LockedStatement, 'availableCents'>>(
    `SELECT creator_id AS "creatorId", currency, amount_cents AS "amountCents"
     FROM royalty_statements WHERE id = $1 FOR UPDATE`,
    [id],
  );
  const statement = locked.rows[0];
  if (!statement) return null;
  // A statement of its own: it must see what was committed while we waited for the lock.
  const spent = await db.query<{ cents: string }>(
    `SELECT COALESCE(sum(amount_cents), 0) AS cents FROM payouts
     WHERE royalty_statement_id = $1 AND ${SPENDS_STATEMENT}`,
    [id],
  );
  return { ...statement, availableCents: statement.amountCents - Number(spent.rows[0]?.cents) };
}

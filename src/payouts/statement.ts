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
  return (await lockStatements(db, [id])).get(id) ?? null;
}

/** Locks those that there are, in the order of their ids, so that two callers wait for each other and do not deadlock. */
export async function lockStatements(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, LockedStatement>> {
  const locked = await db.query<Omit<LockedStatement, 'availableCents'> & { id: string }>(
    `SELECT id, creator_id AS "creatorId", currency, amount_cents AS "amountCents"
     FROM royalty_statements WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`,
    [ids],
  );
  // A statement of its own: it must see what was committed while we waited for the locks.
  const spent = await spentOf(db, ids);
  return new Map(
    locked.rows.map(({ id, ...one }) => [
      id,
      { ...one, availableCents: one.amountCents - (spent.get(id) ?? 0) },
    ]),
  );
}

/** What payouts have of each statement or may still take; none of it: the statement is missing. */
export async function spentOf(db: Queryable, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; cents: string }>(
    `SELECT royalty_statement_id AS id, sum(amount_cents) AS cents FROM payouts
     WHERE royalty_statement_id = ANY($1::text[]) AND ${SPENDS_STATEMENT} GROUP BY royalty_statement_id`,
    [ids],
  );
  return new Map(rows.map(({ id, cents }) => [id, Number(cents)]));
}

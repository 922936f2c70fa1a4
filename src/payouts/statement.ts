// How much of a royalty statement is left to pay. Whoever wants to spend it holds its lock, so that hundreds who ask
// at once never overdraw it.
import type { Queryable } from '../db/connect.js';
import { MAY_ARRIVE } from './attempts.js';

/** A payout that has the statement's money or may still take it: all but those that failed for good. */
export const SPENDS_STATEMENT = `(status <> 'FAILED' OR next_attempt_at IS NOT NULL)`;

/**
 * Of a payout `p`: it failed for good, and its money may have left all the same. A comparison with Stripe has found a transfer
 * of it that lives, which is to be reversed or answered for; or it was never paid as far as we know, and a request of it that
 * was given up without an answer could still arrive. Until that is over it has its part of the statement: another payout
 * would not look for its transfer.
 */
export const MAY_BE_PAID_ALL_THE_SAME = `(p.status = 'FAILED' AND p.next_attempt_at IS NULL AND (EXISTS (
    SELECT 1 FROM reconciliation_items found
    WHERE found.payout_id = p.id AND found.kind = 'transfer_of_failed_payout' AND found.open_key IS NOT NULL)
  OR p.stripe_transfer_id IS NULL AND EXISTS (SELECT 1 FROM payout_attempts a WHERE a.payout_id = p.id AND ${MAY_ARRIVE})))`;

export interface LockedStatement {
  creatorId: string;
  currency: string;
  amountCents: number;
  availableCents: number;
  /** Ids of payouts that failed for good and have their part of it all the same. */
  keepTheirPart: readonly string[];
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
  const locked = await db.query<Omit<LockedStatement, 'availableCents' | keyof Spent> & { id: string }>(
    `SELECT id, creator_id AS "creatorId", currency, amount_cents AS "amountCents"
     FROM royalty_statements WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`,
    [ids],
  );
  // A statement of its own: it must see what was committed while we waited for the locks.
  const spent = await spentOf(db, ids);
  return new Map(
    locked.rows.map(({ id, ...one }) => {
      const { spentCents, keepTheirPart } = spent.get(id) ?? NOTHING;
      return [id, { ...one, availableCents: one.amountCents - spentCents, keepTheirPart }];
    }),
  );
}

interface Spent extends Pick<LockedStatement, 'keepTheirPart'> {
  spentCents: number;
}

const NOTHING: Spent = { spentCents: 0, keepTheirPart: [] };

/** What payouts have of each statement or may still take; none of it: the statement is missing. */
export async function spentOf(db: Queryable, ids: readonly string[]): Promise<Map<string, Spent>> {
  const { rows } = await db.query<{ id: string; cents: string; keepTheirPart: string[] | null }>(
    `SELECT royalty_statement_id AS id, sum(amount_cents) AS cents,
       array_agg(p.id) FILTER (WHERE ${MAY_BE_PAID_ALL_THE_SAME}) AS "keepTheirPart"
     FROM payouts p
     WHERE royalty_statement_id = ANY($1::text[]) AND (${SPENDS_STATEMENT} OR ${MAY_BE_PAID_ALL_THE_SAME})
     GROUP BY royalty_statement_id`,
    [ids],
  );
  return new Map(
    rows.map(({ id, cents, keepTheirPart }) => [
      id,
      { spentCents: Number(cents), keepTheirPart: keepTheirPart ?? [] },
    ]),
  );
}

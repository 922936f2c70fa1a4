// The trace of a payout: kept with it, so that whoever takes it up goes on with the trace of whoever asked for it. While
// nothing is traced none of this asks the database anything.
import type { Queryable } from '../db/connect.js';
import { currentSpan, isTracing, linkTo, openSpan, traceParent } from '../observability/tracing.js';
import type { StripeFact } from './facts.js';
import type { LeasedRequest } from './sending/claim.js';

/** Each with where its payout's trace goes on. */
export async function inTraces<Leased extends LeasedRequest>(
  db: Queryable,
  leased: Leased[],
): Promise<Leased[]> {
  if (!isTracing() || leased.length === 0) return leased;
  const { rows } = await db.query<{ id: string; traceParent: string | null }>(
    'SELECT id, trace_parent AS "traceParent" FROM payouts WHERE id = ANY($1)',
    [leased.map((one) => one.request.payoutId)],
  );
  const parents = new Map(rows.map((row) => [row.id, row.traceParent]));
  return leased.map((one) => ({ ...one, traceParent: parents.get(one.request.payoutId) ?? null }));
}

/** Milliseconds since 1970; nobody asks for it while nothing is traced. */
export const timeOfClaim = (): number => (isTracing() ? Date.now() : 0);

/** Opened when something was claimed: most looks find nothing, and are not worth a span. It names the payouts' traces. */
export function spanOfClaim(leased: readonly LeasedRequest[], cause: string, startTime: number): void {
  if (!isTracing()) return;
  const attributes = { 'claim.cause': cause, 'claim.payouts': leased.length };
  const links = leased.map((one) => one.traceParent ?? null);
  openSpan('claim payouts', { attributes, links, startTime }).span.end();
}

/** The trace of the payout that the fact is about; null where it is about none. */
export async function traceOfFact(db: Queryable, fact: StripeFact): Promise<string | null> {
  if (!isTracing() || !('transfer' in fact)) return null;
  const { id, payoutId } = fact.transfer;
  const { rows } = await db.query<{ traceParent: string | null }>(
    `SELECT trace_parent AS "traceParent" FROM payouts WHERE stripe_transfer_id = $1 OR id = $2
     ORDER BY stripe_transfer_id = $1 DESC NULLS LAST LIMIT 1`,
    [id, payoutId],
  );
  return rows[0]?.traceParent ?? null;
}

/** From now on the payouts' trace is the current one, which names the earlier ones: they were asked for anew. */
export async function beginNewTraces(db: Queryable, payouts: readonly { id: string }[]): Promise<void> {
  const parent = traceParent();
  if (parent === null || payouts.length === 0) return;
  const { rows } = await db.query<{ earlier: string | null }>(
    `UPDATE payouts p SET trace_parent = $2 FROM payouts before
     WHERE p.id = ANY($1::text[]) AND before.id = p.id RETURNING before.trace_parent AS earlier`,
    [payouts.map(({ id }) => id), parent],
  );
  for (const { earlier } of rows) linkTo(currentSpan(), earlier);
}

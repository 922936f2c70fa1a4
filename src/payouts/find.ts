// One payout by its id, as the viewer may see it.
import type { Queryable } from '../db/connect.js';
import { NotFoundError } from './errors.js';
import { PAYOUT_COLUMNS, type PayoutRow } from './row.js';
import { type Viewer, visibleTo } from './viewer.js';

/** Null where there is none or it is not the viewer's: no difference. */
export async function getPayout(db: Queryable, viewer: Viewer, id: string): Promise<PayoutRow | null> {
  const row = await readRow(db, id);
  return row && visibleTo(viewer, row.creatorId) ? row : null;
}

/** Each one as `getPayout` has it, in the order of the ids, by one query. */
export async function getPayouts(
  db: Queryable,
  viewer: Viewer,
  ids: readonly string[],
): Promise<(PayoutRow | null)[]> {
  const { rows } = await db.query<PayoutRow>({
    name: 'find-payouts',
    text: `SELECT ${PAYOUT_COLUMNS} FROM payouts WHERE id = ANY($1)`,
    values: [ids],
  });
  const visible = rows.filter((row) => visibleTo(viewer, row.creatorId));
  const byId = new Map(visible.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** For code that knows it exists. @throws NotFoundError */
export async function findPayoutRow(db: Queryable, id: string): Promise<PayoutRow> {
  const row = await readRow(db, id);
  if (!row) throw new NotFoundError('payout');
  return row;
}

async function readRow(db: Queryable, id: string): Promise<PayoutRow | null> {
  const { rows } = await db.query<PayoutRow>({
    name: 'find-payout',
    text: `SELECT ${PAYOUT_COLUMNS} FROM payouts WHERE id = $1`,
    values: [id],
  });
  return rows[0] ?? null;
}

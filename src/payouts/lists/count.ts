// How many payouts a list has in all. Where the filter says whose and in which status, and no more, the rollups know it
// exactly, however many there are; every other count looks at the rows.
import type { Queryable } from '../../db/connect.js';
import { PayoutStatus } from '../../generated/prisma/enums.js';
import { rollupScope } from '../figures/scope.js';
import type { Viewer } from '../viewer.js';
import { Conditions, type PayoutFilter } from './conditions.js';

/** Asked only when the client wants it. */
export async function countPayouts(
  db: Queryable,
  viewer: Viewer,
  filter: PayoutFilter = {},
): Promise<number> {
  const where = new Conditions(viewer, filter);
  return where.knownToRollups ? countByRollups(db, viewer, filter) : countRows(db, where);
}

async function countRows(db: Queryable, where: Conditions): Promise<number> {
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM payouts ${where.sql()}`,
    where.values,
  );
  return Number(rows[0]?.count);
}

type InStatus = Record<PayoutStatus, string>;

const STATUSES = Object.values(PayoutStatus);
const columnOf = (status: PayoutStatus): string => `in_${status.toLowerCase()}_count`;
const COLUMNS = STATUSES.map(columnOf).join(', ');

/** $1 scope; of every currency. What is folded has a row for all time, what is not is added to it. */
const COUNT_SQL = `
SELECT ${STATUSES.map((status) => `COALESCE(sum(${columnOf(status)}), 0) AS "${status}"`).join(', ')}
FROM (
  SELECT ${COLUMNS} FROM payout_rollups WHERE scope = $1 AND day = '-infinity'
  UNION ALL
  SELECT ${COLUMNS} FROM payout_deltas WHERE scope = $1
) AS figures`;

/** Another's payouts are as many as those of a creator that does not exist. */
async function countByRollups(
  db: Queryable,
  viewer: Viewer,
  { creatorId, status = STATUSES }: PayoutFilter,
): Promise<number> {
  const scope = rollupScope(viewer, creatorId);
  if (scope === null) return 0;
  const { rows } = await db.query<InStatus>({ name: 'count-payouts', text: COUNT_SQL, values: [scope] });
  return [...new Set(status)].reduce((sum, one) => sum + Number(rows[0]?.[one]), 0);
}

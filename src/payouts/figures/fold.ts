// Folds the figures of single changes into those of whole days. Any worker may do it at any time, twice, beside another
// one or never: who reads adds up both tables, and one statement moves a figure from the one to the other.
import type { Queryable } from '../../db/connect.js';
import { FIGURE_COLUMNS, SUMS } from '../rollup-figures.js';

/** So that no statement takes long: some tens of milliseconds. */
const LARGEST_FOLD = 5_000;

const ADD_UP = FIGURE_COLUMNS.split(', ')
  .map((column) => `${column} = r.${column} + EXCLUDED.${column}`)
  .join(', ');

/** $1: how many at most. What another fold is at is left to it; the order keeps two of them from a deadlock. */
const FOLD_SQL = `
WITH chosen AS MATERIALIZED (
  SELECT scope, id FROM payout_deltas LIMIT $1 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM payout_deltas d USING chosen c WHERE d.scope = c.scope AND d.id = c.id RETURNING d.*
), folded AS (
  INSERT INTO payout_rollups AS r (scope, currency, day, ${FIGURE_COLUMNS})
  SELECT scope, currency, COALESCE(day, '-infinity') AS day, ${SUMS} FROM gone
  GROUP BY GROUPING SETS ((scope, currency, day), (scope, currency))
  ORDER BY scope, currency, day
  ON CONFLICT (scope, currency, day) DO UPDATE SET ${ADD_UP}
)
SELECT count(*)::int AS folded FROM gone`;

/** @returns how many rows were folded */
export async function foldRollups(db: Queryable, atMost = LARGEST_FOLD): Promise<number> {
  let all = 0;
  for (;;) {
    const { rows } = await db.query<{ folded: number }>({
      name: 'fold-rollups',
      text: FOLD_SQL,
      values: [atMost],
    });
    const folded = rows[0]?.folded ?? 0;
    all += folded;
    if (folded < atMost) return all;
  }
}

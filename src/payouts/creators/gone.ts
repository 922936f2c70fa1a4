// Which of some creators there are no more: a token outlives the creator that it was made for.
import type { Queryable } from '../../db/connect.js';

/** @returns the ids of those whose row is gone, or never was */
export async function creatorsGone(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'creators-gone',
    text: `SELECT asked.id FROM unnest($1::text[]) AS asked(id)
           WHERE NOT EXISTS (SELECT 1 FROM creators c WHERE c.id = asked.id)`,
    values: [ids],
  });
  return rows.map(({ id }) => id);
}

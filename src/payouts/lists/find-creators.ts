// Creators as admins look for them: by how a name or an e-mail begins, by the platform's id, by whether they can be paid.
import type { Queryable } from '../../db/connect.js';
import { beginningOf } from './conditions.js';

export interface CreatorFilter {
  /** Blank: no condition. */
  search?: string | null | undefined;
  transfersEnabled?: boolean | null | undefined;
}

/** Where a page of the list begins, which way it goes, and how long it is. */
export interface CreatorSeek {
  beyond: { time: Date; id: string } | null;
  direction: 'asc' | 'desc';
  take: number;
}

/** Ids of one page, in its order: by the moment of creation, then by the id. */
export async function findCreators(
  db: Queryable,
  filter: CreatorFilter,
  { beyond, direction, take }: CreatorSeek,
): Promise<string[]> {
  const { conditions, values } = conditionsOf(filter);
  if (beyond) {
    const [time, id] = [values.push(beyond.time.toISOString()), values.push(beyond.id)];
    conditions.push(`(created_at, id) ${direction === 'desc' ? '<' : '>'} ($${time}::timestamp, $${id})`);
  }
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM creators ${whereOf(conditions)}
     ORDER BY created_at ${direction}, id ${direction} LIMIT $${values.push(take)}`,
    values,
  );
  return rows.map(({ id }) => id);
}

/** How many there are on all pages. */
export async function countCreators(db: Queryable, filter: CreatorFilter): Promise<number> {
  const { conditions, values } = conditionsOf(filter);
  const sql = `SELECT count(*)::int AS count FROM creators ${whereOf(conditions)}`;
  const { rows } = await db.query<{ count: number }>(sql, values);
  return rows[0]?.count ?? 0;
}

function conditionsOf({ search, transfersEnabled }: CreatorFilter) {
  const [conditions, values]: [string[], unknown[]] = [[], []];
  const text = search?.trim();
  if (text) {
    const [beginning, whole] = [values.push(beginningOf(text)), values.push(text)];
    // Each by an index of its own.
    conditions.push(
      `(lower(display_name) LIKE lower($${beginning}) OR lower(email) LIKE lower($${beginning}) OR external_id = $${whole})`,
    );
  }
  if (transfersEnabled != null) conditions.push(`transfers_enabled = $${values.push(transfersEnabled)}`);
  return { conditions, values };
}

const whereOf = (conditions: readonly string[]) =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

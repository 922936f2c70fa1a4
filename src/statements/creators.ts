// Who is meant: a creator by e-mail, external id or our id, or by a name that the admin has made an alias. Nothing is
// guessed: whoever cannot be told for certain is nobody.
import type { Queryable } from '../db/connect.js';

export interface CreatorRef {
  id: string;
  displayName: string;
}

/** What a key leads to; several: it cannot be told which. */
export type Found = ReadonlyMap<string, readonly CreatorRef[]>;

/** One key may be the id of one creator and the external id of another: both are found. */
const BY_ACCOUNT = `
  WITH keys AS (SELECT unnest($1::text[]) AS key)
  SELECT key, c.id, c.display_name AS "displayName" FROM keys JOIN creators c ON c.id = key
  UNION
  SELECT key, c.id, c.display_name FROM keys JOIN creators c ON c.external_id = key
  UNION
  SELECT key, c.id, c.display_name FROM keys JOIN creators c ON lower(c.email) = lower(key)`;

const BY_ALIAS = `
  SELECT a.name_key AS key, c.id, c.display_name AS "displayName"
  FROM creator_aliases a JOIN creators c ON c.id = a.creator_id
  WHERE a.name_key = ANY($1::text[])`;

const SQL = { account: BY_ACCOUNT, alias: BY_ALIAS };

/** `alias` keys are folded names (names.ts). Keys that lead nowhere are absent from the answer. */
export async function findCreators(
  db: Queryable,
  by: 'account' | 'alias',
  keys: readonly string[],
): Promise<Found> {
  const found = new Map<string, CreatorRef[]>();
  const { rows } = await db.query<CreatorRef & { key: string }>(SQL[by], [keys]);
  for (const { key, id, displayName } of rows) {
    const creators = found.get(key);
    if (creators) creators.push({ id, displayName });
    else found.set(key, [{ id, displayName }]);
  }
  return found;
}

// All payouts of a list, newest first, however many they are: page after page by keyset, each a statement of its own. No
// connection and no snapshot is held while the reader of a page takes its time, so that a slow one holds up nobody.
import type { Queryable } from '../../db/connect.js';
import { Conditions, type PayoutFilter } from '../lists/conditions.js';
import { type CreatorProperty, type ListedPayout, listStatement } from '../lists/page-statement.js';
import type { Viewer } from '../viewer.js';

/** Rows of one page: few enough to hold, many enough that a million of them are few statements. */
const PAGE = 500;

/**
 * In the order of the list that has no other order: by creation and id, neither of which ever changes. So each payout that
 * is in the list all the while comes exactly once, as it stood when its page was read. One that is created meanwhile does
 * not come; one that enters or leaves the list by a change of its status comes if it was in it when its page was read.
 */
export async function* walkPayouts(
  db: Queryable,
  viewer: Viewer,
  filter: PayoutFilter,
  creator: readonly CreatorProperty[],
): AsyncGenerator<ListedPayout[]> {
  let last: ListedPayout | undefined;
  for (;;) {
    const page = await pageAfter(db, new Conditions(viewer, filter), last, creator);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    last = page.at(-1);
  }
}

async function pageAfter(
  db: Queryable,
  where: Conditions,
  last: ListedPayout | undefined,
  creator: readonly CreatorProperty[],
): Promise<ListedPayout[]> {
  if (last) where.add('(created_at, id) < (?::timestamp, ?)', last.createdAt, last.id);
  const { text, rowsOf } = listStatement({
    where: where.sql(),
    column: 'created_at',
    property: 'createdAt',
    direction: 'DESC',
    limit: PAGE,
    reads: { creator },
  });
  const { rows } = await db.query<{ page: unknown[][] }>(text, where.values);
  return rowsOf(rows[0]?.page ?? []);
}

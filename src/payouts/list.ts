// Lists of payouts, page by page: one SQL statement by keyset, so that page 10,000 costs what page 1 does.
import type { Queryable } from '../db/connect.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { Conditions, type PayoutFilter } from './list-conditions.js';
import { type ListedPayout, type ListReads, listStatement } from './list-statement.js';
import { type Page, type PageRequest, pageOf, windowOf } from './page.js';
import type { Viewer } from './viewer.js';

export type PayoutOrderField = 'CREATED_AT' | 'UPDATED_AT' | 'AMOUNT_CENTS';

export interface PayoutOrder {
  field: PayoutOrderField;
  direction: 'ASC' | 'DESC';
}

const NEWEST_FIRST: PayoutOrder = { field: 'CREATED_AT', direction: 'DESC' };

/** The column of an order, its name in a row, and its type; the id breaks ties. */
const ORDER = {
  CREATED_AT: { column: 'created_at', property: 'createdAt', type: 'timestamp' },
  UPDATED_AT: { column: 'updated_at', property: 'updatedAt', type: 'timestamp' },
  AMOUNT_CENTS: { column: 'amount_cents', property: 'amountCents', type: 'int' },
} as const;

/**
 * @param reads what is wanted of each payout; what was not asked for may be missing from the rows
 * @throws InvalidInputError for a page that cannot be: `first` and `last` together, over 100, a broken cursor
 */
export async function listPayouts(
  db: Queryable,
  viewer: Viewer,
  page: PageRequest,
  filter: PayoutFilter = {},
  order: PayoutOrder = NEWEST_FIRST,
  reads: ListReads = {},
): Promise<Page<ListedPayout>> {
  const { limit, backward, cursor } = windowOf(page);
  const { column, property, type } = ORDER[order.field];
  const where = new Conditions(viewer, filter);
  const descending = (order.direction === 'DESC') !== backward;
  if (cursor !== null) {
    const [key, id] = decodeCursor(cursor, order.field, type, backward ? 'before' : 'after');
    where.add(`(${column}, id) ${descending ? '<' : '>'} (?::${type}, ?)`, key, id);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const shape = { where: where.sql(), column, property, direction, limit: limit + 1, reads } as const;
  const { text, rowsOf } = listStatement(shape);
  // The beginning of a name is not to be a parameter of a plan: no index could be used for it.
  const name = filter.search ? undefined : nameOf(text);
  const query = { text, values: where.values, ...(name && { name }) };
  const { rows } = await db.query<{ page: unknown[][] }>(query);
  return pageOf(rowsOf(rows[0]?.page ?? []), page, (row) =>
    encodeCursor(order.field, String(row[property]), row.id),
  );
}

/** Each connection keeps the plans of so many statements; the rest is planned anew each time. */
const MOST_NAMES = 200;
const names = new Map<string, string>();

/** A name under which Postgres keeps the plan; the first texts that are asked for get one. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = `list-payouts-${names.size}`;
  names.set(text, name);
  return name;
}

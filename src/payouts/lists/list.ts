// Lists of payouts, page by page: one SQL statement by keyset, so that page 10,000 costs what page 1 does.
import type { Queryable } from '../../db/connect.js';
import type { Viewer } from '../viewer.js';
import { Conditions, type PayoutFilter } from './conditions.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { type Page, type PageRequest, pageOf, windowOf } from './page.js';
import { type ListedPayout, type ListReads, type ListShape, listStatement } from './page-statement.js';

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
  const descending = (order.direction === 'DESC') !== backward;
  const whereOf = (some: PayoutFilter): Conditions => {
    const where = new Conditions(viewer, some);
    if (cursor === null) return where;
    const [key, id] = decodeCursor(cursor, order.field, type, backward ? 'before' : 'after');
    where.add(`(${column}, id) ${descending ? '<' : '>'} (?::${type}, ?)`, key, id);
    return where;
  };
  const direction = descending ? 'DESC' : 'ASC';
  const shape = { column, property, direction, limit: limit + 1, reads } as const;
  const near = isBroad(viewer, filter) ? await searchNear(db, whereOf, filter, shape) : null;
  const rows = near ?? (await read(db, whereOf(filter), shape, !filter.search));
  return pageOf(rows, page, (row) => encodeCursor(order.field, String(row[property]), row.id));
}

type Shape = Omit<ListShape, 'from' | 'where'>;

/** The beginning of a name is not to be a parameter of a plan (`named`): no index could be used for it. */
async function read(db: Queryable, where: Conditions, shape: Shape, named: boolean): Promise<ListedPayout[]> {
  const { text, rowsOf } = listStatement({ ...shape, where: where.sql() });
  const name = named ? nameOf(text) : undefined;
  const { rows } = await db.query<{ page: unknown[][] }>({
    text,
    values: where.values,
    ...(name && { name }),
  });
  return rowsOf(rows[0]?.page ?? []);
}

/** A search among all creators: it may find the payouts of very many. */
const isBroad = (viewer: Viewer, { search, creatorId, royaltyStatementId }: PayoutFilter): boolean =>
  viewer.role === 'ADMIN' && Boolean(search?.trim()) && creatorId === undefined && !royaltyStatementId;

/** So many rows are looked through before a search gives up to find its page among the first: some milliseconds. */
const NEAR = 20_000;

/**
 * The payouts of many creators would all have to be sorted for one page, which most often lies among the first rows of
 * the order. Null: it does not, or the creators are few.
 */
async function searchNear(
  db: Queryable,
  whereOf: (filter: PayoutFilter) => Conditions,
  { search = '', ...filter }: PayoutFilter,
  shape: Shape,
): Promise<ListedPayout[] | null> {
  const where = whereOf(filter);
  const { column, direction, limit } = shape;
  const from = `(SELECT * FROM payouts ${where.sql()}
    ORDER BY ${column} ${direction}, id ${direction} LIMIT ${NEAR}) AS payouts`;
  const searched = where.searchedIfMany(search);
  const { text, rowsOf } = listStatement({ ...shape, from, where: `WHERE ${searched}` });
  const { rows } = await db.query<{ page: unknown[][] }>({ text, values: where.values });
  const page = rowsOf(rows[0]?.page ?? []);
  return page.length === limit ? page : null;
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

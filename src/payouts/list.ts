// Lists of payouts, page by page: one SQL statement by keyset, so that page 10,000 costs what page 1 does. The tenant's
// scope is put on here and nowhere else.
import type { Queryable } from '../db/connect.js';
import type { PayoutStatus } from '../generated/prisma/enums.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { type Page, type PageRequest, pageOf, windowOf } from './page.js';
import { PAYOUT_COLUMNS, type PayoutRow } from './row.js';
import { scopeOf, type Viewer } from './viewer.js';

export interface PayoutFilter {
  status?: readonly PayoutStatus[] | undefined;
  creatorId?: string | undefined;
  royaltyStatementId?: string | undefined;
  amountCents?: { gte?: number | undefined; lte?: number | undefined } | undefined;
  createdAt?: { gte?: Date | undefined; lt?: Date | undefined } | undefined;
}

export type PayoutOrderField = 'CREATED_AT' | 'UPDATED_AT' | 'AMOUNT_CENTS';

export interface PayoutOrder {
  field: PayoutOrderField;
  direction: 'ASC' | 'DESC';
}

const NEWEST_FIRST: PayoutOrder = { field: 'CREATED_AT', direction: 'DESC' };

/** The column of an order, its type, and its value in a row; the id breaks ties. */
const ORDER = {
  CREATED_AT: {
    column: 'created_at',
    type: 'timestamp',
    value: (row: PayoutRow) => row.createdAt.toISOString(),
  },
  UPDATED_AT: {
    column: 'updated_at',
    type: 'timestamp',
    value: (row: PayoutRow) => row.updatedAt.toISOString(),
  },
  AMOUNT_CENTS: { column: 'amount_cents', type: 'int', value: (row: PayoutRow) => String(row.amountCents) },
} as const;

/** @throws InvalidInputError for a page that cannot be: `first` and `last` together, over 100, a broken cursor */
export async function listPayouts(
  db: Queryable,
  viewer: Viewer,
  page: PageRequest,
  filter: PayoutFilter = {},
  order: PayoutOrder = NEWEST_FIRST,
): Promise<Page<PayoutRow>> {
  const { limit, backward, cursor } = windowOf(page);
  const { column, type, value } = ORDER[order.field];
  const where = new Conditions(viewer, filter);
  const descending = (order.direction === 'DESC') !== backward;
  if (cursor !== null) {
    const [key, id] = decodeCursor(cursor, order.field, type, backward ? 'before' : 'after');
    where.add(`(${column}, id) ${descending ? '<' : '>'} (?::${type}, ?)`, key, id);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const { rows } = await db.query<PayoutRow>(
    `SELECT ${PAYOUT_COLUMNS} FROM payouts ${where.sql()}
     ORDER BY ${column} ${direction}, id ${direction} LIMIT ${limit + 1}`,
    where.values,
  );
  return pageOf(rows, page, (row) => encodeCursor(order.field, value(row), row.id));
}

/** How many there are in all; asked only when the client wants it. */
export async function countPayouts(
  db: Queryable,
  viewer: Viewer,
  filter: PayoutFilter = {},
): Promise<number> {
  const where = new Conditions(viewer, filter);
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM payouts ${where.sql()}`,
    where.values,
  );
  return Number(rows[0]?.count);
}

/** The WHERE clause: the viewer's scope first, then what the filter says. */
class Conditions {
  readonly values: unknown[] = [];
  private readonly parts: string[] = [];

  constructor(viewer: Viewer, filter: PayoutFilter) {
    const scope = scopeOf(viewer);
    if (scope !== null) this.add('creator_id = ?', scope);
    if (filter.creatorId !== undefined) this.add('creator_id = ?', filter.creatorId);
    if (filter.royaltyStatementId !== undefined)
      this.add('royalty_statement_id = ?', filter.royaltyStatementId);
    if (filter.status?.length === 1) this.add('status = ?::"PayoutStatus"', filter.status[0]);
    else if (filter.status) this.add('status = ANY(?::"PayoutStatus"[])', filter.status);
    if (filter.amountCents?.gte !== undefined) this.add('amount_cents >= ?', filter.amountCents.gte);
    if (filter.amountCents?.lte !== undefined) this.add('amount_cents <= ?', filter.amountCents.lte);
    if (filter.createdAt?.gte) this.add('created_at >= ?::timestamp', filter.createdAt.gte.toISOString());
    if (filter.createdAt?.lt) this.add('created_at < ?::timestamp', filter.createdAt.lt.toISOString());
  }

  /** Each `?` of the condition takes one of the values. */
  add(condition: string, ...values: unknown[]): void {
    this.parts.push(condition.replaceAll('?', () => `$${this.values.push(values.shift())}`));
  }

  sql(): string {
    return this.parts.length === 0 ? '' : `WHERE ${this.parts.join(' AND ')}`;
  }
}

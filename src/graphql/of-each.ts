// Lists in the rows of a list: one statement reads the page of every row, the newest first.
import type pg from 'pg';
import type { PageRequest } from '../payouts/lists/page.js';
import { connectionOf, type Places, type Seek, seekOf } from './newest-first.js';

export interface ListOfEach {
  table: string;
  /** SQL: whether a row of the table is one of `parent.id`'s. */
  of: string;
  /** What it is ordered by, as a cursor has it: the time and the id, or the id alone. */
  order: readonly { column: string; type: 'timestamp' | 'text' | 'bigint' }[];
  /** Those that are read; without it all. */
  columns?: readonly string[];
}

/**
 * The same page of each parent's list, in the order of the parents.
 * @throws InvalidInputError for a page that cannot be
 */
export async function connectOfEach<Row>(
  pool: pg.Pool,
  parents: readonly string[],
  page: PageRequest,
  list: ListOfEach & Places<Row>,
) {
  const seek = seekOf(page, list);
  const rows = await readOfEach<Row>(pool, parents, list, seek.take, seek);
  let counts: Promise<Map<string, number>> | undefined;
  const count = async (parent: string) => {
    counts ??= countOfEach(pool, parents, list);
    return (await counts).get(parent) ?? 0;
  };
  return parents.map((id) => connectionOf(rows.get(id) ?? [], page, list, () => count(id)));
}

/** At most `take` rows for each parent, with the properties that Prisma's models have. */
export async function readOfEach<Row>(
  pool: pg.Pool,
  parents: readonly string[],
  list: ListOfEach,
  take: number,
  { beyond, direction }: Pick<Seek, 'beyond' | 'direction'> = { beyond: null, direction: 'desc' },
): Promise<Map<string, Row[]>> {
  const { table, of, order, columns = ['*'] } = list;
  const by = (from: string) => order.map(({ column }) => `${from}.${column} ${direction}`).join(', ');
  const { rows } = await pool.query<{ parent_id: string }>({
    text: `SELECT parent.id AS parent_id, found.* FROM unnest($1::text[]) AS parent(id)
      CROSS JOIN LATERAL (SELECT ${columns.map((column) => `t.${column}`).join(', ')} FROM ${table} t WHERE ${of} ${beyond ? beyondSql(order, direction) : ''}
        ORDER BY ${by('t')} LIMIT ${take}) found
      ORDER BY parent.id, ${by('found')}`,
    values: [[...new Set(parents)], ...(beyond ? keysOf(order, beyond) : [])],
  });
  return grouped(rows) as Map<string, Row[]>;
}

function beyondSql(order: ListOfEach['order'], direction: Seek['direction']): string {
  const columns = order.map(({ column }) => `t.${column}`);
  const keys = order.map(({ type }, index) => `$${index + 2}::${type}`);
  return `AND (${columns.join(', ')}) ${direction === 'desc' ? '<' : '>'} (${keys.join(', ')})`;
}

const keysOf = (order: ListOfEach['order'], { time, id }: NonNullable<Seek['beyond']>) =>
  order.map(({ type }) => (type === 'timestamp' ? time.toISOString() : id));

async function countOfEach(pool: pg.Pool, parents: readonly string[], { table, of }: ListOfEach) {
  const { rows } = await pool.query<{ id: string; count: number }>({
    text: `SELECT parent.id, (SELECT count(*)::int FROM ${table} t WHERE ${of}) AS count
      FROM unnest($1::text[]) AS parent(id)`,
    values: [[...new Set(parents)]],
  });
  return new Map(rows.map(({ id, count }) => [id, count]));
}

function grouped(rows: readonly { parent_id: string }[]): Map<string, object[]> {
  const groups = new Map<string, object[]>();
  for (const { parent_id: parent, ...row } of rows) {
    const group = groups.get(parent) ?? [];
    group.push(asProperties(row));
    groups.set(parent, group);
  }
  return groups;
}

/** `payout_id` is `payoutId` in every model. */
const asProperties = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column.replace(/_(\w)/g, (_, c: string) => c.toUpperCase()),
      value,
    ]),
  );

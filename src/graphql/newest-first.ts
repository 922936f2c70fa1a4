// Lists that have one order, the newest first: read by keyset, so that a row that joins or leaves the list between two
// pages moves no other one, and a page that is too large is refused rather than cut.

import { InvalidInputError } from '../payouts/errors.js';
import { decodeCursor, encodeCursor } from '../payouts/lists/cursor.js';
import { type Page, type PageRequest, pageOf, windowOf } from '../payouts/lists/page.js';

/** Where a row stands; the id breaks ties. */
interface Place {
  time: Date;
  id: string;
}

/** What a page asks of the table. */
export interface Seek {
  /** Only what lies beyond it; null: from the list's own end on. */
  beyond: Place | null;
  direction: 'asc' | 'desc';
  take: number;
}

/** Where the rows of a list stand, and the cursors that say so. */
export interface Places<Row> {
  /** Cursors are bound to the list of this name. */
  name: string;
  placeOf(row: Row): Place;
  /** Whether the id of a cursor can be one of a row's; without it any text can. */
  isId?(id: string): boolean;
}

interface NewestFirst<Row> extends Places<Row> {
  read(seek: Seek): Promise<Row[]>;
  count(): Promise<number>;
}

/** @throws InvalidInputError for a page that cannot be: `first` and `last` together, over 100, a broken cursor */
export async function connect<Row>(page: PageRequest, list: NewestFirst<Row>) {
  return connectionOf(await list.read(seekOf(page, list)), page, list, () => list.count());
}

/** @param rows what the page's `seekOf` found @param totalCount asked only when the client wants it */
export function connectionOf<Row>(
  rows: readonly Row[],
  page: PageRequest,
  places: Places<Row>,
  totalCount: () => Promise<number>,
) {
  const read = pageOf(rows, page, (row) => cursorOf(places, row));
  return {
    edges: read.nodes.map(({ row, cursor }) => ({ node: row, cursor })),
    pageInfo: pageInfoOf(read),
    totalCount,
  };
}

/** The WHERE of a list by the column `time` and the id, as Prisma takes it. */
export function beyond<Column extends string>(time: Column, { beyond: place, direction }: Seek) {
  if (!place) return {};
  const range = (condition: TimeRange) => ({ [time]: condition }) as Record<Column, TimeRange>;
  return direction === 'desc'
    ? { AND: [range({ lte: place.time }), { OR: [range({ lt: place.time }), { id: { lt: place.id } }] }] }
    : { AND: [range({ gte: place.time }), { OR: [range({ gt: place.time }), { id: { gt: place.id } }] }] };
}

type TimeRange = { lt: Date } | { lte: Date } | { gt: Date } | { gte: Date };

/** @throws InvalidInputError like `connect` */
export function seekOf<Row>(page: PageRequest, places: Places<Row>): Seek {
  const { limit, backward, cursor } = windowOf(page);
  const place = cursor === null ? null : placeAt(cursor, places, backward ? 'before' : 'after');
  return { beyond: place, direction: backward ? 'asc' : 'desc', take: limit + 1 };
}

function placeAt<Row>(cursor: string, { name, isId }: Places<Row>, argument: string): Place {
  const [time, id] = decodeCursor(cursor, name, 'timestamp', argument);
  if (isId?.(id) === false) throw new InvalidInputError([argument], 'is not a cursor of this list');
  return { time: new Date(time), id };
}

function cursorOf<Row>({ name, placeOf }: Places<Row>, row: Row): string {
  const { time, id } = placeOf(row);
  return encodeCursor(name, time.toISOString(), id);
}

const pageInfoOf = ({ nodes, hasNextPage, hasPreviousPage }: Page<unknown>) => ({
  hasNextPage,
  hasPreviousPage,
  startCursor: nodes[0]?.cursor ?? null,
  endCursor: nodes.at(-1)?.cursor ?? null,
});

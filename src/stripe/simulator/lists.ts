// Stripe's lists: newest first, cursors, at most 100 a page, `created` bounds.
import type Stripe from 'stripe';
import { invalid, missing } from './errors.js';
import type { Params, Range } from './reader.js';
import type { Row, Table } from './table.js';

export const LIST_PARAMS = ['limit', 'starting_after', 'ending_before'] as const;

/** Which page is asked for. */
export interface Page {
  limit: number;
  startingAfter: string | undefined;
  endingBefore: string | undefined;
}

/** Reads limit and cursors. Throws on a limit outside 1 to 100, or on both cursors. */
export function pageOf(params: Params): Page {
  const limit = params.integer('limit', 1, 100) ?? 10;
  const startingAfter = params.text('starting_after');
  const endingBefore = params.text('ending_before');
  if (startingAfter !== undefined && endingBefore !== undefined) {
    throw invalid(
      'You may only specify one of these parameters: starting_after, ending_before.',
      'parameters_exclusive',
    );
  }
  return { limit, startingAfter, endingBefore };
}

/** What is listed, and how it is shown. */
export interface Listing<R extends Row, T> {
  table: Table<R>;
  /** The kind's name in `No such …`. */
  kind: string;
  url: string;
  matches: (row: R) => boolean;
  show: (row: R) => T;
}

/** One page. Throws `resource_missing` for a cursor that names nothing. */
export function list<R extends Row, T>(
  { table, kind, url, matches, show }: Listing<R, T>,
  page: Page,
): Stripe.ApiList<T> {
  const cursor = page.startingAfter ?? page.endingBefore;
  const param = page.endingBefore === undefined ? 'starting_after' : 'ending_before';
  if (cursor !== undefined && !table.get(cursor)) throw missing(kind, cursor, param, 400);
  const backwards = page.endingBefore !== undefined;
  const rows = backwards ? table.oldestFirst(cursor) : table.newestFirst(cursor);
  const found: R[] = [];
  for (const row of rows) {
    if (matches(row)) found.push(row);
    if (found.length > page.limit) break;
  }
  const shown = found.slice(0, page.limit).map(show);
  return {
    object: 'list',
    data: backwards ? shown.reverse() : shown,
    has_more: found.length > page.limit,
    url,
  } satisfies Stripe.ApiList<T>;
}

/** Whether a time in Unix seconds is within the bounds. */
export function within(created: number, range: Range | undefined): boolean {
  if (!range) return true;
  const { gt = -1, gte = 0, lt = Number.POSITIVE_INFINITY, lte = Number.POSITIVE_INFINITY } = range;
  return created > gt && created >= gte && created < lt && created <= lte;
}

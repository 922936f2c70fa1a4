// Relay's paging arguments, checked, and the page that comes of them.
import { InvalidInputError } from './errors.js';

export const LARGEST_PAGE = 100;
const DEFAULT_PAGE = 20;

/** Relay's four arguments; `first` and `after` go forward, `last` and `before` backward. */
export interface PageRequest {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

export interface Page<T> {
  /** In the order asked for, whichever way the page was read. */
  nodes: { row: T; cursor: string }[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

/** @throws InvalidInputError for both directions at once, or a size outside 0 to 100 */
export function windowOf(page: PageRequest): { limit: number; backward: boolean; cursor: string | null } {
  const backward = page.last != null || (page.before != null && page.first == null);
  if (page.first != null && page.last != null) {
    throw new InvalidInputError(['last'], 'ask for first or for last, not both');
  }
  if (page.after != null && page.before != null) {
    throw new InvalidInputError(['before'], 'give after or before, not both');
  }
  if (backward ? page.after != null : page.before != null) {
    throw new InvalidInputError([backward ? 'after' : 'before'], 'use first with after, last with before');
  }
  const limit = page.first ?? page.last ?? DEFAULT_PAGE;
  if (limit < 0 || limit > LARGEST_PAGE) {
    throw new InvalidInputError([backward ? 'last' : 'first'], `must be from 0 to ${LARGEST_PAGE}`);
  }
  return { limit, backward, cursor: (backward ? page.before : page.after) ?? null };
}

/** Makes the page of `rows`, which were read in the page's direction with one more than asked for. */
export function pageOf<T>(rows: readonly T[], page: PageRequest, cursorOf: (row: T) => string): Page<T> {
  const { limit, backward, cursor } = windowOf(page);
  const kept = rows.slice(0, limit);
  if (backward) kept.reverse();
  const more = rows.length > limit;
  return {
    nodes: kept.map((row) => ({ row, cursor: cursorOf(row) })),
    hasNextPage: backward ? cursor !== null : more,
    hasPreviousPage: backward ? more : cursor !== null,
  };
}

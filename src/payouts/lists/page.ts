// Relay's paging arguments, checked, and the page that comes of them.
import { InvalidInputError } from '../errors.js';

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
  nodes: Placed<T>[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

/** A row and where it stands. */
export interface Placed<T> {
  readonly row: T;
  /** Made when it is asked for: most clients want the last one of a page alone. */
  readonly cursor: string;
}

/** What a page asks of the list. */
export interface PageWindow {
  limit: number;
  backward: boolean;
  cursor: string | null;
}

/** @throws InvalidInputError for both directions at once, or a size outside 0 to 100 */
export function windowOf(page: PageRequest): PageWindow {
  const backward = page.last != null || (page.before != null && page.first == null);
  checkDirection(page, backward);
  const limit = (backward ? page.last : page.first) ?? DEFAULT_PAGE;
  if (limit < 0 || limit > LARGEST_PAGE) {
    throw new InvalidInputError([backward ? 'last' : 'first'], `must be from 0 to ${LARGEST_PAGE}`);
  }
  return { limit, backward, cursor: (backward ? page.before : page.after) ?? null };
}

/** Only `first` with `after`, or `last` with `before`. */
function checkDirection({ first, after, last, before }: PageRequest, backward: boolean): void {
  if (first != null && last != null) {
    throw new InvalidInputError(['last'], 'ask for first or for last, not both');
  }
  if (after != null && before != null) {
    throw new InvalidInputError(['before'], 'give after or before, not both');
  }
  if ((backward ? after : before) != null) {
    throw new InvalidInputError([backward ? 'after' : 'before'], 'use first with after, last with before');
  }
}

/** Makes the page of `rows`, which were read in the page's direction with one more than asked for. */
export function pageOf<T>(rows: readonly T[], page: PageRequest, cursorOf: (row: T) => string): Page<T> {
  const { limit, backward, cursor } = windowOf(page);
  const kept = rows.slice(0, limit);
  if (backward) kept.reverse();
  const more = rows.length > limit;
  return {
    nodes: kept.map((row) => new PlacedRow(row, cursorOf)),
    hasNextPage: backward ? cursor !== null : more,
    hasPreviousPage: backward ? more : cursor !== null,
  };
}

class PlacedRow<T> implements Placed<T> {
  readonly row: T;
  readonly #cursorOf: (row: T) => string;

  constructor(row: T, cursorOf: (row: T) => string) {
    this.row = row;
    this.#cursorOf = cursorOf;
  }

  get cursor(): string {
    return this.#cursorOf(this.row);
  }
}

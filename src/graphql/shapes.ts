// What arguments must look like, beyond their types. The use cases hold to their own rules whoever calls them; here the
// caller is told before anything is asked of the database.
import * as z from 'zod';
import { InvalidInputError } from '../payouts/errors.js';
import { LARGEST_PAGE } from '../payouts/lists/page.js';
import { LONGEST_REASON } from '../payouts/reason.js';
import { isText } from '../payouts/text.js';

/** What Postgres takes. */
export const TEXT = z.string().refine(isText, 'no text has a NUL, or half a character.');

/** Something is said. @param message what to answer to blanks */
export const words = (message: string) => TEXT.refine((text) => text.trim() !== '', message);

const TOO_LONG = `must have 1 to ${LONGEST_REASON} characters`;

/** Why an admin does something. */
export const REASON = words('say why.').refine((text) => text.trim().length <= LONGEST_REASON, TOO_LONG);

/** The same where it need not be said. */
export const OPTIONAL_REASON = TEXT.refine((text) => text.trim().length <= LONGEST_REASON, TOO_LONG);

/** A client's own key. */
export const IDEMPOTENCY_KEY = TEXT.refine(
  (key) => key.trim() !== '' && key.length <= 255,
  'must have 1 to 255 characters',
);

/** How many rows: from none to `most`. */
export function size(most: number) {
  const message = `must be from 0 to ${most}`;
  return z.int(message).min(0, message).max(most, message);
}

export const PAGE_SIZE = size(LARGEST_PAGE);

type Segment = PropertyKey | { readonly key: PropertyKey };

interface Failure {
  readonly issues: readonly { readonly message: string; readonly path?: readonly Segment[] | undefined }[];
}

/** The first thing that is wrong, as every other input that cannot be meant: typed where the field's result has it. */
export function invalidInput({ issues: [issue] }: Failure): InvalidInputError {
  const path = (issue?.path ?? []).map((segment) =>
    String(typeof segment === 'object' ? segment.key : segment),
  );
  // A mutation's only argument goes without saying.
  const inside = path[0] === 'input' ? path.slice(1) : path;
  return new InvalidInputError(inside, issue?.message ?? 'cannot be meant');
}

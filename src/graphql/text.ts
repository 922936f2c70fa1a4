// Text of a client that goes into a query.
import { InvalidInputError } from '../payouts/errors.js';

/** Postgres takes no NUL in a text. @throws InvalidInputError naming the input field */
export function textOf(path: readonly string[], text: string): string {
  if (text.includes('\0')) throw new InvalidInputError(path, 'no text has a NUL.');
  return text;
}

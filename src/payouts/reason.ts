// Why somebody does something, in their own words: for the audit, and for other admins. Creators never read it.
import { InvalidInputError } from './errors.js';
import { isText } from './text.js';

/** Of an admin's words, in characters. */
export const LONGEST_REASON = 1_000;

/** @param field the input that it stands in @throws InvalidInputError where nothing is said, or too much */
export function requiredReason(reason: string, field = 'reason', ask = 'say why.'): string {
  const text = optionalReason(reason, field);
  if (text === undefined) throw new InvalidInputError([field], ask);
  return text;
}

/** Nothing said, or blanks: undefined. @throws InvalidInputError where too much is said */
export function optionalReason(reason: string | null | undefined, field = 'reason'): string | undefined {
  const text = reason?.trim() ?? '';
  if (text.length > LONGEST_REASON || !isText(text)) {
    throw new InvalidInputError(
      [field],
      `must have 1 to ${LONGEST_REASON} characters, and all of them whole`,
    );
  }
  return text === '' ? undefined : text;
}

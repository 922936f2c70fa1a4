// Cursors of lists: where a row stands in its order. Opaque to clients; bound to the order they came from.
import { InvalidInputError } from '../errors.js';
import { isText } from '../text.js';

/** Whether a key is one that `encodeCursor` was given: nothing else may reach Postgres, which would throw at it. */
const CURSOR_KEYS = {
  // Of the years that have four figures, and not the year 0.
  timestamp: (key: string) =>
    /^(?!0000)\d{4}-/.test(key) && !Number.isNaN(Date.parse(key)) && new Date(key).toISOString() === key,
  int: (key: string) => /^\d{1,10}$/.test(key) && Number(key) < 2 ** 31,
} as const;

export type CursorKey = keyof typeof CURSOR_KEYS;

export function encodeCursor(order: string, key: string, id: string): string {
  return Buffer.from(JSON.stringify([order, key, id])).toString('base64url');
}

/** @returns the row's key in that order, and its id. @throws InvalidInputError naming the argument */
export function decodeCursor(
  cursor: string,
  order: string,
  kind: CursorKey,
  argument: string,
): [key: string, id: string] {
  const parts = parse(cursor);
  if (parts?.[0] !== order || !CURSOR_KEYS[kind](parts[1]) || !isText(parts[2])) {
    throw new InvalidInputError([argument], 'is not a cursor of this list in this order; start without one');
  }
  return [parts[1], parts[2]];
}

function parse(cursor: string): [string, string, string] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return isTriple(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function isTriple(parts: unknown): parts is [string, string, string] {
  return Array.isArray(parts) && parts.length === 3 && parts.every((p) => typeof p === 'string');
}

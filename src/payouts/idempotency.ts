// Client keys: the same key and request give the same result, once; the same key with another request is refused.
import { createHash } from 'node:crypto';
import type { Queryable } from '../db/connect.js';
import { IdempotencyConflictError, InvalidInputError } from './errors.js';
import { isText } from './text.js';

export interface KeyedRequest {
  /** The client's own key, 1 to 255 characters; it is the platform's, not the caller's, so that two admins who press
   * the same button pay once. */
  key: string;
  operation: string;
  actor: string;
  /** Everything that the result depends on. */
  request: Readonly<Record<string, unknown>>;
}

/**
 * Takes the key for this transaction, or returns what it stood for before. A caller that asks at the same moment
 * waits here until the first one has committed (and is then a replay) or rolled back (and is then the first).
 * @throws IdempotencyConflictError when the key was used with another request
 */
export async function takeKey<T>(db: Queryable, keyed: KeyedRequest): Promise<T | null> {
  checkKey(keyed.key);
  const hash = requestHash(keyed);
  const taken = await db.query(
    `INSERT INTO idempotency_keys (key, operation, actor, request_hash) VALUES ($1, $2, $3, $4)
     ON CONFLICT (key) DO NOTHING`,
    [keyed.key, keyed.operation, keyed.actor, hash],
  );
  if (taken.rowCount === 1) return null;
  const { rows } = await db.query<{ request_hash: string; result: T }>(
    'SELECT request_hash, result FROM idempotency_keys WHERE key = $1',
    [keyed.key],
  );
  if (rows[0]?.request_hash !== hash) throw new IdempotencyConflictError();
  return rows[0].result;
}

/** Stores what the key stands for from now on; in the same transaction as `takeKey`. */
export async function keepResult(db: Queryable, key: string, result: unknown): Promise<void> {
  await db.query('UPDATE idempotency_keys SET result = $2 WHERE key = $1', [key, JSON.stringify(result)]);
}

function checkKey(key: string): void {
  if (key.trim().length === 0 || key.length > 255) {
    throw new InvalidInputError(['idempotencyKey'], 'must have 1 to 255 characters');
  }
  if (!isText(key)) {
    throw new InvalidInputError(['idempotencyKey'], 'must not contain U+0000 or half a character');
  }
}

function requestHash({ operation, request }: KeyedRequest): string {
  const ordered = Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([operation, ordered]))
    .digest('hex');
}

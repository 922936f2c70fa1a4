// Client keys: the same key and request give the same result, once; the same key with another request is refused.
import { createHash } from 'node:crypto';
import type { Queryable } from '../db/connect.js';
import { IdempotencyConflictError, InvalidInputError } from './errors.js';
import { isText } from './text.js';
import { InsertedMeanwhileError } from './upsert/rows.js';

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

/**
 * The same for many, by two statements, in the order of the keys, so that two who ask for the same ones do not deadlock.
 * @returns by key: null where it was taken now, an error where it was used with another request
 */
export async function takeKeys<T>(
  db: Queryable,
  keyed: readonly KeyedRequest[],
): Promise<Map<string, T | null | IdempotencyConflictError>> {
  const rows = keyed.map((one) => ({ ...one, request: undefined, hash: requestHash(one) }));
  const inserted = await db.query<{ key: string }>(
    `INSERT INTO idempotency_keys (key, operation, actor, request_hash)
     SELECT key, operation, actor, hash FROM jsonb_to_recordset($1::jsonb)
       AS i(key text, operation text, actor text, hash text)
     ORDER BY key COLLATE "C" ON CONFLICT (key) DO NOTHING RETURNING key`,
    [JSON.stringify(rows)],
  );
  const taken = new Set(inserted.rows.map(({ key }) => key));
  const used = rows.filter(({ key }) => !taken.has(key));
  const before = await db.query<{ key: string; request_hash: string; result: T }>(
    'SELECT key, request_hash, result FROM idempotency_keys WHERE key = ANY($1::text[])',
    [used.map(({ key }) => key)],
  );
  if (before.rows.length !== used.length) throw new InsertedMeanwhileError();
  const hashes = new Map(used.map(({ key, hash }) => [key, hash]));
  const found = before.rows.map(({ key, request_hash, result }) => {
    const same = hashes.get(key) === request_hash;
    return [key, same ? result : new IdempotencyConflictError()] as const;
  });
  return new Map<string, T | null | IdempotencyConflictError>([
    ...[...taken].map((key) => [key, null] as const),
    ...found,
  ]);
}

/** Gives back keys that this transaction has taken, and whose requests came to nothing. */
export async function dropKeys(db: Queryable, keys: readonly string[]): Promise<void> {
  await db.query('DELETE FROM idempotency_keys WHERE key = ANY($1::text[])', [keys]);
}

/** Stores what each key stands for from now on. */
export async function keepResults(db: Queryable, results: ReadonlyMap<string, unknown>): Promise<void> {
  await db.query(
    `UPDATE idempotency_keys k SET result = i.result
     FROM jsonb_to_recordset($1::jsonb) AS i(key text, result jsonb) WHERE k.key = i.key`,
    [JSON.stringify([...results].map(([key, result]) => ({ key, result })))],
  );
}

/** Stores what the key stands for from now on; in the same transaction as `takeKey`. */
export async function keepResult(db: Queryable, key: string, result: unknown): Promise<void> {
  await db.query('UPDATE idempotency_keys SET result = $2 WHERE key = $1', [key, JSON.stringify(result)]);
}

/** @throws InvalidInputError for what cannot be a key */
export function checkKey(key: string, path: readonly string[] = ['idempotencyKey']): void {
  if (key.trim().length === 0 || key.length > 255) {
    throw new InvalidInputError(path, 'must have 1 to 255 characters');
  }
  if (!isText(key)) {
    throw new InvalidInputError(path, 'must not contain U+0000 or half a character');
  }
}

/** What makes it the same request again. */
export function requestHash({ operation, request }: Pick<KeyedRequest, 'operation' | 'request'>): string {
  const ordered = Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([operation, ordered]))
    .digest('hex');
}

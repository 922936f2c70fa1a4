// Idempotency keys by Stripe's rules. Once execution began, status and body are kept and replayed, refusals
// and 500s too. Parameter failures, 401, 409 and 429 come before that and are never kept. Keys go after 24
// hours by the simulator's clock, and then the same key executes anew.
import { DAY_MS } from './clock.js';
import type { Core } from './core.js';
import { invalid, keyInUse, keyReused } from './errors.js';
import type { KeyRow } from './rows.js';
import type { Tx } from './store.js';

/** What identifies a request under a key. */
export interface KeyedRequest {
  id: string;
  idempotencyKey: string;
  /** The connected account it acts for, or null: keys are the account's own. */
  account: string | null;
  method: string;
  path: string;
  /** Equal for equal parameters. */
  fingerprint: string;
}

const MAX_KEY_LENGTH = 255;

/**
 * The stored answer to replay, or undefined when the request is the key's first.
 * Throws 400 for a key that is empty, over 255 characters or first used for another request, and 409 while
 * the first request is in flight.
 */
export function findStored(core: Core, request: KeyedRequest): KeyRow | undefined {
  checkKey(request.idempotencyKey);
  prune(core);
  const stored = core.store.get('keys', rowId(request));
  if (stored) checkSame(stored, request);
  const flying = core.keysInFlight.get(rowId(request));
  if (flying === undefined) return stored;
  if (flying !== mark(request)) throw keyReused(request.idempotencyKey, SAME_PARAMETERS);
  throw keyInUse(request.idempotencyKey);
}

/** Marks the key as in flight; the function that comes back ends that. */
export function beginKey(core: Core, request: KeyedRequest): () => void {
  core.keysInFlight.set(rowId(request), mark(request));
  return () => core.keysInFlight.delete(rowId(request));
}

/** Keeps the answer under the key, in the transaction that makes what it reports. */
export function keep(core: Core, tx: Tx, request: KeyedRequest, status: number, body: string): void {
  const { idempotencyKey: key, method, path, fingerprint, id: requestId } = request;
  const created = core.clock.seconds();
  const createdMs = core.clock.nowMs();
  tx.put('keys', {
    id: rowId(request),
    created,
    createdMs,
    key,
    method,
    path,
    fingerprint,
    requestId,
    status,
    body,
  });
}

const SAME_PARAMETERS = 'with the same parameters they were first used with';

function checkKey(key: string): void {
  if (key === '') throw invalid('Idempotency-Key header may not be empty.');
  if (key.length <= MAX_KEY_LENGTH) return;
  throw invalid(
    `Idempotency-Key may be at most ${MAX_KEY_LENGTH} characters long, but this one has ${key.length}.`,
  );
}

function checkSame(stored: KeyRow, request: KeyedRequest): void {
  if (stored.method !== request.method || stored.path !== request.path) {
    const detail = `for the same endpoint they were first used for ('${stored.path}')`;
    throw keyReused(request.idempotencyKey, detail);
  }
  if (stored.fingerprint !== request.fingerprint) throw keyReused(request.idempotencyKey, SAME_PARAMETERS);
}

function prune(core: Core): void {
  const oldest = core.clock.nowMs() - DAY_MS;
  const stale: string[] = [];
  for (const row of core.store.table('keys').oldestFirst()) {
    if (row.createdMs >= oldest) break;
    stale.push(row.id);
  }
  core.store.transact((tx) => {
    for (const id of stale) tx.remove('keys', id);
  });
}

function rowId(request: KeyedRequest): string {
  return `${request.account ?? 'platform'}:${request.idempotencyKey}`;
}

function mark(request: KeyedRequest): string {
  return `${request.method} ${request.path} ${request.fingerprint}`;
}

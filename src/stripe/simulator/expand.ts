// `expand[]`: puts whole objects in the place of their ids, as deep as Stripe allows (four levels).
import { invalid } from './errors.js';
import { showTransfer } from './objects.js';
import type { Tx } from './store.js';

/** Reads rows: a transaction sees what it has just made. */
type Lookup = Pick<Tx, 'get'>;

type Json = Record<string, unknown>;
const MAX_LEVELS = 4;

/** A copy of the body with the paths expanded. Throws 400 for a path that leads nowhere. */
export function expand(rows: Lookup, body: object, paths: string[]): object {
  if (paths.length === 0) return body;
  const copy = structuredClone(body) as Json;
  for (const path of paths) {
    const names = path.split('.');
    if (names.length > MAX_LEVELS)
      throw invalid(`You cannot expand more than ${MAX_LEVELS} levels of a property`, undefined, 'expand');
    walk(rows, copy, names, path);
  }
  return copy;
}

function walk(rows: Lookup, node: Json, [name, ...rest]: string[], path: string): void {
  if (name === undefined) return;
  if (!(name in node)) throw cannot(path);
  const value = resolve(rows, node[name]);
  node[name] = value;
  if (Array.isArray(value)) for (const item of value as Json[]) walk(rows, item, rest, path);
  else if (value !== null && typeof value === 'object') walk(rows, value as Json, rest, path);
  // A null on the way is nothing to expand; plain text is not an id that we know.
  else if (value !== null) throw cannot(path);
}

function resolve(rows: Lookup, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value.startsWith('acct_')) return structuredClone(rows.get('accounts', value)?.account) ?? value;
  if (value.startsWith('txn_')) return structuredClone(rows.get('balanceTransactions', value)) ?? value;
  const known = rows.get('reversals', value) ?? rows.get('payouts', value)?.payout;
  if (known) return structuredClone(known);
  const transfer = rows.get('transfers', value);
  return transfer ? structuredClone(showTransfer(transfer, (id) => rows.get('reversals', id))) : value;
}

function cannot(path: string): Error {
  return invalid(`This property cannot be expanded (${path}).`, undefined, 'expand');
}

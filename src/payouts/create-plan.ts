// What each row of a bulk creation comes to: pure, on what the database holds. Rows are decided in their order, each as if
// it came after those before it.
import cuid from '@bugsnag/cuid';
import { type CreatePayoutInput, checkAmount, checkReady, checkSpends } from './create.js';
import { IdempotencyConflictError, type PayoutError } from './errors.js';
import { type KeyedRequest, requestHash } from './idempotency.js';
import type { AmountLimits } from './money.js';
import type { LockedStatement } from './statement.js';
import { isGood, orError, type Placed } from './upsert/rows.js';

/** As for one payout, but a key may be left out: by all rows of the call, or by none. */
export type CreatePayoutsRow = Omit<CreatePayoutInput, 'idempotencyKey'> & {
  idempotencyKey?: string | null | undefined;
};

export interface PayoutFacts {
  /** By creator: whether they can receive transfers; those that exist. */
  ready: ReadonlyMap<string, boolean>;
  /** By their ids; they are held. */
  statements: ReadonlyMap<string, LockedStatement>;
}

export interface PlannedPayout {
  /** Of the payout: a new one, or that which the key stands for. */
  id: string;
  row: CreatePayoutsRow;
  replayed: boolean;
}

type Before = ReadonlyMap<string, { payoutId: string } | null | IdempotencyConflictError>;

/**
 * @param requests what each row asks for under its key; null: it has none
 * @param before what each key stood for, as `takeKeys` has it, for the first row that has the key
 */
export function planPayouts(
  rows: readonly CreatePayoutsRow[],
  requests: readonly (KeyedRequest | null | PayoutError)[],
  before: Before,
  facts: PayoutFacts,
  limits: AmountLimits,
): (PlannedPayout | PayoutError)[] {
  const statements = new Map(facts.statements);
  const earlier = new Map<string, Earlier>();
  return rows.map((row, i) => {
    const keyed = requests[i] ?? null;
    if (!isGood(keyed)) return keyed;
    const same = keyed && earlier.get(keyed.key);
    if (same) return again(same, keyed, row);
    const stood = keyed ? before.get(keyed.key) : null;
    const planned = stood
      ? known(stood, row)
      : orError(() => planNew({ row, path: ['payouts', String(i)] }, { ...facts, statements }, limits));
    if (keyed) earlier.set(keyed.key, { hash: requestHash(keyed), planned });
    return planned;
  });
}

/** What the first row with the key came to. */
interface Earlier {
  hash: string;
  planned: PlannedPayout | PayoutError;
}

function again(
  { hash, planned }: Earlier,
  keyed: KeyedRequest,
  row: CreatePayoutsRow,
): PlannedPayout | PayoutError {
  if (requestHash(keyed) !== hash) return new IdempotencyConflictError();
  return isGood(planned) ? { id: planned.id, row, replayed: true } : planned;
}

const known = (
  stood: { payoutId: string } | IdempotencyConflictError,
  row: CreatePayoutsRow,
): PlannedPayout | PayoutError => ('payoutId' in stood ? { id: stood.payoutId, row, replayed: true } : stood);

/** @throws as `createPayout` does */
function planNew(
  placed: Placed<CreatePayoutsRow>,
  { ready, statements }: PayoutFacts & { statements: Map<string, LockedStatement> },
  limits: AmountLimits,
): PlannedPayout {
  const { row, path } = placed;
  checkAmount(row.amountCents, limits, path);
  checkReady(ready.get(row.creatorId));
  if (row.royaltyStatementId != null) spend(placed, row.royaltyStatementId, statements, limits);
  return { id: cuid(), row, replayed: false };
}

/** What this row takes of the statement, the rows after it have not. */
function spend(
  { row, path }: Placed<CreatePayoutsRow>,
  statementId: string,
  statements: Map<string, LockedStatement>,
  { currency }: AmountLimits,
): void {
  const statement = checkSpends(statements.get(statementId), row, currency, path);
  const availableCents = statement.availableCents - row.amountCents;
  statements.set(statementId, { ...statement, availableCents });
}

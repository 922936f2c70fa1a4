// What each row would do to its creator: pure, on what the database holds.
import cuid from '@bugsnag/cuid';
import type { PayoutError } from '../errors.js';
import { invalid, isGood, orError, type Placed, type Upserted } from './rows.js';

export interface CreatorInput {
  /** The platform's id: what makes it the same creator again. */
  externalId: string;
  displayName: string;
  email: string;
  /** Absent: as it is. Null: none from now on. */
  stripeAccountId?: string | null | undefined;
  /** Absent: as it is. Null: as the settings say, from now on. */
  locale?: string | null | undefined;
}

export interface CreatorState {
  id: string;
  externalId: string;
  displayName: string;
  email: string;
  stripeAccountId: string | null;
  transfersEnabled: boolean;
  locale: string | null;
}

export interface PlannedCreator {
  outcome: Upserted['outcome'];
  before: CreatorState | null;
  after: CreatorState;
  /** Nobody has told us yet whether this account can receive transfers. */
  changesAccount: boolean;
}

/**
 * In the order of the input, so that an account which one row gives away is free for a later one.
 * @param earlier by external id
 * @param holders by account, the external ids of the creators that have it
 */
export function planCreators(
  checked: readonly (Placed<CreatorInput> | PayoutError)[],
  earlier: ReadonlyMap<string, CreatorState>,
  holders: ReadonlyMap<string, ReadonlySet<string>>,
): (PlannedCreator | PayoutError)[] {
  const held = new Map([...holders].map(([account, ids]) => [account, new Set(ids)]));
  return checked.map((one) => {
    if (!isGood(one)) return one;
    return orError(() => {
      const planned = planOne(one.row, earlier.get(one.row.externalId) ?? null);
      if (planned.changesAccount) takeAccount(held, planned, one.path);
      return planned;
    });
  });
}

function planOne(row: CreatorInput, before: CreatorState | null): PlannedCreator {
  const { externalId, displayName, email } = row;
  const stripeAccountId =
    row.stripeAccountId === undefined ? (before?.stripeAccountId ?? null) : row.stripeAccountId;
  const changesAccount = stripeAccountId !== (before?.stripeAccountId ?? null);
  const after: CreatorState = {
    id: before?.id ?? cuid(),
    externalId,
    displayName,
    email,
    stripeAccountId,
    // What Stripe said was of the account before.
    transfersEnabled: changesAccount ? false : (before?.transfersEnabled ?? false),
    locale: row.locale === undefined ? (before?.locale ?? null) : row.locale,
  };
  return { outcome: outcomeOf(before, after), before, after, changesAccount };
}

function outcomeOf(before: CreatorState | null, after: CreatorState): Upserted['outcome'] {
  if (!before) return 'CREATED';
  const fields = ['displayName', 'email', 'stripeAccountId', 'locale'] as const;
  return fields.some((field) => before[field] !== after[field]) ? 'UPDATED' : 'UNCHANGED';
}

/** @throws InvalidInputError where another creator has it: what is paid to one must never reach the other */
function takeAccount(
  held: Map<string, Set<string>>,
  { before, after }: PlannedCreator,
  path: readonly string[],
): void {
  const { externalId, stripeAccountId } = after;
  if (stripeAccountId !== null) {
    const owners = held.get(stripeAccountId) ?? new Set<string>();
    if (owners.size > 0) throw invalid(path, 'stripeAccountId', 'is the account of another creator');
    held.set(stripeAccountId, owners.add(externalId));
  }
  if (before?.stripeAccountId) held.get(before.stripeAccountId)?.delete(externalId);
}

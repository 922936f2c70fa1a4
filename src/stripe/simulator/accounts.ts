// Connected accounts: making them, changing their readiness and their bank leg. Every change that Stripe
// would report emits its events on the Connect endpoint, with `account` set.
import type Stripe from 'stripe';
import { type AccountFacts, newAccount, requirements, tosAcceptance } from './account-object.js';
import { credit } from './balance.js';
import type { Change } from './core.js';
import { missing } from './errors.js';
import { record } from './events.js';
import { newId } from './ids.js';
import { newPayout, showCapability } from './objects.js';
import type { AccountRow } from './rows.js';

/** Makes the account. Emits nothing: an account's making is not an event. */
export function createAccount(change: Change, facts: AccountFacts): Stripe.Account {
  const account = newAccount(facts);
  change.tx.put('accounts', { id: account.id, created: facts.created, account, balance: {}, deleted: false });
  return account;
}

/** What may change on an account. */
export interface AccountUpdate {
  transfers?: 'active' | 'inactive' | 'pending' | undefined;
  /** Whether the bank leg is open. Follows `transfers` when not said. */
  payoutsEnabled?: boolean | undefined;
  country?: string | undefined;
  email?: string | undefined;
  serviceAgreement?: 'full' | 'recipient' | undefined;
  metadata?: Record<string, string> | undefined;
}

/**
 * Changes the account and emits `capability.updated` (when the capability moved) and `account.updated`
 * (when anything did). Throws 404 for an unknown account.
 */
export function updateAccount(change: Change, id: string, update: AccountUpdate): Stripe.Account {
  const row = accountRow(change, id);
  const before = row.account;
  const after = applyUpdate(before, update, change.core.clock.seconds());
  const previous = differences(before, after);
  if (Object.keys(previous).length === 0) return before;
  change.tx.put('accounts', { ...row, account: after });
  recordCapability(change, before, after);
  record(change, { type: 'account.updated', object: after, account: id, previous });
  return after;
}

/** The account's row. Throws 404 when it never was or is deleted. */
function accountRow(change: Change, id: string): AccountRow {
  const row = change.tx.get('accounts', id);
  if (!row || row.deleted) throw missing('account', id, 'account');
  return row;
}

/** Marks the account as gone; transfers to it are refused from now on. Throws 404. */
export function deleteAccount(change: Change, id: string): Stripe.DeletedAccount {
  change.tx.put('accounts', { ...accountRow(change, id), deleted: true });
  return { id, object: 'account', deleted: true } satisfies Stripe.DeletedAccount;
}

/** What happened at the bank. `id` continues an earlier payout, say one that was paid and now fails. */
export interface BankPayout {
  id?: string | undefined;
  /** Cents; absent, all that the account holds. */
  amount?: number | undefined;
  currency?: string | undefined;
  status: 'paid' | 'failed';
  failureCode?: string | undefined;
}

/** Pays an account out to its bank, or fails to, and emits `payout.paid` or `payout.failed`. Throws 404. */
export function payOutToBank(change: Change, accountId: string, asked: BankPayout): Stripe.Payout {
  const row = accountRow(change, accountId);
  const old = asked.id === undefined ? undefined : change.tx.get('payouts', asked.id)?.payout;
  const payout = settled(old ?? begin(change, row, asked), asked);
  if (old?.status !== payout.status) book(change, accountId, payout, old);
  change.tx.put('payouts', { id: payout.id, created: payout.created, account: accountId, payout });
  record(change, { type: `payout.${asked.status}`, object: payout, account: accountId });
  return payout;
}

function begin(change: Change, { account, balance }: AccountRow, asked: BankPayout): Stripe.Payout {
  const currency = asked.currency ?? account.default_currency ?? 'usd';
  return newPayout({
    id: asked.id ?? newId('po'),
    created: change.core.clock.seconds(),
    amount: asked.amount ?? balance[currency] ?? 0,
    currency,
    balanceTransaction: newId('txn'),
  });
}

function settled(
  payout: Stripe.Payout,
  { status, failureCode = 'account_closed' }: BankPayout,
): Stripe.Payout {
  if (status === 'paid') return { ...payout, status };
  const message = 'The bank account has been closed';
  const failure = { failure_code: failureCode, failure_message: message };
  return { ...payout, status, ...failure, failure_balance_transaction: newId('txn') };
}

// Money leaves when a payout is paid and comes back when a paid one fails.
function book(
  change: Change,
  accountId: string,
  payout: Stripe.Payout,
  old: Stripe.Payout | undefined,
): void {
  if (payout.status === 'paid') credit(change, accountId, payout.currency, -payout.amount);
  else if (old?.status === 'paid') credit(change, accountId, payout.currency, payout.amount);
}

function applyUpdate(account: Stripe.Account, update: AccountUpdate, now: number): Stripe.Account {
  const { transfers, payoutsEnabled, country, email, serviceAgreement, metadata } = update;
  let after = account;
  if (transfers !== undefined && transfers !== account.capabilities?.transfers)
    after = withTransfers(after, transfers, now);
  if (payoutsEnabled !== undefined) after = { ...after, payouts_enabled: payoutsEnabled };
  if (country !== undefined) after = { ...after, country };
  if (email !== undefined) after = { ...after, email };
  if (metadata !== undefined) after = { ...after, metadata };
  if (serviceAgreement === undefined) return after;
  return { ...after, tos_acceptance: tosAcceptance(after.tos_acceptance?.date ?? null, serviceAgreement) };
}

function withTransfers(
  account: Stripe.Account,
  status: 'active' | 'inactive' | 'pending',
  now: number,
): Stripe.Account {
  const ready = status === 'active';
  const agreement = account.tos_acceptance?.service_agreement === 'recipient' ? 'recipient' : 'full';
  return {
    ...account,
    capabilities: { ...account.capabilities, transfers: status },
    details_submitted: ready || account.details_submitted,
    payouts_enabled: ready,
    requirements: requirements(ready),
    tos_acceptance: tosAcceptance(ready ? now : (account.tos_acceptance?.date ?? null), agreement),
  };
}

function recordCapability(change: Change, before: Stripe.Account, after: Stripe.Account): void {
  const status = before.capabilities?.transfers ?? 'unrequested';
  if (status === after.capabilities?.transfers) return;
  const object = showCapability(after);
  record(change, { type: 'capability.updated', object, account: after.id, previous: { status } });
}

function differences(before: Stripe.Account, after: Stripe.Account): Record<string, unknown> {
  const names = Object.keys(after) as (keyof Stripe.Account)[];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, before[name]]));
}

// Moves cents: the platform's balance with a balance transaction for each movement, so that the transactions
// of a currency always add up to its balance; and what each connected account holds.
import type Stripe from 'stripe';
import { type Change, type Core, platform } from './core.js';
import { newId } from './ids.js';

/** Books cents to the platform's balance; answers the balance transaction's id. */
export function move(
  change: Change,
  type: keyof typeof REPORTING,
  currency: string,
  amount: number,
  source: string | null,
): string {
  const row = change.tx.get('platform', 'platform') ?? platform(change.core);
  const balance = { ...row.balance, [currency]: (row.balance[currency] ?? 0) + amount };
  change.tx.put('platform', { ...row, balance });
  const transaction = newBalanceTransaction(change, type, currency, amount, source);
  change.tx.put('balanceTransactions', transaction);
  return transaction.id;
}

/** Adds cents (or takes them, when negative) to what a connected account holds. */
export function credit(change: Change, accountId: string, currency: string, amount: number): void {
  const row = change.tx.get('accounts', accountId);
  if (!row) return;
  const balance = { ...row.balance, [currency]: (row.balance[currency] ?? 0) + amount };
  change.tx.put('accounts', { ...row, balance });
}

/** Whether every currency's balance is the sum of its balance transactions, cent for cent. */
export function isBalanced(core: Core): boolean {
  const left = { ...platform(core).balance };
  for (const { currency, net } of core.store.table('balanceTransactions').oldestFirst()) {
    left[currency] = (left[currency] ?? 0) - net;
  }
  return Object.values(left).every((amount) => amount === 0);
}

const REPORTING = {
  transfer: 'transfer',
  transfer_refund: 'transfer_reversal',
  transfer_failure: 'transfer_reversal',
  topup: 'topup',
  adjustment: 'other_adjustment',
};

function newBalanceTransaction(
  { core }: Change,
  type: keyof typeof REPORTING,
  currency: string,
  amount: number,
  source: string | null,
): Stripe.BalanceTransaction {
  const created = core.clock.seconds();
  return {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: created,
    balance_type: 'payments',
    created,
    currency,
    description: null,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: amount,
    reporting_category: REPORTING[type],
    source,
    status: 'available',
    type,
  } satisfies Stripe.BalanceTransaction;
}

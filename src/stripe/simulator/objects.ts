// Builds the objects that the API shows, each checked against the SDK's own type at its pinned API version.
import Stripe from 'stripe';
import type { Core } from './core.js';
import type { ReversalRow, TransferRow } from './rows.js';

/** The only API version whose shapes the simulator knows. */
export const API_VERSION = Stripe.API_VERSION;

// Stripe embeds the newest ten; the rest is read from the list's own address.
const EMBEDDED_REVERSALS = 10;

/** A transfer with its newest reversals; `find` reads reversals, inside a transaction where there is one. */
export function showTransfer(
  row: TransferRow,
  find: (id: string) => ReversalRow | undefined,
): Stripe.Transfer {
  const { reversalIds, ...transfer } = row;
  const newest = reversalIds.slice(-EMBEDDED_REVERSALS).reverse();
  return {
    ...transfer,
    reversals: {
      object: 'list',
      data: newest.map(find).filter((one) => one !== undefined),
      has_more: reversalIds.length > EMBEDDED_REVERSALS,
      url: `/v1/transfers/${row.id}/reversals`,
    },
  } satisfies Stripe.Transfer;
}

/** As `showTransfer`, on the state as it stands. */
export function transferAsItStands(core: Core, row: TransferRow): Stripe.Transfer {
  return showTransfer(row, (id) => core.store.get('reversals', id));
}

/** The transfers capability of an account as an object of its own. */
export function showCapability(account: Stripe.Account): Stripe.Capability {
  const status = account.capabilities?.transfers;
  const due = status === 'active' ? [] : (account.requirements?.currently_due ?? []);
  return {
    id: 'transfers',
    object: 'capability',
    account: account.id,
    requested: status !== undefined,
    requested_at: status === undefined ? null : (account.created ?? null),
    requirements: {
      alternatives: [],
      current_deadline: null,
      currently_due: due,
      disabled_reason: status === 'inactive' ? 'requirements.fields_needed' : null,
      errors: [],
      eventually_due: due,
      past_due: due,
      pending_verification: [],
    },
    status: status ?? 'unrequested',
  } satisfies Stripe.Capability;
}

/** The balance of the platform or of a connected account, cents per currency. */
export function showBalance(amounts: Record<string, number>, fallbackCurrency: string): Stripe.Balance {
  const held = Object.keys(amounts).length === 0 ? { [fallbackCurrency]: 0 } : amounts;
  const available = Object.entries(held).map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
  const pending = available.map(({ currency }) => ({ amount: 0, currency, source_types: { card: 0 } }));
  return {
    object: 'balance',
    available,
    connect_reserved: pending.map(({ amount, currency }) => ({ amount, currency })),
    livemode: false,
    pending,
  } satisfies Stripe.Balance;
}

/** What a bank payout is made of; `amount` in cents. */
export interface PayoutFacts {
  id: string;
  created: number;
  amount: number;
  currency: string;
  balanceTransaction: string | null;
}

/** A bank payout of a connected account, still on its way. */
export function newPayout(facts: PayoutFacts): Stripe.Payout {
  const { id, created, amount, currency, balanceTransaction } = facts;
  return {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: created,
    automatic: true,
    balance_transaction: balanceTransaction,
    created,
    currency,
    description: 'STRIPE PAYOUT',
    destination: null,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'completed',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'in_transit',
    trace_id: null,
    type: 'bank_account',
  } satisfies Stripe.Payout;
}

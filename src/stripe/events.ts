// Stripe's events as facts of ours.
import type Stripe from 'stripe';
import type { StripeFact } from '../payouts/facts.js';
import type { AccountState } from '../payouts/ports.js';
import { accountState } from './accounts.js';
import { transferFact } from './transfers.js';

/** Of older API versions: the SDK's types do not know them any more. */
interface LegacyEvent extends Omit<Stripe.EventBase, 'type' | 'data'> {
  type: 'transfer.paid' | 'transfer.failed';
  data: { object: Stripe.Transfer };
}

type Told = Pick<Stripe.EventBase, 'account' | 'created'>;

/** @param payload an event as the inbox keeps it */
export function factOf(payload: unknown): StripeFact {
  const event = payload as Stripe.Event | LegacyEvent;
  switch (event.type) {
    case 'transfer.created':
    case 'transfer.reversed':
      return ownTransfer(event, { kind: 'transfer', transfer: transferFact(event.data.object) });
    case 'transfer.paid':
    case 'transfer.failed':
      return legacyFact(event);
    case 'account.updated':
      return accountFact(event, event.data.object);
    case 'capability.updated':
      return capabilityFact(event, event.data.object);
    case 'payout.paid':
    case 'payout.failed':
      return bankFact(event);
    default:
      return { kind: 'ignored' };
  }
}

/** A connected account may make transfers of its own, and write into them what it likes. */
function ownTransfer({ account }: Told, fact: StripeFact): StripeFact {
  return account ? { kind: 'foreign', why: `a transfer of the connected account ${account}` } : fact;
}

/** A bank payout may be rendered as a transfer there; its id tells. */
function legacyFact(event: LegacyEvent): StripeFact {
  const { object } = event.data;
  if (!object.id.startsWith('tr_')) return { kind: 'ignored' };
  const kind = event.type === 'transfer.paid' ? 'transfer_paid' : 'transfer_failed';
  return ownTransfer(event, { kind, transfer: transferFact(object) });
}

function accountFact(event: Told, account: Stripe.Account): StripeFact {
  return readiness(event, account.id, accountState(account));
}

function capabilityFact(event: Told, { id, account, status }: Stripe.Capability): StripeFact {
  if (id !== 'transfers') return { kind: 'ignored' };
  const state = { transfersEnabled: status === 'active', requirements: null };
  return readiness(event, typeof account === 'string' ? account : account.id, state);
}

function readiness(event: Told, accountId: string, state: AccountState): StripeFact {
  if (event.account && event.account !== accountId) {
    return { kind: 'foreign', why: `${event.account} speaks of ${accountId}` };
  }
  return { kind: 'account', accountId, ...state, toldAt: new Date(event.created * 1000) };
}

/** The platform's own bank payouts are none of a creator's. */
function bankFact(event: Stripe.PayoutPaidEvent | Stripe.PayoutFailedEvent): StripeFact {
  if (!event.account) return { kind: 'ignored' };
  const { id, amount, currency, failure_code, arrival_date } = event.data.object;
  return {
    kind: 'bank_payout',
    id,
    accountId: event.account,
    amountCents: amount,
    currency,
    status: event.type === 'payout.paid' ? 'paid' : 'failed',
    failureCode: failure_code ?? null,
    arrivesOn: arrival_date ? new Date(arrival_date * 1000).toISOString().slice(0, 10) : null,
    toldAt: new Date(event.created * 1000),
  };
}

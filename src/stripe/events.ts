// Stripe's events as facts of ours.
import type Stripe from 'stripe';
import type { StripeFact } from '../payouts/inbox.js';
import { transferFact } from './transfers.js';

/** @param payload an event as the inbox keeps it */
export function factOf(payload: unknown): StripeFact {
  const event = payload as Stripe.Event;
  switch (event.type) {
    case 'transfer.created':
      // A connected account may make transfers of its own, and write into them what it likes.
      if (event.account)
        return { kind: 'foreign', why: `a transfer of the connected account ${event.account}` };
      return { kind: 'transfer_created', transfer: transferFact(event.data.object) };
    case 'account.updated':
      return {
        kind: 'account_changed',
        accountId: event.data.object.id,
        transfersEnabled: event.data.object.capabilities?.transfers === 'active',
      };
    case 'capability.updated':
      return capabilityFact(event.data.object);
    default:
      return { kind: 'ignored' };
  }
}

function capabilityFact({ id, account, status }: Stripe.Capability): StripeFact {
  if (id !== 'transfers') return { kind: 'ignored' };
  const accountId = typeof account === 'string' ? account : account.id;
  return { kind: 'account_changed', accountId, transfersEnabled: status === 'active' };
}

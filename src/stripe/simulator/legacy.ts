// What accounts on API versions before 2017-04-06 still see: transfers that have a status and can fail after they
// were made, and bank payouts that are called transfers too.
import type Stripe from 'stripe';
import { credit, move } from './balance.js';
import type { Change } from './core.js';
import { invalid, missing } from './errors.js';
import { record } from './events.js';
import { showTransfer } from './objects.js';

/** One that knew transfers that fail. */
const LEGACY_VERSION = '2017-01-27';

type Shown = { id: string; [name: string]: unknown };

/** Whether events of this type ended with that version. */
export function isLegacy(type: string): boolean {
  return type === 'transfer.paid' || type === 'transfer.failed';
}

/** The object as those versions showed it: a transfer, whatever it is, with a status. */
export function asLegacyTransfer(type: string, shown: Shown): Shown {
  const failed = type === 'transfer.failed';
  return {
    ...shown,
    object: 'transfer',
    status: failed ? 'failed' : 'paid',
    type: shown.id.startsWith('po_') ? 'bank_account' : 'stripe_account',
    failure_code: failed ? 'account_closed' : null,
    failure_message: failed ? 'The bank account has been closed' : null,
  };
}

/**
 * Lets a transfer fail after it was made and emits `transfer.failed`; what was not reversed comes back. `gone`: the API
 * knows it no more. Throws 404, and 400 when nothing of it is left to fail.
 */
export function failTransfer(change: Change, id: string, gone: boolean): Stripe.Transfer {
  const { tx } = change;
  const row = tx.get('transfers', id);
  if (!row) throw missing('transfer', id, 'id');
  const left = row.amount - row.amount_reversed;
  if (left === 0 || row.status === 'failed') throw invalid(`Nothing of transfer ${id} is left to fail.`);
  move(change, 'transfer_failure', row.currency, left, id);
  credit(change, row.destination, row.currency, -left);
  const failed = { ...row, status: 'failed' as const };
  if (gone) tx.remove('transfers', id);
  else tx.put('transfers', failed);
  const shown = showTransfer(failed, (reversal) => tx.get('reversals', reversal));
  const object = asLegacyTransfer('transfer.failed', { ...shown });
  record(change, { type: 'transfer.failed', object, apiVersion: LEGACY_VERSION });
  return shown;
}

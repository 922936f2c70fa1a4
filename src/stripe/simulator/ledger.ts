// Transfers and their reversals: what they check, what they move, which events they emit.
import type Stripe from 'stripe';
import { credit, move } from './balance.js';
import type { Change } from './core.js';
import { invalid, missing } from './errors.js';
import { record } from './events.js';
import { newId } from './ids.js';
import { showTransfer } from './objects.js';
import type { ReversalRow, TransferRow } from './rows.js';
import {
  checkAccountHolds,
  checkBalance,
  checkCapability,
  checkRegion,
  destinationFor,
  type TransferRequest,
} from './transfer-checks.js';

/** Stripe's largest amount: eight digits of minor units. */
export const MAX_AMOUNT = 99_999_999;

/**
 * Makes a transfer, moves the money and emits `transfer.created`.
 * Throws, in this order: no such destination, capability not active, another region, too little balance.
 */
export function createTransfer(change: Change, request: TransferRequest): Stripe.Transfer {
  const account = destinationFor(change, request.destination);
  checkCapability(account);
  checkRegion(change, account);
  checkBalance(change, request);
  const row = newTransfer(change, request);
  row.balance_transaction = move(change, 'transfer', row.currency, -row.amount, row.id);
  credit(change, row.destination, row.currency, row.amount);
  change.tx.put('transfers', row);
  const transfer = show(change, row);
  record(change, { type: 'transfer.created', object: transfer });
  return transfer;
}

/** Changes description and metadata and emits `transfer.updated` with the old values. Throws 404. */
export function updateTransfer(
  change: Change,
  id: string,
  update: Partial<Pick<TransferRow, 'description' | 'metadata'>>,
): Stripe.Transfer {
  const old = transferRow(change, id);
  const row = { ...old, ...update };
  change.tx.put('transfers', row);
  const previous = Object.fromEntries(Object.keys(update).map((name) => [name, old[name as 'metadata']]));
  const transfer = show(change, row);
  record(change, { type: 'transfer.updated', object: transfer, previous });
  return transfer;
}

/** What a reversal takes back; without an amount, all that is left. Cents. */
export interface ReversalRequest {
  amount?: number | undefined;
  metadata: Record<string, string>;
  /** Stripe itself may take what the account no longer has; the API may not. */
  force: boolean;
}

/** Reverses a transfer in part or in full and emits `transfer.reversed`. Throws 404, or 400 over what is left. */
export function reverseTransfer(change: Change, id: string, request: ReversalRequest): ReversalRow {
  const old = transferRow(change, id);
  const left = old.amount - old.amount_reversed;
  if (old.status === 'failed') throw invalid(`Transfer ${id} failed, and cannot be reversed.`);
  if (left === 0) throw invalid(`Transfer ${id} is already fully reversed.`);
  const amount = request.amount ?? left;
  if (amount > left) {
    throw invalid(
      `Amount (${amount}) is greater than the transfer's unreversed amount (${left}).`,
      undefined,
      'amount',
    );
  }
  if (!request.force) checkAccountHolds(change, old, amount);
  const reversal = newReversal(change, old, amount, request.metadata);
  credit(change, old.destination, old.currency, -amount);
  change.tx.put('reversals', reversal);
  const row = applyReversal(old, reversal);
  change.tx.put('transfers', row);
  const previous = { amount_reversed: old.amount_reversed, ...(row.reversed ? { reversed: false } : {}) };
  record(change, { type: 'transfer.reversed', object: show(change, row), previous });
  return reversal;
}

function newTransfer({ core }: Change, request: TransferRequest): TransferRow {
  const { amount, currency, description, destination, metadata } = request;
  return {
    id: newId('tr'),
    object: 'transfer',
    amount,
    amount_reversed: 0,
    balance_transaction: null,
    created: core.clock.seconds(),
    currency,
    description,
    destination,
    destination_payment: newId('py'),
    livemode: false,
    metadata,
    reversed: false,
    source_transaction: null,
    source_type: request.sourceType,
    transfer_group: request.transferGroup,
    reversalIds: [],
  };
}

function newReversal(
  change: Change,
  row: TransferRow,
  amount: number,
  metadata: Record<string, string>,
): ReversalRow {
  const id = newId('trr');
  return {
    id,
    object: 'transfer_reversal',
    amount,
    balance_transaction: move(change, 'transfer_refund', row.currency, amount, id),
    created: change.core.clock.seconds(),
    currency: row.currency,
    destination_payment_refund: newId('pyr'),
    metadata,
    source_refund: null,
    transfer: row.id,
  } satisfies Stripe.TransferReversal;
}

function applyReversal(row: TransferRow, { id, amount }: ReversalRow): TransferRow {
  const amountReversed = row.amount_reversed + amount;
  if (amountReversed > row.amount)
    throw new Error(`Transfer ${row.id} would be reversed by more than it moved`);
  const reversalIds = [...row.reversalIds, id];
  return { ...row, amount_reversed: amountReversed, reversed: amountReversed === row.amount, reversalIds };
}

function transferRow(change: Change, id: string): TransferRow {
  const row = change.tx.get('transfers', id);
  if (!row) throw missing('transfer', id, 'id');
  return row;
}

function show(change: Change, row: TransferRow): Stripe.Transfer {
  return showTransfer(row, (id) => change.tx.get('reversals', id));
}

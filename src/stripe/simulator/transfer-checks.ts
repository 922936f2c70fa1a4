// What Stripe checks when it executes a transfer or a reversal. These refusals are kept under the request's
// idempotency key: the same key answers the same refusal even after the cause is gone.
import { type Change, countryOf, platform } from './core.js';
import { sameRegion } from './currencies.js';
import { type ApiError, invalid, missing } from './errors.js';
import type { AccountRow, TransferRow } from './rows.js';

/** A transfer as asked for; `amount` in cents of `currency`. */
export interface TransferRequest {
  amount: number;
  currency: string;
  destination: string;
  description: string | null;
  metadata: Record<string, string>;
  transferGroup: string | null;
  sourceType: 'card' | 'bank_account' | 'fpx';
}

/** The account that a transfer goes to. Throws `resource_missing`. */
export function destinationFor(change: Change, id: string): AccountRow {
  const row = change.tx.get('accounts', id);
  if (row && !row.deleted) return row;
  throw missing('destination', id, 'destination', 400);
}

/** Throws `insufficient_capabilities_for_transfer` unless transfers are active. */
export function checkCapability({ account }: AccountRow): void {
  if (account.capabilities?.transfers === 'active') return;
  throw invalid(
    'Your destination account needs to have at least one of the following capabilities enabled: ' +
      'transfers, crypto_transfers, legacy_payments',
    'insufficient_capabilities_for_transfer',
  );
}

/** Throws when the account's country is outside the platform's region; Stripe gives these refusals no code. */
export function checkRegion(change: Change, { account }: AccountRow): void {
  const ours = countryOf(change.core);
  const theirs = account.country ?? ours;
  if (sameRegion(ours, theirs)) return;
  if (ours !== 'US') {
    throw invalid(
      `Funds can't be sent to accounts located in ${theirs} because it's restricted outside of your platform's region.`,
    );
  }
  if (account.tos_acceptance?.service_agreement === 'recipient') return;
  throw invalid(
    `Funds can't be sent to accounts located in ${theirs} when the account is under the \`full\` service agreement. ` +
      'To learn more, see https://stripe.com/docs/connect/service-agreement-types.',
  );
}

/** Throws `balance_insufficient`. All of the simulator's money came by card: other sources are empty. */
export function checkBalance(change: Change, { amount, currency, sourceType }: TransferRequest): void {
  const balance = platform(change.core).balance[currency] ?? 0;
  if (sourceType === 'card' && balance >= amount) return;
  throw insufficient();
}

/** Throws `balance_insufficient` when the account no longer holds the cents that a reversal takes back. */
export function checkAccountHolds(
  change: Change,
  { destination, currency }: TransferRow,
  amount: number,
): void {
  const held = change.tx.get('accounts', destination)?.balance[currency] ?? 0;
  if (held < amount) throw insufficient();
}

function insufficient(): ApiError {
  return invalid(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available ' +
      'balance by creating Charges using the 4000000000000077 test card. ' +
      'See: https://stripe.com/docs/testing#available-balance',
    'balance_insufficient',
  );
}

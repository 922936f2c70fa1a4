// Transfers that no payout of ours knows.
import { inTransaction } from '../db/transaction.js';
import type { Difference } from './difference.js';
import { noteOpen } from './examine.js';
import type { Pass } from './pass.js';
import { recordOpen } from './record.js';

/** Nothing of ours can change under these, so that Stripe's list itself is proof. */
export async function recordStrangers(pass: Pass, strangers: readonly Difference[]): Promise<void> {
  for (const one of strangers) {
    const open = await inTransaction(pass.deps.pool, (db) => recordOpen(db, pass.runId, one));
    if (open) noteOpen(pass, [one]);
  }
}

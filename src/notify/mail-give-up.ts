// An e-mail that does not reach its creator is given up, and somebody is told: once for each creator, until a later one
// arrives or the address is another one.
import type pg from 'pg';
import { inTransaction } from '../db/transaction.js';
import { raiseAlert } from '../payouts/alerts.js';
import { type ClaimedEmail, recordDeferred, recordFailed } from './mail-outbox.js';

export async function giveUp(pool: pg.Pool, email: ClaimedEmail, error: string): Promise<void> {
  await inTransaction(pool, async (db) => {
    // Held while the alert is raised: whoever changes it ends the alert, or comes before and leaves nothing to tell.
    const asked = await db.query('SELECT 1 FROM creators WHERE id = $1 AND email = $2 FOR SHARE', [
      email.creatorId,
      email.address,
    ]);
    if (asked.rowCount === 0) return recordDeferred(db, email, { error, retryInMs: 0, counts: false });
    if (await recordFailed(db, email, error)) await raiseAlert(db, alertOf(email, error));
  });
}

/**
 * Names the creator by our own id: the address is nobody's business here. The payout is named among the facts: a key to its
 * row would lock it, and a worker would pass it over.
 */
const alertOf = ({ creatorId, payoutId, template }: ClaimedEmail, error: string) => ({
  rule: 'email_failed' as const,
  key: `creator:${creatorId}`,
  message:
    `E-mails to a creator are refused (${error}). Find out their address and enter it; this ends when it ` +
    'is changed, or when an e-mail arrives.',
  details: { creatorId, payoutId, error, template },
});

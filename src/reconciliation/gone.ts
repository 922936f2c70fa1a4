// Ends the open items of a period that are not so any more. Not having seen one proves little, so each is looked at by
// itself before it counts as gone.
import { inTransaction } from '../db/transaction.js';
import { resolveAlert } from '../payouts/alerts.js';
import { compare } from './compare.js';
import { examine } from './examine.js';
import { ourPayouts, payoutsNamedBy } from './ours.js';
import type { Pass } from './pass.js';
import { GONE, NOBODY } from './record.js';
import { recordStrangers } from './strangers.js';

interface OpenItem {
  id: string;
  key: string;
  payoutId: string | null;
  transferId: string | null;
  /** The run that saw it last. */
  seenInRunId: string;
}

export async function endOpenItems(pass: Pass): Promise<void> {
  for (const item of await unseenItems(pass)) {
    if (pass.seen.has(item.key)) continue;
    await lookAgain(pass, item);
    if (!pass.seen.has(item.key)) await end(pass, item);
  }
}

/** Open items of the period that this run has not seen, nor one that began after it. */
async function unseenItems({ deps, runId, period, seen }: Pass): Promise<OpenItem[]> {
  const { rows } = await deps.pool.query<OpenItem>(
    `SELECT item.id, item.open_key AS key, item.payout_id AS "payoutId", item.transfer_id AS "transferId",
       item.seen_in_run_id AS "seenInRunId"
     FROM reconciliation_items item
     JOIN reconciliation_runs last ON last.id = item.seen_in_run_id
     JOIN reconciliation_runs this ON this.id = $1
     WHERE item.state = 'OPEN' AND item.occurred_at >= $2::timestamp AND item.occurred_at < $3::timestamp
       AND last.started_at <= this.started_at AND NOT item.open_key = ANY($4)
     ORDER BY item.found_at, item.id`,
    [runId, period.start.toISOString(), period.end.toISOString(), [...seen]],
  );
  return rows;
}

async function lookAgain(pass: Pass, { payoutId, transferId }: OpenItem): Promise<void> {
  const { ask, reader, pool, staleAfterMs } = pass.deps;
  const transfer = transferId && (await ask('transfers.retrieve', () => reader.transfer(transferId)));
  const theirs = transfer && !transfer.failed ? [transfer] : [];
  if (payoutId !== null) return examine(pass, payoutId, theirs);
  const ours = await ourPayouts(pool, await payoutsNamedBy(pool, theirs), staleAfterMs);
  await recordStrangers(
    pass,
    compare(ours, theirs).filter((one) => one.payoutId === null),
  );
}

async function end({ deps }: Pass, { id, key, seenInRunId }: OpenItem): Promise<void> {
  await inTransaction(deps.pool, async (db) => {
    const ended = await db.query(
      `UPDATE reconciliation_items SET state = 'RESOLVED', resolved_at = now(), resolved_by = '${NOBODY}',
         resolution = '${GONE}', open_key = NULL
       WHERE id = $1 AND state = 'OPEN' AND seen_in_run_id = $2`,
      [id, seenInRunId],
    );
    if (ended.rowCount === 1) await resolveAlert(db, 'reconciliation_mismatch', key);
  });
}

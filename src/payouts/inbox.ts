// The inbox of Stripe's events: stored first, then answered, then applied, each at most once and in any order.
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import type { WebhookOutcome } from '../generated/prisma/enums.js';
import type { Logger } from '../observability/logger.js';
import type { Signals, TransferFact } from './ports.js';
import { settleTransfer } from './settle.js';

/** An event whose signature was verified. */
export interface VerifiedEvent {
  id: string;
  type: string;
  /** The connected account it came from; null: the platform itself. */
  account: string | null;
  livemode: boolean;
  payload: unknown;
}

/** What an event says in our own terms. */
export type StripeFact =
  | { kind: 'transfer_created'; transfer: TransferFact }
  | { kind: 'account_changed'; accountId: string; transfersEnabled: boolean }
  /** It looks like ours and is somebody else's. */
  | { kind: 'foreign'; why: string }
  | { kind: 'ignored' };

export interface InboxDeps {
  pool: pg.Pool;
  signals: Signals;
  log: Logger;
  /** Our Stripe key is a live one. */
  livemode: boolean;
  /** Reads a stored payload. @throws on one that is no Stripe event */
  factOf(payload: unknown): StripeFact;
}

/** Durable once this returns; an event that came before changes nothing. */
export async function storeEvent(db: Queryable, event: VerifiedEvent): Promise<void> {
  await db.query({
    name: 'store-event',
    text: `INSERT INTO webhook_events (id, type, account, livemode, payload)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
    values: [event.id, event.type, event.account, event.livemode, JSON.stringify(event.payload)],
  });
}

/** Applies an event if it still waits, in the transaction that marks it applied. */
export async function applyEvent(deps: InboxDeps, id: string): Promise<void> {
  await inTransaction(deps.pool, async (db) => {
    const { rows } = await db.query<{ payload: unknown; livemode: boolean }>(
      `SELECT payload, livemode FROM webhook_events WHERE id = $1 AND outcome = 'pending' FOR UPDATE SKIP LOCKED`,
      [id],
    );
    if (!rows[0]) return;
    const { payload, livemode } = rows[0];
    const applied = livemode === deps.livemode ? applyFact(deps, db, deps.factOf(payload), id) : OTHER_MODE;
    const { outcome, error } = await applied;
    await db.query(
      `UPDATE webhook_events SET outcome = $2, error = $3, attempts = attempts + 1, finished_at = now()
       WHERE id = $1`,
      [id, outcome, error],
    );
  });
  deps.signals.changed();
}

/** Applies what was left waiting by a process that died after it answered. @returns how many */
export async function applyWaiting(deps: InboxDeps): Promise<number> {
  const { rows } = await deps.pool.query<{ id: string }>(
    `SELECT id FROM webhook_events WHERE outcome = 'pending' ORDER BY attempts, received_at LIMIT 500`,
  );
  for (const { id } of rows) {
    await applyEvent(deps, id).catch((error: unknown) => countFailure(deps, id, error));
  }
  return rows.length;
}

/** An event that cannot be applied waits on, behind those that were not tried yet. */
async function countFailure(deps: InboxDeps, id: string, error: unknown): Promise<void> {
  deps.log.error({ err: error, eventId: id }, 'event not applied');
  await deps.pool.query(
    `UPDATE webhook_events SET attempts = attempts + 1, error = $2 WHERE id = $1 AND outcome = 'pending'`,
    [id, String(error)],
  );
}

interface FactOutcome {
  outcome: WebhookOutcome;
  error: string | null;
}

/** A live Connect endpoint is sent test events too: nothing is wrong with them, and they are none of ours. */
const OTHER_MODE: FactOutcome = { outcome: 'ignored', error: 'livemode is not that of our key' };

async function applyFact(deps: InboxDeps, db: Queryable, fact: StripeFact, id: string): Promise<FactOutcome> {
  switch (fact.kind) {
    case 'transfer_created':
      return applyTransfer(deps, db, fact.transfer, id);
    case 'account_changed':
      await db.query(
        'UPDATE creators SET transfers_enabled = $2, updated_at = now() WHERE stripe_account_id = $1',
        [fact.accountId, fact.transfersEnabled],
      );
      return { outcome: 'applied', error: null };
    case 'foreign':
      return quarantine(deps, id, fact.why);
    case 'ignored':
      return { outcome: 'ignored', error: null };
  }
}

/** A transfer that is not ours, or not what the payout asked for, changes nothing and is set aside. */
async function applyTransfer(
  deps: InboxDeps,
  db: Queryable,
  transfer: TransferFact,
  id: string,
): Promise<FactOutcome> {
  const known = await db.query('SELECT 1 FROM payouts WHERE id = $1 FOR UPDATE', [transfer.payoutId]);
  if (known.rowCount === 0 || transfer.payoutId === null) {
    return quarantine(deps, id, `no payout of ours has transfer ${transfer.id}`);
  }
  const settled = await settleTransfer(db, transfer.payoutId, transfer, { name: 'stripe' });
  return settled.kind === 'completed'
    ? { outcome: 'applied', error: null }
    : quarantine(deps, id, settled.why);
}

function quarantine(deps: InboxDeps, eventId: string, why: string): FactOutcome {
  deps.log.warn({ eventId, why }, 'event quarantined');
  return { outcome: 'quarantined', error: why };
}

// The inbox of Stripe's events: stored first, then answered, then applied, each at most once and in any order.
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import type { WebhookOutcome } from '../../generated/prisma/enums.js';
import { checkpoint } from '../../observability/checkpoints.js';
import type { Logger } from '../../observability/logger.js';
import { inSpan } from '../../observability/tracing.js';
import { raiseAlert, resolveAlert } from '../alerts.js';
import { type CheckedFact, checkFact, type FactDeps, type StripeFact } from '../facts.js';
import { GatewayRefusedError, type Signals } from '../ports.js';
import { pauseForConfiguration } from '../processing.js';
import { traceOfFact } from '../trace.js';
import { type Heard, hear } from './hear.js';

/** An event whose signature was verified. */
export interface VerifiedEvent {
  id: string;
  type: string;
  /** The connected account it came from; null: the platform itself. */
  account: string | null;
  livemode: boolean;
  payload: unknown;
}

export interface InboxDeps extends FactDeps {
  pool: pg.Pool;
  signals: Signals;
  log: Logger;
  /** Our Stripe key is a live one. */
  livemode: boolean;
  /** Reads a stored payload. @throws on one that is no Stripe event */
  factOf(payload: unknown): StripeFact;
}

/** Tries to apply an event that goes wrong, before it is left to an admin: over two hours, by the waits between. */
const MOST_TRIES = 12;

/** Seconds until an event is looked at again that its payout is not ready for. */
const EARLY_WAIT_SECONDS = 1;

/** Durable once this returns; an event that came before changes nothing. */
export async function storeEvent(db: Queryable, event: VerifiedEvent): Promise<void> {
  checkpoint('webhook.before_store');
  await db.query({
    name: 'store-event',
    text: `INSERT INTO webhook_events (id, type, account, livemode, payload)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
    values: [event.id, event.type, event.account, event.livemode, textOf(event.payload)],
  });
  checkpoint('webhook.after_store');
}

/** Postgres takes neither a NUL nor half of a character, and nothing of Stripe's needs one. A backslash is none. */
const textOf = (payload: unknown) =>
  JSON.stringify(payload).replace(/(\\\\)|\\u0000|\\ud[89a-f][0-9a-f]{2}/g, '$1');

interface Waiting {
  payload: unknown;
  livemode: boolean;
}

const WAITING = `SELECT payload, livemode FROM webhook_events WHERE id = $1 AND outcome = 'pending'`;

/**
 * Applies an event if it still waits, in the transaction that marks it applied.
 * @throws when it cannot be applied now: it waits on
 */
export async function applyEvent(deps: InboxDeps, id: string): Promise<void> {
  const { rows } = await deps.pool.query<Waiting>(WAITING, [id]);
  if (!rows[0]) return;
  const fact = readFact(deps, rows[0]);
  const attributes = { 'stripe.event.id': id, 'stripe.fact': fact.kind };
  const parent = await traceOfFact(deps.pool, fact);
  await inSpan('apply event', { parent, attributes }, () => applyFact(deps, id, fact));
}

async function applyFact(deps: InboxDeps, id: string, told: StripeFact): Promise<void> {
  // Whatever Stripe must be asked is asked here: never inside the transaction.
  const fact = await checkFact(deps, told).catch((error) => pauseIfRefused(deps, error));
  const heard = await inTransaction(deps.pool, (db) => applyInside(deps, db, id, fact));
  checkpoint('inbox.after_commit');
  if (!heard) return;
  deps.signals.changed();
  if (heard.outcome === 'applied' && heard.released > 0) deps.signals.retriesDue();
}

/** Throws on what was thrown; where Stripe refuses us, nothing is sent any more. */
export async function pauseIfRefused({ pool }: InboxDeps, error: unknown): Promise<never> {
  if (error instanceof GatewayRefusedError) await pauseForConfiguration(pool, error);
  throw error;
}

/** A live Connect endpoint is sent test events too: nothing is wrong with them, and they are none of ours. */
function readFact(deps: InboxDeps, { payload, livemode }: Waiting): StripeFact {
  return livemode === deps.livemode ? deps.factOf(payload) : { kind: 'ignored' };
}

/** Null: somebody else has it, or has ended it. */
async function applyInside(
  deps: InboxDeps,
  db: Queryable,
  id: string,
  fact: CheckedFact,
): Promise<Heard | null> {
  const { rowCount } = await db.query(`${WAITING} FOR UPDATE SKIP LOCKED`, [id]);
  if (rowCount === 0) return null;
  const heard = await hear(db, fact, { name: 'stripe', requestId: id });
  if (heard.outcome === 'early') await wait(db, id);
  else await end(deps, db, id, heard);
  checkpoint('inbox.before_commit');
  return heard;
}

async function end(
  deps: InboxDeps,
  db: Queryable,
  id: string,
  heard: Exclude<Heard, { outcome: 'early' }>,
): Promise<void> {
  const why = heard.outcome === 'applied' ? null : heard.why;
  await mark(db, id, heard.outcome, why);
  if (heard.outcome === 'quarantined') await quarantine(deps, db, id, heard.why);
  else await resolveAlert(db, 'webhook_quarantined', id);
}

async function mark(db: Queryable, id: string, outcome: WebhookOutcome, error: string | null): Promise<void> {
  await db.query(
    `UPDATE webhook_events SET outcome = $2, error = $3, attempts = attempts + 1, finished_at = now()
     WHERE id = $1`,
    [id, outcome, error],
  );
}

async function wait(db: Queryable, id: string): Promise<void> {
  await db.query(
    `UPDATE webhook_events SET wait_until = now() + $2 * interval '1 second',
       error = 'its payout waits for a worker' WHERE id = $1`,
    [id, EARLY_WAIT_SECONDS],
  );
}

async function quarantine(deps: InboxDeps, db: Queryable, eventId: string, why: string): Promise<void> {
  deps.log.warn({ eventId, why }, 'event quarantined');
  await raiseAlert(db, {
    rule: 'webhook_quarantined',
    key: eventId,
    message: `Event ${eventId} was set aside and changed nothing: ${why}. Find out where it came from.`,
    details: { eventId, why },
  });
}

/** Applies what was left waiting: by a process that died after it answered, or for its payout. @returns how many */
export async function applyWaiting(deps: InboxDeps): Promise<number> {
  const { rows } = await deps.pool.query<{ id: string }>(
    `SELECT id FROM webhook_events WHERE outcome = 'pending' AND (wait_until IS NULL OR wait_until <= now())
     ORDER BY wait_until NULLS FIRST, received_at LIMIT 500`,
  );
  for (const { id } of rows) {
    await applyEvent(deps, id).catch((error: unknown) => countFailure(deps, id, error));
  }
  return rows.length;
}

/** It is tried again, at growing intervals; in the end somebody must look. */
async function countFailure(deps: InboxDeps, id: string, error: unknown): Promise<void> {
  deps.log.error({ err: error, eventId: id }, 'event not applied');
  const why = error instanceof Error ? error.message : String(error);
  await inTransaction(deps.pool, async (db) => {
    const { rows } = await db.query<{ outcome: WebhookOutcome }>(
      `UPDATE webhook_events SET attempts = attempts + 1, error = $2,
         wait_until = now() + LEAST(5 * 2 ^ attempts, 3600) * interval '1 second',
         outcome = CASE WHEN attempts + 1 >= $3 THEN 'failed' ELSE outcome END,
         finished_at = CASE WHEN attempts + 1 >= $3 THEN now() END
       WHERE id = $1 AND outcome = 'pending' RETURNING outcome`,
      [id, why, MOST_TRIES],
    );
    if (rows[0]?.outcome === 'failed') await quarantine(deps, db, id, `it could not be applied (${why})`);
  });
  deps.signals.changed();
}

// The switch that stops all sending: turned off by an admin with a reason, or by Stripe's refusal of our own
// configuration. What is under way finishes; nothing new is taken up or sent until an admin turns it on again.
import type pg from 'pg';
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { checkpoint } from '../observability/checkpoints.js';
import { type Actor, askedBy, SYSTEM } from './actor.js';
import { raiseAlert, resolveAlert } from './alerts.js';
import type { Signals } from './ports.js';
import { requiredReason } from './reason.js';

export interface ProcessingState {
  paused: boolean;
  /** Why it was paused or resumed; null: it never was. */
  reason: string | null;
  changedBy: string | null;
  changedAt: Date;
}

/** For the WHERE of whatever takes up work. */
export const NOT_PAUSED = 'NOT EXISTS (SELECT 1 FROM processing_switch WHERE paused)';

const COLUMNS = 'paused, reason, changed_by AS "changedBy", changed_at AS "changedAt"';

export async function processingState(db: Queryable): Promise<ProcessingState> {
  const { rows } = await db.query<ProcessingState>(`SELECT ${COLUMNS} FROM processing_switch`);
  return rows[0] ?? { paused: false, reason: null, changedBy: null, changedAt: new Date(0) };
}

/** Nothing new is taken up from now on. Pausing again changes the reason. @throws InvalidInputError without one */
export async function pauseProcessing(pool: pg.Pool, reason: string, actor: Actor): Promise<ProcessingState> {
  return inTransaction(pool, (db) => pauseInside(db, reason, actor));
}

/** The same, inside the caller's transaction. */
export function pauseInside(db: Queryable, reason: string, actor: Actor): Promise<ProcessingState> {
  return turn(db, true, requiredReason(reason), actor);
}

/** Work goes on. @throws InvalidInputError without a reason */
export async function resumeProcessing(
  deps: { pool: pg.Pool; signals: Signals },
  reason: string,
  actor: Actor,
): Promise<ProcessingState> {
  const state = await inTransaction(deps.pool, async (db) => {
    // If the configuration is still wrong, the next request says so again.
    await resolveAlert(db, 'stripe_configuration', CONFIGURATION);
    return turn(db, false, requiredReason(reason), actor);
  });
  deps.signals.changed();
  deps.signals.due();
  deps.signals.retriesDue();
  deps.signals.outcomesDue();
  return state;
}

/** There is one configuration, so there is one alert for it. */
const CONFIGURATION = 'stripe';

/** Stripe refuses our key or our request: every further one would be refused too. */
export async function pauseForConfiguration(
  pool: pg.Pool,
  { code, message }: { code: string; message: string },
): Promise<void> {
  await inTransaction(pool, async (db) => {
    const what = `Stripe refuses our configuration (${code}).`;
    await raiseAlert(db, {
      rule: 'stripe_configuration',
      key: CONFIGURATION,
      message: `${what} Processing is paused: mend the settings, then resume it.`,
      details: { code, message },
    });
    const { paused } = await lockedState(db);
    if (!paused) await turn(db, true, what, SYSTEM);
    checkpoint('pause.before_commit');
  });
  checkpoint('pause.after_commit');
}

async function lockedState(db: Queryable): Promise<ProcessingState> {
  const { rows } = await db.query<ProcessingState>(`SELECT ${COLUMNS} FROM processing_switch FOR UPDATE`);
  if (!rows[0]) throw new Error('processing_switch has no row: run the migrations');
  return rows[0];
}

async function turn(db: Queryable, paused: boolean, reason: string, actor: Actor): Promise<ProcessingState> {
  const before = await lockedState(db);
  const { rows } = await db.query<ProcessingState>(
    `UPDATE processing_switch SET paused = $1, reason = $2, changed_by = $3, changed_at = now()
     RETURNING ${COLUMNS}`,
    [paused, reason, actor.name],
  );
  await recordAudit(db, {
    chain: 'processing',
    ...askedBy(actor),
    action: paused ? 'processing_paused' : 'processing_resumed',
    reason,
    before: { ...before },
    after: { ...rows[0] },
  });
  return rows[0] ?? before;
}

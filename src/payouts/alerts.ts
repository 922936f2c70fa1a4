// Alerts: what somebody must look at. One is raised once for each cause, updated while the cause lasts, and resolved
// when it is gone. It is written in the transaction of what it tells of, so that none is lost.
import type pg from 'pg';
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { type Actor, askedBy } from './actor.js';
import { NotFoundError } from './errors.js';

/** The rules of the public contract, and those that were added since. */
export const ALERT_RULES = [
  'failure_rate_high',
  'payout_stuck',
  'reconciliation_mismatch',
  'max_retries_exceeded',
  'stripe_configuration',
  'webhook_quarantined',
  'platform_balance_low',
  'email_failed',
] as const;

export type AlertRule = (typeof ALERT_RULES)[number];

/** Before the payout's id in the key of a `reconciliation_mismatch`: its transfer was taken back in part. */
export const PARTLY_REVERSED = 'partly_reversed';

export interface NewAlert {
  rule: AlertRule;
  /** What it is about, such as a payout's id: at most one alert of a rule and a key is open. */
  key: string;
  /** For people: what is wrong and what to do. No secrets, no addresses. */
  message: string;
  details?: Readonly<Record<string, unknown>>;
  payoutId?: string;
}

/** Opens the alert, or says once more that its cause lasts. */
export async function raiseAlert(db: Queryable, alert: NewAlert): Promise<void> {
  await db.query({
    name: 'raise-alert',
    text: `${INSERT_ALERT} ON CONFLICT (open_key) DO UPDATE SET ${SAID_AGAIN}`,
    values: valuesOf(alert),
  });
}

/** Opens the alert unless one is open: that one stays as it is. */
export async function openAlert(db: Queryable, alert: NewAlert): Promise<void> {
  await db.query({
    name: 'open-alert',
    text: `${INSERT_ALERT} ON CONFLICT (open_key) DO NOTHING`,
    values: valuesOf(alert),
  });
}

/** Opens the alert, or says of an open one what is new. @returns whether there was anything to say */
export async function keepAlert(db: Queryable, alert: NewAlert): Promise<boolean> {
  const kept = await db.query({
    name: 'keep-alert',
    text: `${INSERT_ALERT} ON CONFLICT (open_key) DO UPDATE SET ${SAID_AGAIN}
      WHERE (alerts.message, alerts.details) IS DISTINCT FROM (EXCLUDED.message, EXCLUDED.details)`,
    values: valuesOf(alert),
  });
  return kept.rowCount === 1;
}

const INSERT_ALERT = `INSERT INTO alerts (rule, key, message, details, payout_id, open_key)
  VALUES ($1, $2, $3, $4, $5, $1 || ':' || $2)`;

const SAID_AGAIN = `message = EXCLUDED.message, details = EXCLUDED.details, occurrences = alerts.occurrences + 1,
  updated_at = now()`;

function valuesOf({ rule, key, message, details = {}, payoutId }: NewAlert): unknown[] {
  return [rule, key, message, JSON.stringify(details), payoutId ?? null];
}

/** The cause is gone. @returns whether an alert was open */
export async function resolveAlert(db: Queryable, rule: AlertRule, key: string): Promise<boolean> {
  const resolved = await db.query(
    `UPDATE alerts SET resolved_at = now(), updated_at = now(), open_key = NULL WHERE open_key = $1 || ':' || $2`,
    [rule, key],
  );
  return resolved.rowCount === 1;
}

/** Somebody has seen it and takes care; the first one counts. @throws NotFoundError */
export async function acknowledgeAlert(pool: pg.Pool, id: string, actor: Actor): Promise<void> {
  await inTransaction(pool, async (db) => {
    const { rows } = await db.query<{ rule: string; key: string }>(
      `UPDATE alerts SET acknowledged_at = now(), acknowledged_by = $2, updated_at = now()
       WHERE id = $1 AND acknowledged_at IS NULL RETURNING rule, key`,
      [id, actor.name],
    );
    if (rows[0]) return recordAcknowledged(db, id, rows[0], actor);
    const known = await db.query('SELECT 1 FROM alerts WHERE id = $1', [id]);
    if (known.rowCount === 0) throw new NotFoundError('alert');
  });
}

async function recordAcknowledged(
  db: Queryable,
  id: string,
  about: { rule: string; key: string },
  actor: Actor,
): Promise<void> {
  await recordAudit(db, {
    chain: `alert:${id}`,
    ...askedBy(actor),
    action: 'alert_acknowledged',
    before: { ...about, acknowledgedBy: null },
    after: { ...about, acknowledgedBy: actor.name },
  });
}

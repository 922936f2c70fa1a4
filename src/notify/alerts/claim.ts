// Takes up the next notice of a channel. An alert is told in its channel by one worker at a time, and a step never
// overtakes the one before it: what resolves an incident must not come before what opens it, nor between its updates.
import type pg from 'pg';
import { ALERT_COLUMNS } from '../../db/alert-log.js';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import type { Alert } from '../../generated/prisma/client.js';
import { type Notice, STEPS, type Step, TELL_MS } from './channel.js';

export interface ClaimedNotice extends Notice {
  channel: string;
  /** Which taking this is: who comes late with an older one changes nothing. */
  lease: number;
  /** `performance.now()` after which it must not be told any more: another worker may have it. */
  deadline: number;
}

/** Milliseconds that one worker has an alert's channel for itself. */
const LEASE_MS = 60_000;

/** @returns null: nothing is due, the channel is left alone for now, or others have all that is due */
export async function claimNotice(pool: pg.Pool, channel: string): Promise<ClaimedNotice | null> {
  const deadline = performance.now() + LEASE_MS - 2 * TELL_MS;
  for (;;) {
    const claimed = await inTransaction(pool, (db) => claimOne(db, channel));
    if (claimed !== 'nothing to tell') return claimed && { ...claimed, channel, deadline };
  }
}

type Claimed = Omit<ClaimedNotice, 'channel' | 'deadline'>;

async function claimOne(db: Queryable, channel: string): Promise<Claimed | 'nothing to tell' | null> {
  const { rows } = await db.query<{ alertId: string }>({ name: 'lock-alert', text: LOCK, values: [channel] });
  if (!rows[0]) return null;
  const { alertId } = rows[0];
  // Read once it is ours: somebody else may have told of it just before.
  const told = await readTold(db, alertId, channel);
  const step = nextStep(told);
  if (!step) {
    await skipAll(db, alertId, channel);
    return 'nothing to tell';
  }
  const { rows: leased } = await db.query<{ lease: number }>({
    name: 'lease-alert',
    text: `UPDATE alert_deliveries SET lease = lease + 1, lease_until = now() + $3::float8 * interval '1 millisecond'
      WHERE alert_id = $1 AND channel = $2 AND step = 'raised' RETURNING lease`,
    values: [alertId, channel, LEASE_MS],
  });
  return { step, alert: told.alert, lease: leased[0]?.lease ?? 0 };
}

/** The alert that has waited longest, by the row that stands for it. */
const LOCK = `
SELECT head.alert_id AS "alertId"
FROM alert_deliveries d
JOIN alert_channels c ON c.id = d.channel
JOIN alert_deliveries head ON head.alert_id = d.alert_id AND head.channel = d.channel AND head.step = 'raised'
WHERE d.channel = $1 AND d.state = 'waiting' AND d.due_at <= now()
  AND (c.paused_until IS NULL OR c.paused_until <= now())
  AND (head.lease_until IS NULL OR head.lease_until <= now())
ORDER BY d.due_at, d.alert_id LIMIT 1 FOR UPDATE OF head SKIP LOCKED`;

interface Told {
  alert: Alert;
  states: Partial<Record<Step, string>>;
  /** The change of the alert that was told last. */
  toldXid: bigint | null;
}

async function readTold(db: Queryable, alertId: string, channel: string): Promise<Told> {
  const { rows } = await db.query<
    Omit<Alert, 'logXid'> & { logXid: string; states: Told['states']; toldXid: string | null }
  >({
    name: 'read-told',
    text: `SELECT ${ALERT_COLUMNS}, told.* FROM alerts CROSS JOIN (
        SELECT jsonb_object_agg(step, state) AS states, max(told_xid) AS "toldXid"
        FROM alert_deliveries WHERE alert_id = $1 AND channel = $2) told
      WHERE id = $1`,
    values: [alertId, channel],
  });
  if (!rows[0]) throw new Error(`alert ${alertId} is gone`);
  const { states, toldXid, ...alert } = rows[0];
  return {
    alert: { ...alert, logXid: BigInt(alert.logXid) },
    states,
    toldXid: toldXid === null ? null : BigInt(toldXid),
  };
}

/** What was refused when it was raised is not spoken of any more; what changed is told while that says anything. */
export function nextStep({ alert, states, toldXid }: Told): Step | undefined {
  if (states.raised === 'refused') return undefined;
  const waiting = STEPS.filter((step) => states[step] === 'waiting');
  if (waiting.includes('raised')) return 'raised';
  if (waiting.includes('resolved')) return 'resolved';
  if (waiting.includes('acknowledged')) return 'acknowledged';
  const stale = alert.logXid === toldXid || alert.acknowledgedAt !== null || alert.resolvedAt !== null;
  return waiting.includes('changed') && !stale ? 'changed' : undefined;
}

async function skipAll(db: Queryable, alertId: string, channel: string): Promise<void> {
  await db.query(
    `UPDATE alert_deliveries SET state = 'skipped' WHERE alert_id = $1 AND channel = $2 AND state = 'waiting'`,
    [alertId, channel],
  );
}

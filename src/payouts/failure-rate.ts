// Looks whether too many payouts fail, over all that ended lately, and raises or ends the alert of it.
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { keepAlert, resolveAlert } from './alerts.js';
import type { Signals } from './ports.js';

/** Percent of failures that is still well: the alert is raised above it, and ends at it. */
export const FAILURE_RATE_PERCENT = 5;

/** Payouts that must have ended before their rate says anything. */
export const FAILURE_RATE_LEAST = 20;

/** Hours back from now in which they ended. */
export const FAILURE_RATE_HOURS = 24;

export interface CheckDeps {
  pool: pg.Pool;
  signals: Pick<Signals, 'changed'>;
}

export interface FailureRate {
  /** COMPLETED, or FAILED with no automatic retry to come, as they stand now; what an admin rejected is neither. */
  ended: number;
  failed: number;
}

const RULE = 'failure_rate_high';

/** There is one rate, so there is one alert for it. */
const KEY = 'all_payouts';

/** Any number of workers may do so at once; they take turns, so that no older figures come after newer ones. */
export async function checkFailureRate({ pool, signals }: CheckDeps): Promise<FailureRate> {
  const { rate, changed } = await inTransaction(pool, async (db) => {
    await db.query(`SELECT pg_advisory_xact_lock(hashtext('alerts:${RULE}'))`);
    const rate = await failureRate(db);
    const changed = isTooHigh(rate)
      ? await keepAlert(db, { rule: RULE, key: KEY, ...say(rate) })
      : await resolveAlert(db, RULE, KEY);
    return { rate, changed };
  });
  if (changed) signals.changed();
  return rate;
}

/**
 * Exact, by the database's clock. A change of status is the only thing that moves `updated_at`, so it says when a payout
 * ended, and its index finds those of the last day among millions.
 */
export async function failureRate(db: Queryable): Promise<FailureRate> {
  const { rows } = await db.query<FailureRate>({ name: 'failure-rate', text: FAILURE_RATE_SQL });
  return rows[0] ?? { ended: 0, failed: 0 };
}

export const FAILURE_RATE_SQL = `
SELECT count(*)::int AS ended, count(*) FILTER (WHERE status = 'FAILED')::int AS failed
FROM payouts
WHERE updated_at > now() - interval '${FAILURE_RATE_HOURS} hours'
  AND (status = 'COMPLETED' OR (status = 'FAILED' AND next_attempt_at IS NULL))
  AND control IS DISTINCT FROM 'REJECTED'`;

/** Whole numbers only: five of a hundred is not over five percent, however it is rounded. */
function isTooHigh({ ended, failed }: FailureRate): boolean {
  return ended >= FAILURE_RATE_LEAST && failed * 100 > ended * FAILURE_RATE_PERCENT;
}

function say({ ended, failed }: FailureRate) {
  const percent = ((failed / ended) * 100).toFixed(1);
  return {
    message:
      `${failed} of the ${ended} payouts that ended in the last ${FAILURE_RATE_HOURS} hours have failed (${percent} %, ` +
      `more than ${FAILURE_RATE_PERCENT} %). Look at the reasons of the failed ones: most often they share one.`,
    details: { ended, failed, percent: Number(percent), hours: FAILURE_RATE_HOURS },
  };
}

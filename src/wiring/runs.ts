// What payout runs need beside the database: the money at Stripe, and those who watch.
import { createRunFeed } from '../live/run-feed.js';
import type { BalanceDeps } from '../payouts/runs/preview.js';
import { watchedRuns } from '../payouts/runs/progress.js';
import { createPlatformBalance } from '../stripe/balance.js';
import type { Parts, Stops } from './parts.js';

export function runsOf(parts: Pick<Parts, 'config' | 'db' | 'log' | 'stripe' | 'wakeup'>, stops: Stops) {
  const { db, log, wakeup } = parts;
  const runs = createRunFeed({
    wakeup,
    log,
    read: (ids) => watchedRuns(db, ids),
    hasEnded: ({ progress }) => progress.finished,
    pollMs: 1_000,
    pauseMs: 400,
  });
  stops.push(() => runs.stop());
  return { runs, balance: balanceOf(parts) };
}

/** Whoever looks at a preview does not wait for a Stripe that is slow. */
const PATIENCE_MS = 3_000;

export function balanceOf({ config, db, stripe }: Pick<Parts, 'config' | 'db' | 'stripe'>): BalanceDeps {
  const { maxRps } = config.stripe;
  return { pool: db.pool, balance: createPlatformBalance(stripe), maxRps, patienceMs: PATIENCE_MS };
}

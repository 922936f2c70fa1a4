// What the database alone knows, and every instance tells alike: the same numbers after a restart, and from whichever
// process one asks.

export interface DatabaseFigures {
  /** How many payouts are in each status now, and how much money in cents. */
  payouts: { status: string; currency: string; count: number; cents: number }[];
  /** Every change of status since the beginning; `from` is `none` for a new payout. */
  transitions: { from: string; to: string; count: number }[];
  /** Payouts completed, by how long they took from their creation: none of them is counted twice. */
  completions: { upToSeconds: number; count: number; ms: number }[];
  /** Times that a payout was tried again, by itself or by an admin. */
  retries: number;
  /** Stripe's events by what became of them. */
  webhookEvents: { type: string; outcome: string; count: number }[];
  alertsOpen: { rule: string; count: number }[];
  /** Payouts that wait for a worker and whose time has come. */
  due: number;
  /** How long the payout that is PROCESSING for the longest has been so; 0: none is. */
  processingOldestMs: number;
  /** Events of Stripe's that are stored and not applied yet, and since when the oldest waits; 0: none does. */
  webhooksPending: number;
  webhooksPendingOldestMs: number;
  /** How long ago a worker's sweep was here last. */
  sweptMsAgo: number;
  /** Nothing is sent to Stripe until an admin resumes. */
  paused: boolean;
}

/** Seconds: the bounds of `payout_processing_seconds`. What is counted is stored under them: see `payouts/metrics/`. */
export const COMPLETION_BOUNDS: readonly number[] = [
  0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 28_800, 86_400,
];

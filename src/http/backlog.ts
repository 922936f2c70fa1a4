// What piles up behind a service that answers: events that are not applied, changes that are not told, jobs that nobody
// runs. Numbers for whoever looks; from what point on they are too many is said here once.
import type { DatabaseFigures } from '../observability/figures.js';

type Pile = Readonly<Record<string, number | string>> & { status: 'ok' | 'behind' };

/** By what piles up. Of what the database knows nothing is told while it does not answer. */
export type Backlog = Readonly<Record<string, Pile>>;

export interface BacklogInput {
  /** Null: the database did not answer in time. */
  figures: DatabaseFigures | null;
  /** How far subscribers of this process are behind the event log. */
  lagMs: number;
  sweepIntervalMs: number;
}

/** Milliseconds that an event of Stripe's may wait: the first tries to apply it lie within. */
const WEBHOOKS_MS = 5 * 60_000;
const EVENTS_MS = 30_000;
/** Sweeps in a row that may fail to come, and some time for a worker that is being replaced. */
const SWEEPS = 4;
const REPLACED_MS = 60_000;

export function backlogOf({ figures, lagMs, sweepIntervalMs }: BacklogInput): Backlog {
  const events = { status: statusOf(lagMs, EVENTS_MS), behindSeconds: seconds(lagMs) };
  if (!figures) return { events };
  const { webhooksPending, webhooksPendingOldestMs, sweptMsAgo, due } = figures;
  return {
    webhooks: {
      status: statusOf(webhooksPendingOldestMs, WEBHOOKS_MS),
      pending: webhooksPending,
      oldestSeconds: seconds(webhooksPendingOldestMs),
    },
    events,
    jobs: {
      status: statusOf(sweptMsAgo, SWEEPS * sweepIntervalMs + REPLACED_MS),
      lastSweepSeconds: seconds(sweptMsAgo),
      due,
    },
  };
}

export const isBehind = (backlog: Backlog): boolean =>
  Object.values(backlog).some(({ status }) => status === 'behind');

const statusOf = (ms: number, limitMs: number): Pile['status'] => (ms > limitMs ? 'behind' : 'ok');

const seconds = (ms: number) => Math.round(ms) / 1_000;

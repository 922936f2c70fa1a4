// The metrics that the database is the truth of. Nothing of them is kept here: each scrape tells what was read, and where
// nothing could be read it says that and leaves them out, rather than telling numbers that are not true any more.
import type { Registry } from 'prom-client';
import { COMPLETION_BOUNDS, type DatabaseFigures } from './figures.js';
import type { Reading } from './reading.js';

interface Sample {
  value: number;
  labels?: Record<string, string | number>;
  /** Of a histogram, whose parts have names of their own. */
  metricName?: string;
}

interface Told {
  type: 'gauge' | 'counter' | 'histogram';
  help: string;
  samples(figures: DatabaseFigures): Sample[];
}

const TOLD: Readonly<Record<string, Told>> = {
  payouts_total: {
    type: 'gauge',
    help: 'Payouts by the status that they are in now',
    samples: ({ payouts }) => sumsOf(payouts, ({ status }) => status, 'status'),
  },
  payouts_amount_cents: {
    type: 'gauge',
    help: 'Money of the payouts in each status now, in cents of the currency',
    samples: ({ payouts }) =>
      payouts.map(({ status, currency, cents }) => ({ value: cents, labels: { status, currency } })),
  },
  payout_transitions_total: {
    type: 'counter',
    help: 'Changes of status since the beginning; from is none for a new payout',
    samples: ({ transitions }) =>
      transitions.map(({ from, to, count }) => ({ value: count, labels: { from, to } })),
  },
  payout_processing_seconds: {
    type: 'histogram',
    help: 'From the creation of a payout to its completion, each completion once',
    samples: ({ completions }) => histogramOf('payout_processing_seconds', completions),
  },
  payout_retries_total: {
    type: 'counter',
    help: 'Times that a failed payout was tried again, by itself or by an admin',
    samples: ({ retries }) => [{ value: retries }],
  },
  webhook_events_total: {
    type: 'counter',
    help: 'Events of Stripe by what became of them; one that was replayed counts each time that it ends',
    samples: ({ webhookEvents }) =>
      webhookEvents.map(({ type, outcome, count }) => ({ value: count, labels: { type, outcome } })),
  },
  webhook_events_pending: one(
    'Events of Stripe that are stored and not applied yet',
    (f) => f.webhooksPending,
  ),
  webhook_events_pending_oldest_seconds: one(
    'How long the oldest event that is not applied yet has waited; 0 where none waits',
    (f) => f.webhooksPendingOldestMs / 1_000,
  ),
  payouts_due: one('Payouts that wait for a worker, may be sent, and whose time has come', (f) => f.due),
  payouts_processing_oldest_seconds: one(
    'How long the longest PROCESSING payout has been so; 0 where none is',
    (f) => f.processingOldestMs / 1_000,
  ),
  payouts_processing_paused: one('1 while nothing is sent to Stripe until an admin resumes', (f) =>
    Number(f.paused),
  ),
  jobs_last_sweep_seconds: one('How long ago a worker swept last', (f) => f.sweptMsAgo / 1_000),
  alerts_open: {
    type: 'gauge',
    help: 'Open alerts by their rule',
    samples: ({ alertsOpen }) => alertsOpen.map(({ rule, count }) => ({ value: count, labels: { rule } })),
  },
};

export function registerDatabaseMetrics(registry: Registry, read: Reading<DatabaseFigures>): void {
  for (const [name, { type, help, samples }] of Object.entries(TOLD)) {
    register(registry, name, type, help, (figures) => (figures ? samples(figures) : []));
  }
  const up = 'payouts_scrape_database_up';
  const help = '0 where the database did not answer in time: then the metrics that it knows are left out';
  register(registry, up, 'gauge', help, (figures) => [{ value: figures ? 1 : 0 }]);

  function register(
    to: Registry,
    metric: string,
    kind: Told['type'],
    words: string,
    tell: (figures: DatabaseFigures | null) => Sample[],
  ): void {
    const get = async () => ({
      name: metric,
      help: words,
      type: kind,
      values: tell(await read()).map((sample) => ({ labels: {}, ...sample })),
    });
    // Its own metrics keep what they were told, and cannot be told a total.
    to.registerMetric({ name: metric, help: words, type: kind, get } as never);
  }
}

function one(help: string, value: (figures: DatabaseFigures) => number): Told {
  return { type: 'gauge', help, samples: (figures) => [{ value: value(figures) }] };
}

function sumsOf<T extends { count: number }>(
  all: readonly T[],
  by: (one: T) => string,
  label: string,
): Sample[] {
  const sums = new Map<string, number>();
  for (const each of all) sums.set(by(each), (sums.get(by(each)) ?? 0) + each.count);
  return [...sums].map(([key, value]) => ({ value, labels: { [label]: key } }));
}

function histogramOf(name: string, all: DatabaseFigures['completions']): Sample[] {
  const upTo = (bound: number) =>
    all.reduce((sum, { upToSeconds, count }) => (upToSeconds <= bound ? sum + count : sum), 0);
  const bucket = (bound: number, le: string): Sample => ({
    metricName: `${name}_bucket`,
    labels: { le },
    value: upTo(bound),
  });
  return [
    ...COMPLETION_BOUNDS.map((bound) => bucket(bound, String(bound))),
    bucket(Number.POSITIVE_INFINITY, '+Inf'),
    { metricName: `${name}_sum`, value: all.reduce((sum, { ms }) => sum + ms, 0) / 1_000 },
    { metricName: `${name}_count`, value: upTo(Number.POSITIVE_INFINITY) },
  ];
}

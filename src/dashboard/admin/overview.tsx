// How things stand: the money in each status, what needs somebody, and how it went by day, week or month.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useLoad } from '../api/context.js';
import { count, duration, money, percent } from '../format/locale.js';
import { forAdmins } from '../format/words.js';
import {
  AnalyticsDocument,
  type AnalyticsInterval,
  OpenAlertsDocument,
  type PayoutStatus,
  StandingsDocument,
  type StandingsQuery,
} from '../gql/graphql.js';
import { Figure } from '../ui/card.js';
import { Segments } from '../ui/field.js';
import { Icon } from '../ui/icons.js';
import { Page } from '../ui/page.js';
import { Show } from '../ui/states.js';
import { AlertList } from './alert-list.js';
import { ChartCards } from './chart-cards.js';
import { spanOf } from './spans.js';

export function Overview() {
  const standings = useLoad(StandingsDocument, {}, { on: () => true });
  return (
    <Page title="Overview">
      <div className="grid gap-6">
        <OpenAlerts />
        <Show of={standings} lines={4}>
          {({ payoutSummary }) => payoutSummary && <Standings summary={payoutSummary} />}
        </Show>
        <OverTime />
      </div>
    </Page>
  );
}

/** Nothing where all is well. */
function OpenAlerts() {
  const { data } = useLoad(OpenAlertsDocument, { first: 3 }, { onAlerts: true });
  const alerts = data?.alerts;
  if (!alerts?.totalCount) return null;
  return (
    <section aria-labelledby="open-alerts" className="card overflow-hidden">
      <div className="flex items-center justify-between gap-4 border-b border-line px-5 py-3">
        <h2 id="open-alerts" className="flex items-center gap-2 font-semibold">
          <Icon name="alerts" className="text-bad" />
          {alerts.totalCount === 1 ? 'One thing needs you' : `${count(alerts.totalCount)} things need you`}
        </h2>
        {alerts.totalCount > 3 && (
          <Link to="/alerts" className="text-sm font-medium text-accent hover:underline">
            See all
          </Link>
        )}
      </div>
      <AlertList alerts={alerts.nodes} />
    </section>
  );
}

type Summary = NonNullable<StandingsQuery['payoutSummary']>;

const SHOWN: [
  PayoutStatus,
  keyof Pick<Summary, 'pending' | 'processing' | 'completed' | 'failed'>,
  string,
][] = [
  ['PENDING', 'pending', 'bg-edge'],
  ['PROCESSING', 'processing', 'bg-busy'],
  ['COMPLETED', 'completed', 'bg-good'],
  ['FAILED', 'failed', 'bg-bad'],
];

function Standings({ summary }: { summary: Summary }) {
  return (
    <section aria-label="Money by status" className="grid grid-cols-2 gap-3 lg:grid-cols-4 lg:gap-4">
      {SHOWN.map(([status, name, dot]) => (
        <Link
          key={status}
          to="/payouts"
          search={{ status } as never}
          className="card grid content-start gap-1 p-4 hover:border-edge sm:p-5"
        >
          <span className="flex items-center gap-2 text-sm text-muted">
            <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
            {forAdmins({ status }).label}
          </span>
          <span className="money text-lg font-semibold tracking-tight sm:text-2xl">
            {money(summary[name].amountCents, summary.currency)}
          </span>
          <span className="text-sm text-muted">
            {count(summary[name].count)} {summary[name].count === 1 ? 'payout' : 'payouts'}
            {status === 'FAILED' && summary.retrying.count > 0 && (
              <span className="block">
                of these {money(summary.retrying.amountCents, summary.currency)} retrying
              </span>
            )}
          </span>
        </Link>
      ))}
    </section>
  );
}

const INTERVALS: { value: AnalyticsInterval; label: string }[] = [
  { value: 'DAY', label: 'Days' },
  { value: 'WEEK', label: 'Weeks' },
  { value: 'MONTH', label: 'Months' },
];

function OverTime() {
  const [interval, setInterval] = useState<AnalyticsInterval>('DAY');
  const span = spanOf(interval);
  const loaded = useLoad(
    AnalyticsDocument,
    { from: span.from, to: span.to, interval },
    { on: ({ status }) => status !== 'PROCESSING' },
  );
  const total = loaded.data?.payoutAnalytics?.total;
  return (
    <section aria-labelledby="over-time" className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="over-time" className="text-lg font-semibold tracking-tight">
          {span.label}
        </h2>
        <Segments label="Steps" value={interval} choices={INTERVALS} choose={setInterval} />
      </div>
      <div className="card grid grid-cols-2 gap-x-4 gap-y-5 p-5 lg:grid-cols-4">
        <Figure
          name="Paid"
          value={total ? money(total.completedCents, loaded.data?.payoutAnalytics?.currency ?? 'usd') : '…'}
          note={total && `${count(total.completedCount)} payouts`}
        />
        <Figure name="Arrived" value={percent(total?.successRate)} note="of those that ended" />
        <Figure
          name="Failed for good"
          value={percent(total?.failureRate)}
          note={total && `${count(total.failedCount)} payouts`}
        />
        <Figure name="Time to pay" value={duration(total?.averageProcessingSeconds)} note="on average" />
      </div>
      <Show of={loaded} lines={8}>
        {({ payoutAnalytics }) => payoutAnalytics && <ChartCards analytics={payoutAnalytics} />}
      </Show>
    </section>
  );
}

// Three charts of the same steps, each with its numbers as a table behind it. The drawing comes when it is first needed.
import { lazy, Suspense, useState } from 'react';
import { count, duration, money, month, period, shortDay } from '../format/locale.js';
import type { AnalyticsQuery } from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Empty, Skeleton } from '../ui/states.js';
import type { ChartKind, Step } from './charts.js';

const Chart = lazy(() => import('./charts.js'));

type Analytics = NonNullable<AnalyticsQuery['payoutAnalytics']>;

export function ChartCards({ analytics }: { analytics: Analytics }) {
  const steps = stepsOf(analytics);
  const shown = { steps, currency: analytics.currency };
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <ChartCard kind="paid" title="Money paid" className="lg:col-span-2" {...shown} />
      <ChartCard kind="ended" title="How payouts ended" {...shown} />
      <ChartCard kind="time" title="Time from made to paid" {...shown} />
    </div>
  );
}

function stepsOf({ buckets, interval }: Analytics): Step[] {
  const name = interval === 'MONTH' ? month : shortDay;
  return buckets.map(({ from, to, figures }) => ({
    name: name(from),
    whole: interval === 'WEEK' ? period(from, lastDayBefore(to)) : name(from),
    paidCents: figures.completedCents,
    paid: figures.completedCount,
    failed: figures.failedCount,
    seconds: figures.averageProcessingSeconds ?? null,
  }));
}

const lastDayBefore = (to: string) => new Date(Date.parse(to) - 1).toISOString();

interface ChartCardProps {
  kind: ChartKind;
  title: string;
  steps: Step[];
  currency: string;
  className?: string;
}

function ChartCard({ kind, title, steps, currency, className }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  const isEmpty = steps.every(({ paid, failed }) => paid + failed === 0);
  return (
    <Card
      title={title}
      className={className}
      aside={
        !isEmpty && (
          <Button
            look="bare"
            small
            className="-mr-3"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'As a chart' : 'As a table'}
          </Button>
        )
      }
    >
      {isEmpty ? (
        <Empty icon="overview" title="Nothing has ended in this time" />
      ) : asTable ? (
        <Numbers kind={kind} title={title} steps={steps} currency={currency} />
      ) : (
        <Suspense fallback={<Skeleton className="mx-5 mb-5 h-56 w-[calc(100%-2.5rem)]" />}>
          <Chart kind={kind} title={title} steps={steps} currency={currency} />
        </Suspense>
      )}
    </Card>
  );
}

interface NumberColumn {
  head: string;
  cell: (step: Step, currency: string) => string;
}

const COLUMNS: Record<ChartKind, NumberColumn[]> = {
  paid: [
    { head: 'Payouts', cell: ({ paid }) => count(paid) },
    { head: 'Paid', cell: ({ paidCents }, currency) => money(paidCents, currency) },
  ],
  ended: [
    { head: 'Paid', cell: ({ paid }) => count(paid) },
    { head: 'Failed', cell: ({ failed }) => count(failed) },
  ],
  time: [{ head: 'On average', cell: ({ seconds }) => duration(seconds) }],
};

function Numbers({ kind, title, steps, currency }: Omit<ChartCardProps, 'className'>) {
  return (
    <section
      className="max-h-64 overflow-auto border-t border-line"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      aria-label={`${title}, as a table`}
    >
      <table className="w-full text-sm">
        <thead>
          <tr className="text-left text-muted">
            <th scope="col" className="sticky top-0 bg-surface px-5 py-2 font-medium">
              When
            </th>
            {COLUMNS[kind].map(({ head }) => (
              <th key={head} scope="col" className="sticky top-0 bg-surface px-5 py-2 text-right font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...steps].reverse().map((step) => (
            <tr key={step.name} className="border-t border-line">
              <th scope="row" className="px-5 py-2 text-left font-normal">
                {step.whole}
              </th>
              {COLUMNS[kind].map(({ head, cell }) => (
                <td key={head} className="money px-5 py-2 text-right">
                  {cell(step, currency)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

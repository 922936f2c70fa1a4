// Runs: which period, what it would pay, and the runs that were made.
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { usePages } from '../api/lists.js';
import { count, period } from '../format/locale.js';
import { actor } from '../format/words.js';
import { type RunRowFragment, RunsDocument, type RunsQuery } from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { type Column, Endless } from '../ui/endless.js';
import { TextField } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';
import { Money, When } from '../ui/values.js';
import { Preview } from './run-preview.js';

/** What stands in the address: the period that is looked at. */
interface RunSearch {
  from?: string;
  to?: string;
}

export function Runs() {
  const { from, to }: RunSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <Page title="Runs" note="A run pays what is left of every statement of a period, all at once.">
      <div className="grid gap-4">
        <PeriodForm
          from={from}
          to={to}
          show={(chosen) => void navigate({ to: '.', search: chosen as never, resetScroll: false })}
        />
        {from && to && <Preview from={from} to={to} />}
        <Made />
      </div>
    </Page>
  );
}

/** The whole month before this one. */
function lastMonth(): { from: string; to: string } {
  const now = new Date();
  const iso = (monthsBack: number, day: number) =>
    new Date(Date.UTC(now.getFullYear(), now.getMonth() - monthsBack, day)).toISOString().slice(0, 10);
  return { from: iso(1, 1), to: iso(0, 0) };
}

interface PeriodFormProps {
  from?: string;
  to?: string;
  show: (period: { from: string; to: string }) => void;
}

function PeriodForm({ from, to, show }: PeriodFormProps) {
  const [chosen, choose] = useState({ ...lastMonth(), ...(from && { from }), ...(to && { to }) });
  const isBackward = chosen.from > chosen.to;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isBackward) show(chosen);
  }
  return (
    <Card title="Which period?" note="Statements that lie in it as a whole, first and last day included.">
      <form onSubmit={submit} className="grid gap-4 px-5 pb-5 sm:flex sm:flex-wrap sm:items-start">
        <TextField
          label="First day"
          type="date"
          required
          value={chosen.from}
          onChange={(e) => choose({ ...chosen, from: e.target.value })}
          className="sm:min-w-40"
        />
        <TextField
          label="Last day"
          type="date"
          required
          value={chosen.to}
          onChange={(e) => choose({ ...chosen, to: e.target.value })}
          problem={isBackward ? 'Lies before the first day.' : null}
          className="sm:min-w-40"
        />
        <Button type="submit" look={from ? 'quiet' : 'main'} className="sm:mt-6">
          See what would be paid
        </Button>
      </form>
    </Card>
  );
}

function Made() {
  const pages = usePages<RunRowFragment>({
    document: RunsDocument,
    variables: {},
    select: (data) => (data as RunsQuery | undefined)?.payoutRuns,
  });
  return (
    <Card title="Runs so far" className="overflow-clip">
      <Endless
        label="Runs so far"
        pages={pages}
        columns={COLUMNS}
        empty={<Empty icon="runs" title="No run was made yet" />}
      />
    </Card>
  );
}

const COLUMNS: Column<RunRowFragment>[] = [
  {
    id: 'period',
    head: 'Period',
    cell: ({ id, periodStart, periodEnd, requestedBy, createdAt }) => (
      <>
        <Link
          to="/runs/$id"
          params={{ id } as never}
          data-row-link
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {period(periodStart, periodEnd)}
        </Link>
        <span className="block truncate text-sm text-muted">
          <span className="hidden md:inline">by {actor(requestedBy)}</span>
          <span className="md:hidden">
            <When at={createdAt} />
          </span>
        </span>
      </>
    ),
  },
  {
    id: 'made',
    head: 'Made',
    cell: ({ createdAt }) => <When at={createdAt} />,
    className: 'hidden w-52 text-muted md:table-cell',
  },
  {
    id: 'payouts',
    head: 'Payouts',
    cell: ({ payoutCount }) => <span className="tabular-nums">{count(payoutCount)}</span>,
    className: 'hidden w-28 text-right sm:table-cell',
  },
  {
    id: 'sum',
    head: 'Sum',
    cell: ({ totalCents, currency }) => (
      <Money cents={totalCents} currency={currency} className="font-semibold" />
    ),
    className: 'w-36 text-right',
  },
];

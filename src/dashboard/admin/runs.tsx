// A run: which period, what it would pay and what it leaves out, and then exactly that, watched until it is done.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useAct, useLoad } from '../api/context.js';
import { count, money, period } from '../format/locale.js';
import { EXCLUSIONS, spelled } from '../format/words.js';
import { CreateRunDocument, RunPreviewDocument, type RunPreviewQuery } from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Card, Figure } from '../ui/card.js';
import { Confirm } from '../ui/confirm.js';
import { TextField } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { Money } from '../ui/values.js';
import { Progress } from './run-progress.js';

/** What stands in the address: the period that is looked at, and a run that is watched. */
interface RunSearch {
  from?: string;
  to?: string;
  since?: string;
  made?: number;
}

export function Runs() {
  const search: RunSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const go = (next: RunSearch) => void navigate({ to: '.', search: next as never });
  const { from, to, since, made } = search;
  return (
    <Page title="Runs" note="A run pays what is left of every statement of a period, all at once.">
      <div className="grid gap-4">
        {since && made && <Progress since={since} made={made} />}
        <PeriodForm from={from} to={to} show={(period) => go(period)} />
        {from && to && (
          <Preview from={from} to={to} started={(since, made) => go({ from, to, since, made })} />
        )}
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
      <form onSubmit={submit} className="flex flex-wrap items-start gap-4 px-5 pb-5">
        <TextField
          label="First day"
          type="date"
          required
          value={chosen.from}
          onChange={(e) => choose({ ...chosen, from: e.target.value })}
          className="min-w-40"
        />
        <TextField
          label="Last day"
          type="date"
          required
          value={chosen.to}
          onChange={(e) => choose({ ...chosen, to: e.target.value })}
          problem={isBackward ? 'Lies before the first day.' : null}
          className="min-w-40"
        />
        <Button type="submit" look={from ? 'quiet' : 'main'} className="mt-6.5">
          See what would be paid
        </Button>
      </form>
    </Card>
  );
}

interface PreviewProps {
  from: string;
  to: string;
  started: (since: string, made: number) => void;
}

function Preview({ from, to, started }: PreviewProps) {
  const input = { periodStart: from, periodEnd: to };
  const loaded = useLoad(
    RunPreviewDocument,
    { input },
    { on: ({ previousStatus }) => previousStatus === null },
  );
  return (
    <Card title={`What would be paid for ${period(from, to)}`}>
      <Show of={loaded} lines={4}>
        {(data) =>
          data.payoutRunPreview && <Previewed data={data} preview={data.payoutRunPreview} started={started} />
        }
      </Show>
    </Card>
  );
}

interface PreviewedProps {
  data: RunPreviewQuery;
  preview: NonNullable<RunPreviewQuery['payoutRunPreview']>;
  started: (since: string, made: number) => void;
}

function Previewed({ data, preview, started }: PreviewedProps) {
  const [asking, setAsking] = useState(false);
  const excluded = preview.excluded.filter(({ reason }) => reason !== 'ALREADY_PAID');
  return (
    <>
      {preview.payoutCount === 0 ? (
        <Empty icon="check" title="Nothing is left to pay in this period" />
      ) : (
        <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4 px-5 pb-5">
          <div className="flex flex-wrap gap-x-12 gap-y-4">
            <Figure name="In all" value={money(preview.totalCents, preview.currency)} />
            <Figure name="Payouts" value={count(preview.payoutCount)} />
          </div>
          <Button look="main" onClick={() => setAsking(true)}>
            Pay {money(preview.totalCents, preview.currency)}
          </Button>
        </div>
      )}
      {excluded.length > 0 && <Excluded rows={excluded} currency={preview.currency} />}
      {asking && <Pay data={data} preview={preview} started={started} close={() => setAsking(false)} />}
    </>
  );
}

function Excluded({ rows, currency }: { rows: PreviewedProps['preview']['excluded']; currency: string }) {
  return (
    <div className="border-t border-line px-5 py-4">
      <h3 className="text-sm font-medium text-muted">Left out</h3>
      <ul className="mt-2 grid gap-2">
        {rows.map(({ reason, statementCount, totalCents }) => (
          <li key={reason} className="flex flex-wrap justify-between gap-x-6">
            <span>{EXCLUSIONS[reason] ?? spelled(reason)}</span>
            <span className="text-muted">
              {count(statementCount)} {statementCount === 1 ? 'statement' : 'statements'} ·{' '}
              <Money cents={totalCents} currency={currency} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Pay({ data, preview, started, close }: PreviewedProps & { close: () => void }) {
  // One key for this question: pressed twice, or sent again after a lost answer, it pays once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const { act } = useAct(CreateRunDocument);
  const { periodStart, periodEnd, totalCents } = preview;
  return (
    <Confirm
      title={`Pay ${money(totalCents, preview.currency)}?`}
      does={`Pay ${money(totalCents, preview.currency)}`}
      done={`${count(preview.payoutCount)} payouts are on their way`}
      act={async () => {
        const outcome = await act({
          input: { periodStart, periodEnd, expectedTotalCents: totalCents, idempotencyKey },
        });
        if (outcome.ok) started(data.payoutSummary?.asOf ?? new Date().toISOString(), preview.payoutCount);
        return outcome;
      }}
      close={close}
    >
      {count(preview.payoutCount)} {preview.payoutCount === 1 ? 'payout' : 'payouts'} for{' '}
      {period(periodStart, periodEnd)}. Exactly this sum is paid: had it changed meanwhile, nothing would be.
    </Confirm>
  );
}
